"""What each mutation does, beyond what holds for all of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import GenomeSpec, Slot, render
from genomes.errors import GenomeError
from genomes.variation import MUTATIONS, mutate
from genomes.variation.draw import balanced
from genomes.variation.sentences import split
from genomes.variation.stock import bind

SEEDS = range(12)


def children(name, world, seeds=SEEDS, genome=None, spec=None):
    genome = world.a if genome is None else genome
    made = [
        MUTATIONS[name](genome, spec or world.spec, np.random.default_rng(seed)) for seed in seeds
    ]
    assert all(variation.child is not None for variation in made), made[0].reason
    return [(variation.child, variation.touched[0]) for variation in made]


def only(world, gene_id, **fields) -> GenomeSpec:
    """The world's spec with one slot."""
    slot = world.spec.slot(gene_id).model_copy(update=fields)
    return world.spec.model_copy(update={"slots": (slot,)})


@pytest.mark.parametrize(
    ("name", "gene_id", "group"),
    [
        ("swap_instruction", "role", "roles"),
        ("swap_instruction", "task", "instructions"),
        ("swap_reasoning", "why", "reasoning"),
    ],
)
def test_a_swap_draws_widely_from_its_group(name, gene_id, group, rich):
    made = children(name, rich, range(30), spec=only(rich, gene_id))
    texts = {getattr(c.gene(g), "text", None) or c.gene(g).template for c, g in made}
    assert texts <= set(rich.spec.stock[group])
    assert len(texts) > 5


def test_a_swapped_template_shows_the_inputs_by_their_own_names(two_domains):
    spec = only(two_domains, "news.user")
    stock = {bind(text, ("title", "body")) for text in two_domains.spec.stock["templates"]}
    for child, gene_id in children("swap_template", two_domains, spec=spec):
        assert child.gene(gene_id).text in stock
        content = render(child, "news").messages({"title": "T1", "body": "B2"})[-1]["content"]
        assert "Title: T1\nBody: B2" in content


def test_a_swap_keeps_locked_spans_and_leaves_the_cue_last(locked):
    spec = only(locked, "user")
    texts = {child.gene("user").text for child, _ in children("swap_template", locked, spec=spec)}
    cues = {text.removeprefix("Claim: {{ claim }}") for text in texts}
    assert all(text.startswith("Claim: {{ claim }}") for text in texts)
    assert not any("{{ claim }}" in cue for cue in cues)
    assert "\nLabel:" in cues


def test_swap_cue_keeps_everything_up_to_the_input(rich):
    for child, _ in children("swap_cue", rich):
        body, cue = child.gene("user").text.split("\n", 1)
        assert body == "Review: {{ review }}"
        assert cue != "Sentiment:"


def test_texts_that_name_labels_are_not_offered_where_there_are_none(free_text):
    stock = {"instructions": ["Answer {{ labels }}.", "Say it."]}
    spec = only(free_text, "task", library=("instructions",)).model_copy(update={"stock": stock})
    assert {c.gene("task").text for c, _ in children("swap_instruction", free_text, spec=spec)} == {
        "Say it."
    }


def test_append_adds_one_stock_sentence_at_the_end(rich):
    for child, gene_id in children("append_sentence", rich):
        old, new = rich.a.gene(gene_id).text, child.gene(gene_id).text
        assert new.startswith(old)
        assert new[len(old) :].strip() in rich.spec.stock["emphasis"]


def test_drop_removes_one_sentence_and_shuffle_none(rich):
    for child, gene_id in children("drop_sentence", rich):
        old, new = sentences(rich.a.gene(gene_id)), sentences(child.gene(gene_id))
        assert sum((old - new).values()) == 1
        assert not new - old
    for child, gene_id in children("shuffle_sentences", rich):
        assert sentences(rich.a.gene(gene_id)) == sentences(child.gene(gene_id))


def sentences(gene) -> Counter[str]:
    return Counter(split(getattr(gene, "text", None) or gene.template).parts)


def test_replace_puts_a_stock_sentence_in_place_of_one(rich):
    for child, gene_id in children("replace_sentence", rich):
        old, new = sentences(rich.a.gene(gene_id)), sentences(child.gene(gene_id))
        assert sum((old - new).values()) == sum((new - old).values()) == 1
        assert set(new - old) <= set(rich.spec.stock["emphasis"])


def test_a_synonym_replaces_one_word_and_never_a_label(rich):
    stock = {"synonyms": {"positive": ["happy"], "read": ["study"]}}
    spec = rich.spec.model_copy(update={"stock": stock})
    for child, _ in children("substitute_word", rich, spec=spec):
        assert child.gene("task").text == rich.a.gene("task").text.replace("read", "study")


def test_a_synonym_keeps_the_capital(rich):
    spec = rich.spec.model_copy(update={"stock": {"synonyms": {"please": ["kindly"]}}})
    child, _ = children("substitute_word", rich, [0], spec=spec)[0]
    assert child.gene("task").text.startswith("Kindly read")


def test_definitions_come_for_missing_labels_and_can_be_dropped(rich):
    for child, _ in children("add_definitions", rich):
        added = child.gene("task").text.removeprefix(rich.a.gene("task").text)
        assert "negative" in added
        assert "positive:" not in added  # it has a definition already
    for child, _ in children("drop_definition", rich):
        assert child.gene("task").text == rich.a.gene("task").text.split("\n")[0]


def test_labels_without_a_definition_of_their_own_get_a_generic_one(two_domains):
    spec = only(two_domains, "news.task")
    for child, _ in children("add_definitions", two_domains, spec=spec):
        text = child.gene("news.task").text
        assert any(label in text for label in ("sport", "law", "art"))
        assert "{{ label }}" not in text


def test_compress_shortens_and_keeps_capitals_and_definitions(rich):
    spec = only(rich, "task")
    texts = {c.gene("task").text for c, _ in children("compress", rich, spec=spec)}
    assert texts == {"Read the text. Is it {{ labels }}? Be brief.\npositive: the writer liked it."}


def test_compress_leaves_placeholders_named_like_fillers_alone(rich):
    gene = rich.a.gene("role").model_copy(update={"text": "Just read {{ just }} now"})
    made = MUTATIONS["compress"](
        rich.a.with_gene(gene), only(rich, "role"), np.random.default_rng(0)
    )
    assert made.child is None  # the domain has no such input, so no change can render


def test_clearing_needs_permission(rich):
    assert {gene_id for _, gene_id in children("clear_text", rich)} == {"role", "why"}


def test_demo_moves_change_one_demonstration(rich):
    old = rich.a.gene("demos").demos
    pool = set(rich.spec.pool(()))
    for child, _ in children("add_demo", rich):
        new = child.gene("demos").demos
        assert len(new) == len(old) + 1
        assert set(old) < set(new) <= pool
        assert Counter(d.target for d in new) == {"positive": 2, "negative": 2}
    for child, _ in children("drop_demo", rich):
        new = child.gene("demos").demos
        assert list(new) == [demo for demo in old if demo in new]
        assert len(new) == len(old) - 1
    for child, _ in children("replace_demo", rich):
        new = child.gene("demos").demos
        assert [d.target for d in new] == [d.target for d in old]
        assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
    for child, _ in children("shuffle_demos", rich):
        assert set(child.gene("demos").demos) == set(old)


def test_resampling_balances_labels_and_reaches_every_size(rich):
    sizes = set()
    for child, _ in children("resample_demos", rich, range(40)):
        counts = Counter(demo.target for demo in child.gene("demos").demos)
        sizes.add(counts.total())
        assert abs(counts["positive"] - counts["negative"]) <= 1
    assert sizes == {1, 2, 3, 4, 5}


def test_odd_shares_favour_no_label(rich):
    draws = [
        balanced(rich.spec.pool(()), 1, ("positive", "negative"), np.random.default_rng(seed))
        for seed in range(60)
    ]
    counts = Counter(demo.target for (demo,) in draws)
    assert min(counts["positive"], counts["negative"]) > 15


def test_demonstrations_must_be_right_in_every_domain_of_the_gene(two_domains):
    gene = two_domains.a.gene("mail.demos").model_copy(update={"scope": ()})
    genome = two_domains.a.with_gene(gene)
    made = MUTATIONS["add_demo"](genome, only(two_domains, "mail.demos"), np.random.default_rng(0))
    assert made.child is None


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(["nudge_decision", "reset_decision"]))
def test_decisions_move_within_bounds_and_canonically(seed, name, rich):
    made = MUTATIONS[name](rich.a, rich.spec, np.random.default_rng(seed))
    value = made.child.gene(made.touched[0]).number()
    assert value == round(value, 6)
    assert str(value) != "-0.0"
    if name == "reset_decision":
        assert value == 0.0


def test_a_nudge_at_the_bound_goes_inwards(rich):
    gene = rich.a.gene("shift").model_copy(update={"value": 2.0})
    for child, _ in children(
        "nudge_decision", rich, genome=rich.a.with_gene(gene), spec=only(rich, "shift")
    ):
        assert child.gene("shift").number() < 2.0


def test_lengths_stay_whole(two_domains):
    spec = only(two_domains, "length")
    for child, _ in children("nudge_decision", two_domains, spec=spec):
        assert child.gene("length").number().is_integer()


def test_an_option_changes_to_another_choice(rich):
    assert {c.gene("form").value for c, _ in children("choose_option", rich)} == {"last"}


def test_a_slot_of_an_unknown_group_is_an_error_not_a_silent_no_op(rich):
    spec = only(rich, "task", library=("instrutions",))
    with pytest.raises(GenomeError, match="no group 'instrutions'"):
        mutate(rich.a, spec, np.random.default_rng(0), ["swap_instruction"])


def test_a_genome_that_breaks_its_spec_is_told_so(rich):
    spec = rich.spec.model_copy(update={"slots": (Slot(gene="task", max_chars=5),)})
    made = mutate(rich.a, spec, np.random.default_rng(0), ["substitute_word"])
    assert made.child is None
    assert "max_chars is 5" in made.reason
