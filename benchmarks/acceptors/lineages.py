"""Lines of proposals, each of which meets the champion that the rule has made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import BoolArray, FloatArray, Pairs
from benchmarks.acceptors.rule import Rule, Ruling
from benchmarks.acceptors.scenarios import DISCORDANCE, SIZE, run_again

SHARDS = 14
SEARCH = 100


@dataclass(frozen=True)
class Lineage:
    """Proposals one after the other.

    Attributes:
        name: As reported.
        start: How often the first champion passes.
        gains: The true effects, in their order; drawn anew for each line.
    """

    name: str
    start: float
    gains: Callable[[np.random.Generator], FloatArray]


@dataclass(frozen=True)
class Course:
    """How a line went under a rule.

    Attributes:
        promotions: Proposals accepted.
        false: Accepted without a true gain.
        harmful: Accepted with a true loss.
        decisions: Proposals measured, not refused.
        true_gain: True quality at the end minus at the start.
        reported_gain: Sum of the gains that the rule reported for what it accepted.
        examples: Examples on which candidates were measured, all decisions.
        calls: Calls of both arms; the champion's are paid once an example.
        distinct: Different examples used.
    """

    promotions: int
    false: int
    harmful: int
    decisions: int
    true_gain: float
    reported_gain: float
    examples: int
    calls: int
    distinct: int


def _nulls(rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 (one signature)
    return np.zeros(60)


def _mixed(rng: np.random.Generator) -> FloatArray:
    """60 proposals: 36 change nothing, 18 lose 5 points, 6 gain 8."""
    return rng.permutation(np.repeat([0.0, -0.05, 0.08], [36, 18, 6]))


def _gains(rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 (one signature)
    return np.full(10, 0.08)


LINEAGES: tuple[Lineage, ...] = (
    Lineage("line-60-null", 0.6, _nulls),
    Lineage("line-60-mixed", 0.4, _mixed),
    Lineage("line-10-gains", 0.1, _gains),
)


def follow(lineage: Lineage, rule: Rule, seed: Sequence[int]) -> Course:
    """One line under one rule.

    An agent answers an example the same way whenever it is asked, and a proposal turns some of
    the answers over. So a champion that was chosen on the holdout looks better there than it is,
    and the next proposal looks worse: what happens to every cached score.

    Args:
        lineage: Which proposals.
        rule: Who decides.
        seed: Of the line: equal for all rules, which so meet the same luck.
    """
    world = np.random.default_rng([*seed, 0])
    gains = lineage.gains(world)
    quality = lineage.start
    count = SHARDS * SIZE + SEARCH
    champion = (world.random(count) < quality).astype(np.float64)
    rulings: list[Ruling] = []
    true_gains: list[float] = []
    for index, gain in enumerate(gains.tolist()):
        draw, order = (np.random.default_rng([*seed, index + 1, part]) for part in (0, 1))
        candidate, effect = propose(draw, champion, quality, gain)
        again = run_again(draw, champion, quality, DISCORDANCE)
        shown = Pairs(champion, candidate, again, SIZE, search=SEARCH)
        ruling = rule.decide(shown, rulings, order)
        rulings.append(ruling)
        true_gains.append(effect)
        if ruling.accepted:
            champion, quality = candidate, quality + effect
    return _course(rulings, true_gains, quality - lineage.start, count)


def propose(
    rng: np.random.Generator, champion: FloatArray, quality: float, gain: float
) -> tuple[FloatArray, float]:
    """The candidate's scores and its true effect.

    Failures turn into passes and passes into failures at rates that give the wanted effect with
    20 % discordance; where the champion is too good or too bad for that, at the nearest rates.
    """
    win = min(0.5 * (DISCORDANCE + gain) / max(1.0 - quality, 1e-9), 1.0)
    lose = min(0.5 * (DISCORDANCE - gain) / max(quality, 1e-9), 1.0)
    luck = rng.random(len(champion))
    candidate = np.where(champion > 0.5, luck >= lose, luck < win).astype(np.float64)
    return candidate, win * (1.0 - quality) - lose * quality


def _course(
    rulings: Sequence[Ruling], effects: Sequence[float], true_gain: float, count: int
) -> Course:
    kept = [(r, e) for r, e in zip(rulings, effects, strict=True) if r.accepted]
    seen = np.zeros(count, dtype=np.bool_)
    for ruling in rulings:
        seen[ruling.used] = True
    return Course(
        promotions=len(kept),
        false=sum(effect <= 1e-9 for _, effect in kept),
        harmful=sum(effect < -1e-9 for _, effect in kept),
        decisions=sum(not ruling.refused for ruling in rulings),
        true_gain=true_gain,
        reported_gain=sum(ruling.gain for ruling, _ in kept),
        examples=sum(len(ruling.used) for ruling in rulings),
        calls=_calls(rulings, count),
        distinct=int(seen.sum()),
    )


def _calls(rulings: Sequence[Ruling], count: int) -> int:
    """Candidate calls, repeated runs, and each champion once an example."""
    known: BoolArray = np.zeros(count, dtype=np.bool_)
    calls = 0
    for ruling in rulings:
        calls += len(ruling.used) + ruling.repeated + int((~known[ruling.used]).sum())
        known[ruling.used] = True
        if ruling.accepted:
            known[:] = False
            known[ruling.used] = True
    return calls
