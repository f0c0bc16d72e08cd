"""Rendering: data is never code, and scopes hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomes import Demo, DemoGene, Domain, FragmentGene, Genome, render
from genomes.errors import GenomeError
from genomes.placeholders import fill, fill_known, placeholders

DATA = st.text(max_size=20) | st.sampled_from(["{{ x }}", "{{x}}", "{{ labels }}", "{{ y }} {{"])


@given(DATA, DATA)
def test_filling_is_a_single_pass(x, y):
    assert fill("<{{ x }}|{{y}}|{{  x  }}>", {"x": x, "y": y}) == f"<{x}|{y}|{x}>"


@given(DATA)
def test_text_without_placeholders_is_left_alone(text):
    values = dict.fromkeys(placeholders(text), "")
    assert fill_known(text, {}) == text
    assert ("{{" in text and values != {}) or fill(text, values) == text


def genome(*genes, labels=("yes", "no", "both"), inputs=("x",)):
    return Genome(domains=(Domain(name="d", inputs=inputs, labels=labels),), genes=genes)


@given(DATA, DATA, DATA)
def test_data_stays_as_it_is_in_demonstrations_and_examples(shown, target, value):
    demo = Demo(example_id="e", inputs=(("x", shown),), target=target)
    rendered = render(
        genome(
            FragmentGene(id="u", place="user", text="Q: {{ x }}"), DemoGene(id="d", demos=(demo,))
        ),
        "d",
    )
    assert [m["content"] for m in rendered.messages({"x": value})] == [
        f"Q: {shown}",
        target,
        f"Q: {value}",
    ]
    assert rendered.excludes == {"e"}


def test_labels_are_words_in_every_turn():
    user = FragmentGene(id="u", place="user", text="{{ x }} {{ labels }}?")
    rendered = render(genome(FragmentGene(id="t", text="Say {{ labels }}."), user), "d")
    assert [turn.text for turn in rendered.turns] == [
        "Say yes, no or both.",
        "{{ x }} yes, no or both?",
    ]


def test_a_missing_input_is_named_with_its_domain():
    with pytest.raises(GenomeError, match=r"domain 'd' lacks \{\{ x \}\}"):
        render(genome(FragmentGene(id="u", place="user", text="Hello")), "d")


def test_an_unknown_domain_names_the_known_ones():
    with pytest.raises(GenomeError, match=r"unknown domain 'e'.*known domains: d"):
        render(genome(), "e")


def test_a_gene_out_of_scope_leaves_no_trace(two_domains):
    gene = two_domains.a.gene("news.task")
    other = two_domains.a.with_gene(gene.model_copy(update={"text": "Changed."}))
    assert render(other, "mail") == render(two_domains.a, "mail")
    assert render(other, "news").call_hash != render(two_domains.a, "news").call_hash
