"""Proposers by name: ours, and those of other distributions."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from support_proposers import Desk, spec

import evo.plugins
from evo.proposers import MODEL_PROPOSERS, Reflect, Rewrite, Writer, model_proposers
from genomes import GenomeSpec
from genomes.errors import ConfigError
from genomes.variation import CROSSOVERS, MUTATIONS


def gentle(writer: Writer, spec: GenomeSpec) -> Reflect:
    """What another distribution announces."""
    return Reflect(writer, spec, failures=1)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("gentle", f"{__name__}:gentle", evo.plugins.PROPOSERS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: gentle)
    monkeypatch.setattr(
        evo.plugins, "entry_points", lambda group: [entry] if group == entry.group else []
    )


def test_the_built_in_ones_are_the_default_whatever_is_installed(announced: None) -> None:
    made = model_proposers(Desk([]).writer, spec())
    assert set(made) == set(MODEL_PROPOSERS)
    assert {name: proposer.name for name, proposer in made.items()} == {n: n for n in made}  # type: ignore[attr-defined]


def test_names_choose_and_order_and_others_may_be_announced(announced: None) -> None:
    made = model_proposers(Desk([]).writer, spec(), ["gentle", "rewrite"])
    assert list(made) == ["gentle", "rewrite"]
    assert isinstance(made["gentle"], Reflect)
    assert isinstance(made["rewrite"], Rewrite)


def test_an_unknown_name_is_an_error_that_names_what_there_is(announced: None) -> None:
    with pytest.raises(ConfigError, match="gentel") as caught:
        model_proposers(Desk([]).writer, spec(), ["gentel"])
    assert "gentle" in str(caught.value)


def test_no_operator_shares_its_name_with_a_structural_one() -> None:
    assert not set(MODEL_PROPOSERS) & (set(MUTATIONS) | set(CROSSOVERS) | {"restart", "seed"})
