"""The deceptive landscape: the function itself, and who solves it."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import deceptive
from benchmarks.deceptive import blind, plain_ga, solved, traps
from evo.search import Measured, Trial
from fitness.outcome import Outcome


@pytest.mark.parametrize(
    ("block", "value"),
    [((0, 0, 0, 0), 0.75), ((1, 0, 0, 0), 0.5), ((1, 1, 0, 0), 0.25), ((0, 1, 1, 1), 0.0),
     ((1, 1, 1, 1), 1.0)],
)  # fmt: skip
def test_the_trap_leads_away_from_its_best(block: tuple[int, ...], value: float) -> None:
    assert traps(np.array([block * 8])) == pytest.approx([value])


def test_solved_means_seven_blocks() -> None:
    bits = np.ones((1, 32), dtype=int)
    bits[0, :4] = 0
    assert solved(bits)
    bits[0, 8] = 0
    assert not solved(bits)


def test_the_plain_ga_solves_it_and_blind_draws_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert blind(np.random.default_rng(1)) is None
    spent = plain_ga(np.random.default_rng(1))
    assert spent is not None
    assert 300 < spent <= 20_000
    assert spent % 300 == 0


def test_the_search_is_charged_for_every_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deceptive, "EVALUATIONS", 60)
    told: list[int] = []
    monkeypatch.setattr(deceptive, "traps", lambda bits: told.append(len(bits)) or traps(bits))
    assert deceptive.default_search(np.random.default_rng(1)) is None
    assert sum(told) == 60


def test_the_default_search_leaves_the_wrong_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("BLOCKS", 4), ("ENOUGH", 4), ("LENGTH", 16), ("EVALUATIONS", 3000)):
        monkeypatch.setattr(deceptive, name, value)
    assert deceptive.default_search(np.random.default_rng(1)) is not None


def test_genes_have_two_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deceptive, "EVALUATIONS", 400)
    seen: set[str] = set()

    def told(trial: Trial, value: float) -> Measured:
        seen.update(gene.text for gene in trial.proposal.genome.genes if gene.id != "template")
        return Measured(trial.proposal.genome, [Outcome("trap", value)])

    monkeypatch.setattr(deceptive, "_told", told)
    deceptive.default_search(np.random.default_rng(1))
    assert seen == {deceptive.ON, deceptive.OFF}
