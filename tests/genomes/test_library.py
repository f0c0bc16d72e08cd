"""The stock texts are fit for every kind of task that they are offered for."""

from __future__ import annotations

import re

import numpy as np
import pytest

from genomes import Domain, FragmentGene, Genome, GenomeSpec, ReasoningGene, Slot, render
from genomes.errors import GenomeError
from genomes.library import KINDS, load_library
from genomes.placeholders import placeholders
from genomes.variation import MUTATIONS, violation
from genomes.variation.stock import bind

TEXTS = ("roles", "instructions", "emphasis", "reasoning", "templates")
LABELS = {
    "general": (),
    "classify": ("spam", "ham", "Something Else"),
    "sentiment": ("positive", "negative", "neutral"),
    "tools": (),
}


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


def genome_for(kind, text="Do it.", user="{{ passage }}"):
    domain = Domain(name="d", inputs=("passage",), labels=LABELS[kind], task_kind=kind)
    genes = (
        FragmentGene(id="task", text=text),
        FragmentGene(id="user", place="user", text=user),
        ReasoningGene(id="why"),
    )
    return Genome(domains=(domain,), genes=genes)


def test_groups_hold_distinct_trimmed_texts(kind):
    stock = load_library(kind)
    for group in (*TEXTS, "definition_patterns", "fillers"):
        texts = stock[group]
        assert texts
        assert len(texts) == len({text.casefold() for text in texts}), group
        assert all(isinstance(text, str) and text == text.strip() for text in texts)


def test_placeholders_are_the_documented_ones(kind):
    stock = load_library(kind)
    allowed = {group: set() for group in ("roles", "fillers")}
    allowed |= {group: {"labels"} for group in ("instructions", "emphasis", "reasoning")}
    allowed |= {"templates": {"labels", "input"}, "definition_patterns": {"label"}}
    for group, names in allowed.items():
        for text in stock[group]:
            assert placeholders(text) <= names, text
            assert not re.sub(r"\{\{ \w+ \}\}", "", text).count("{"), text
    assert all("input" in placeholders(text) for text in stock["templates"])


def test_every_text_renders_in_its_place(kind):
    stock = load_library(kind)
    labels = LABELS[kind]
    for group in ("roles", "instructions", "emphasis", "reasoning"):
        for text in stock[group]:
            if labels or "labels" not in placeholders(text):
                system = render(genome_for(kind, text), "d").messages({"passage": "P"})[0]
                assert "{{" not in system["content"]
    for text in stock["templates"]:
        rendered = render(genome_for(kind, user=bind(text, ("passage",))), "d")
        assert rendered.messages({"passage": "P-P"})[-1]["content"].count("P-P") == 1


def test_every_text_fits_a_default_slot(kind):
    stock = load_library(kind)
    assert max(len(text) for group in TEXTS for text in stock[group]) < 200


def test_general_texts_never_speak_of_labels():
    stock = load_library("general")
    assert not any("label" in text.lower() for group in TEXTS for text in stock[group])


def test_definitions_name_their_label_and_no_other(kind):
    for label, texts in load_library(kind)["definitions"].items():
        assert texts, label
        assert all(placeholders(text) == {"label"} for text in texts), label


def test_sentiment_texts_do_not_presuppose_the_label_names():
    stock = load_library("sentiment")
    for group in ("instructions", "emphasis", "reasoning", "templates"):
        assert not [text for text in stock[group] if "positive" in text or "negative" in text]


def test_enough_to_choose_from():
    for kind in ("classify", "sentiment"):
        stock = load_library(kind)
        sizes = {group: len(stock[group]) for group in TEXTS}
        assert sizes["instructions"] >= 12
        assert sizes["templates"] >= 10
        assert min(sizes["reasoning"], sizes["emphasis"]) >= 8
    assert {"positive", "negative", "neutral"} <= set(stock["definitions"])


def test_synonyms_and_fillers_are_single_entries(kind):
    stock = load_library(kind)
    for word, others in stock["synonyms"].items():
        assert word == word.lower()
        assert word not in others
    assert not [text for text in stock["fillers"] if "{" in text]


def test_kinds_build_on_each_other():
    general, classify, sentiment = (
        load_library(kind) for kind in ("general", "classify", "sentiment")
    )
    assert set(general["roles"]) < set(classify["roles"]) < set(sentiment["roles"])
    assert set(classify["instructions"]) < set(sentiment["instructions"])
    # A free-text instruction would only dilute those that name the labels.
    assert not set(general["instructions"]) & set(classify["instructions"])


def test_a_loaded_library_is_the_callers_own():
    load_library("sentiment")["roles"].clear()
    load_library("sentiment")["definitions"]["pos"].clear()
    assert load_library("sentiment")["roles"]
    assert load_library("sentiment")["definitions"]["positive"]


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(GenomeError, match=r"'sentimental'.*general, classify, sentiment"):
        load_library("sentimental")


def test_no_text_is_made_for_films(kind):
    stock = load_library(kind)
    words = re.findall(r"\w+", str(stock).lower())
    assert not {"film", "movie", "actor", "plot", "cinema", "director"} & set(words)


def test_every_stock_text_can_be_reached(kind):
    genome, stock = genome_for(kind), load_library(kind)
    spec = GenomeSpec(slots=(Slot(gene="user", library=("templates",)),), stock=stock)
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(400):
        child = MUTATIONS["swap_template"](genome, spec, rng).child
        assert violation(child, spec) is None
        seen.add(child.gene("user").text)
    usable = [t for t in stock["templates"] if LABELS[kind] or "labels" not in placeholders(t)]
    assert seen == {bind(text, ("passage",)) for text in usable} - {"{{ passage }}"}
