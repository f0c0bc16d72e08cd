"""Operators by name, and those of other distributions."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import numpy as np
import pytest

from genomes.errors import GenomeError
from genomes.variation import CROSSOVERS, MUTATIONS, Variation, apply, cross, mutate
from genomes.variation.registry import GROUP, Operators

PLUGIN = """
from genomes.variation import Variation

def shout(genome, spec, rng):
    gene = genome.gene("task")
    child = genome.with_gene(gene.model_copy(update={"text": gene.text.upper()}))
    return Variation("shout", child, ("task",), "louder")

def rogue(genome, spec, rng):
    gene = genome.gene("house")
    child = genome.with_gene(gene.model_copy(update={"text": "Mine now."}))
    return Variation("rogue", child, ("house",), "took over")

def pair(a, b, spec, rng):
    return Variation("pair", None, (), "never")

def odd(a):
    return None

NUMBER = 3
"""


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    (tmp_path / "evogate_plugin.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))

    def build(*points, built_in=None, parameters=3):
        entries = [EntryPoint(name, f"evogate_plugin:{attr}", GROUP) for name, attr in points]
        return Operators(built_in or {}, parameters, lambda: entries)

    return build


def test_enough_operators_are_built_in():
    assert len(MUTATIONS) >= 12
    assert len(CROSSOVERS) >= 4


def test_operators_of_other_distributions_join_their_kind(plugins):
    points = [("shout", "shout"), ("pair", "pair")]
    assert list(plugins(*points, built_in={"own": len})) == ["own", "shout"]
    assert list(plugins(*points, parameters=4)) == ["pair"]


def test_entry_points_load_only_when_asked(plugins):
    Operators({}, 3, lambda: pytest.fail("loaded at import"))


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (("lost", "nowhere"), "cannot be loaded"),
        (("number", "NUMBER"), "not callable"),
        (("odd", "odd"), "has 1 parameters"),
        (("own", "shout"), "is taken"),
    ],
)
def test_a_bad_entry_point_is_named(plugins, point, message):
    operators = plugins(point, built_in={"own": len})
    with pytest.raises(GenomeError, match=message) as caught:
        operators["own"]
    assert f"{point[0]} = evogate_plugin:{point[1]}" in str(caught.value)


def test_a_foreign_operator_is_judged_like_any_other(plugins, rich, monkeypatch):
    monkeypatch.setattr(apply, "MUTATIONS", plugins(("shout", "shout"), ("rogue", "rogue")))
    rng = np.random.default_rng(0)
    made = mutate(rich.a, rich.spec, rng, ["rogue"])
    assert made.child is None
    assert "rogue: house: fixed" in made.reason
    # Upper case breaks {{ LABELS }}: refused although the operator says it worked.
    assert "shout" in mutate(rich.a, rich.spec, rng, ["shout"]).reason
    plain = rich.a.with_gene(rich.a.gene("task").model_copy(update={"text": "Decide now."}))
    assert mutate(plain, rich.spec, rng, ["shout"]).child.gene("task").text == "DECIDE NOW."


@pytest.mark.parametrize("names", [["swop"], ["uniform"]])
def test_unknown_mutations_are_named(names, rich):
    with pytest.raises(GenomeError, match=f"unknown operators: {names[0]}.*swap_cue"):
        mutate(rich.a, rich.spec, np.random.default_rng(0), names)


def test_unknown_crossovers_are_named(rich):
    with pytest.raises(GenomeError, match="unknown operators: mate"):
        cross(rich.a, rich.b, rich.spec, np.random.default_rng(0), ["mate"])


def test_names_limit_the_choice(rich):
    made = {
        mutate(rich.a, rich.spec, np.random.default_rng(seed), ["drop_demo", "compress"]).operator
        for seed in range(20)
    }
    assert made == {"drop_demo", "compress"}


def test_all_operators_come_up_over_time(rich):
    rng = np.random.default_rng(0)
    assert {mutate(rich.a, rich.spec, rng).operator for _ in range(300)} == set(MUTATIONS)
    assert {cross(rich.a, rich.b, rich.spec, rng).operator for _ in range(80)} == set(CROSSOVERS)


def test_a_failure_gives_every_reason(rich):
    spec = rich.spec.model_copy(update={"slots": ()})
    made = mutate(rich.a, spec, np.random.default_rng(0))
    assert made == Variation("mutate", None, (), made.reason)
    assert all(name in made.reason for name in MUTATIONS)


def test_no_names_means_no_operators(rich):
    made = mutate(rich.a, rich.spec, np.random.default_rng(0), [])
    assert (made.child, made.reason) == (None, "no operators to try")
