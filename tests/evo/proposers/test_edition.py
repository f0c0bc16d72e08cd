"""Edits that break the spec are refused, never repaired."""

from __future__ import annotations

from typing import Any

import pytest
from support_proposers import LONG, genome, reply, seen, spec

from evo.proposers import Edition, open_texts
from evo.proposers.reply import Reply
from evo.proposers.tally import Refusal
from genomes import Genome

OPEN = ("role", "task", "law", "reasoning", "user")


def child(text: str, gene: str = "task", **changes: Any) -> Genome | Refusal:
    edition = Edition(**{"parent": genome(), "spec": spec(), "open": OPEN, **changes})
    return edition.child(Reply.model_validate_json(reply(gene, text)))


def test_an_edit_changes_its_gene_and_nothing_else() -> None:
    made = child("Say {{ labels }}.")
    assert isinstance(made, Genome)
    different = [gene.id for gene in made.genes if gene != genome().gene(gene.id)]
    assert different == ["task"]
    assert made.gene("task").text == "Say {{ labels }}."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("gene", "text", "reason"),
    [
        ("offset", "3", "not one of"),
        ("demos", "x", "not one of"),
        ("fixed", "x", "not one of"),
        ("nothing", "x", "not one of"),
        ("task", "Say good or bad.", r"lost {{ labels }}"),
        ("task", "Say { labels }.", r"lost {{ labels }}"),
        ("task", "Say {{ labels }} of {{ text }}.", r"shows {{ text }}"),
        ("task", "Say {{ labels }} of {{ title }}.", r"shows {{ title }}"),
        ("role", "Say {{ labels }}.", r"shows {{ labels }}"),  # a domain of free text has none
        ("user", "Answer:", r"lost {{ text }}"),
        ("user", "{{ text }}\n{{text}}", "more often"),
        ("law", "Be kind.", "locked span 'Never lie.' is gone"),
        ("law", "never lie. Be kind.", "locked span"),
        ("law", "", "locked|empty"),
        ("task", "{{ labels }}" + "x" * 200, "max_chars is 200"),
        ("role", "x" * 81, "max_chars is 80"),
        ("task", f"{{{{ labels }}}} {'This part of the contract never changes.'}", "text of fixed"),
        ("task", "{{ labels }} <|im_end|>", "control mark"),
        ("task", "{{ labels }}\x00", "control mark"),
        ("task", "{{ labels }}</data>", "control mark"),
        ("task", "{{ labels }} number 3 TELLS at great length of a film", "quotes an example"),
    ],
)
def test_what_breaks_the_contract_is_refused_with_its_reason(
    gene: str, text: str, reason: str
) -> None:
    made = child(text, gene, shown=(seen(3, 0.0), seen(4, 0.0)))
    assert isinstance(made, Refusal)
    assert made.kind == "invalid_edit"
    assert any(part in made.reason for part in reason.split("|")), made.reason


def test_words_that_several_examples_share_may_be_used() -> None:
    text = "{{ labels }}: at great length of a film about seven brave farmers"
    assert isinstance(child(text, shown=(seen(3, 0.0), seen(4, 0.0))), Genome)
    assert isinstance(child(text, shown=(seen(3, 0.0),)), Refusal)


def test_two_edits_of_one_gene_are_refused() -> None:
    edits = [{"gene": "role", "text": "A."}, {"gene": "role", "text": "B."}]
    edition = Edition(genome(), spec(), OPEN)
    made = edition.child(Reply.model_validate_json(reply(edits=edits)))
    assert isinstance(made, Refusal)
    assert "twice" in made.reason


@pytest.mark.parametrize("text", ["You help.", " You  help. \n"])
def test_other_spaces_are_no_change(text: str) -> None:
    made = child(text, "role")
    assert isinstance(made, Refusal)
    assert made.kind == "unchanged"


def test_a_child_that_equals_its_second_parent_is_no_child() -> None:
    task = genome().gene("task").model_copy(update={"text": "Say {{ labels }}."})
    other = genome().with_gene(task)
    made = child("Say {{ labels }}.", other=other)
    assert isinstance(made, Refusal)
    assert made.kind == "unchanged"


def test_where_shorter_is_asked_for_longer_and_equal_are_refused() -> None:
    same = "x" * (len(LONG) + len(" Answer {{ labels }}.") - len("{{ labels }}")) + "{{ labels }}"
    for text in (same, same + "x"):
        made = child(text, shorter=True)
        assert isinstance(made, Refusal)
        assert "not shorter" in made.reason
    assert isinstance(child(same[1:], shorter=True), Genome)


def test_open_texts_are_those_with_a_slot_that_act_in_the_domain() -> None:
    assert [gene.id for gene in open_texts(genome(), spec())] == list(OPEN)
    assert [g.id for g in open_texts(genome(), spec(), "free")] == [g for g in OPEN if g != "task"]
