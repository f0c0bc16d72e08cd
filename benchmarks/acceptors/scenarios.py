"""Single proposals of known worth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from benchmarks.acceptors.pairs import FloatArray, Pairs

Family = Literal["null", "harmful", "gain"]
Draw = Callable[[np.random.Generator], Pairs]

SIZE = 300
PASSES = 0.6
DISCORDANCE = 0.2
SPREAD = 0.35  # standard deviation of a graded difference
CORRELATION = 0.5  # of the differences within a cluster
USUAL = 0.02  # the many tiny gains of the skewed scenarios


@dataclass(frozen=True)
class Scenario:
    """A proposal with a known effect, drawn anew for each decision.

    Attributes:
        name: As reported.
        family: ``null`` and ``harmful``: nobody should promote it; ``gain``: everybody should.
        draw: The paired scores.
    """

    name: str
    family: Family
    draw: Draw


def pass_fail(
    rng: np.random.Generator,
    n: int,
    gain: float,
    discordance: float = DISCORDANCE,
    passes: float = PASSES,
) -> tuple[FloatArray, FloatArray]:
    """(n,) scores of both arms: independent pairs, 0 or 1.

    Args:
        rng: Source.
        n: Pairs.
        gain: True difference.
        discordance: Share of pairs in which the arms differ.
        passes: How often the champion passes.
    """
    law = _law(gain, discordance, passes)
    return _scores(rng.choice(4, size=n, p=law))


def _law(gain: float, discordance: float, passes: float) -> list[float]:
    win, loss = 0.5 * (discordance + gain), 0.5 * (discordance - gain)
    return [win, loss, passes - loss, 1.0 - passes - win]


def _scores(kinds: np.typing.NDArray[np.int_]) -> tuple[FloatArray, FloatArray]:
    """Kinds: won, lost, both pass, both fail."""
    champion = np.isin(kinds, (1, 2)).astype(np.float64)
    candidate = np.isin(kinds, (0, 2)).astype(np.float64)
    return champion, candidate


def run_again(
    rng: np.random.Generator, champion: FloatArray, passes: float, discordance: float
) -> FloatArray:
    """(n,) the champion's scores in a second run, ``discordance`` of them turned over.

    As many passes turn into failures as failures into passes; an agent that always or never
    passes does so again.
    """
    if passes <= 0.0 or passes >= 1.0:
        return champion.copy()
    half = 0.5 * discordance
    chance = np.where(champion > 0.5, min(half / passes, 1.0), min(half / (1.0 - passes), 1.0))
    return np.where(rng.random(len(champion)) < chance, 1.0 - champion, champion)


def _independent(
    rng: np.random.Generator,
    *,
    gain: float,
    discordance: float = DISCORDANCE,
    passes: float = PASSES,
) -> Pairs:
    champion, candidate = pass_fail(rng, SIZE, gain, discordance, passes)
    again = run_again(rng, champion, passes, discordance)
    return Pairs(champion, candidate, again, SIZE)


def _narrow(
    rng: np.random.Generator, *, own: float, other: float, other_discordance: float
) -> Pairs:
    """Half of the examples from the domain to improve, half from another, mixed."""
    half = SIZE // 2
    parts = [pass_fail(rng, half, own, own + 0.1), pass_fail(rng, half, other, other_discordance)]
    champion, candidate = (np.concatenate(arms) for arms in zip(*parts, strict=True))
    order = rng.permutation(SIZE)
    again = run_again(rng, champion, PASSES, DISCORDANCE)
    return Pairs(champion[order], candidate[order], again[order], SIZE, elsewhere=order >= half)


def _clustered(rng: np.random.Generator, *, gain: float, clusters: int = 50, of: int = 4) -> Pairs:
    """A member shares its cluster's fate with probability sqrt(.5), so pairs correlate by .5."""
    law = _law(gain, DISCORDANCE, PASSES)
    common = np.repeat(rng.choice(4, size=clusters, p=law), of)
    apart = rng.choice(4, size=clusters * of, p=law)
    kinds = np.where(rng.random(clusters * of) < math.sqrt(CORRELATION), common, apart)
    champion, candidate = _scores(kinds)
    again = run_again(rng, champion, PASSES, DISCORDANCE)
    return Pairs(champion, candidate, again, clusters * of, cluster_size=of)


def _graded(rng: np.random.Generator, *, gain: float) -> Pairs:
    """Both arms beta-distributed and independent, so that nothing has to be clipped."""
    arms = [_beta(rng, mean) for mean in (0.5, 0.5 + gain, 0.5)]
    return Pairs(arms[0], arms[1], arms[2], SIZE, pass_fail=False)


def _beta(rng: np.random.Generator, mean: float) -> FloatArray:
    weight = mean * (1.0 - mean) / (0.5 * SPREAD**2) - 1.0
    return rng.beta(mean * weight, (1.0 - mean) * weight, SIZE)


def _skewed(rng: np.random.Generator, *, mean: float) -> Pairs:
    """+.02 on nearly all examples, -.98 on a few."""
    champion = np.full(SIZE, 1.0 - USUAL)
    disaster = rng.random(SIZE) < USUAL - mean
    return Pairs(champion, np.where(disaster, 0.0, 1.0), champion.copy(), SIZE, pass_fail=False)


def _at_bound(rng: np.random.Generator, *, passes: float, moved: float) -> Pairs:
    """A champion that always (or never) passes; the candidate differs in a share ``moved``."""
    champion = np.full(SIZE, passes)
    hit = rng.random(SIZE) < moved
    return Pairs(champion, np.where(hit, 1.0 - champion, champion), champion.copy(), SIZE)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("null", "null", partial(_independent, gain=0.0)),
    Scenario("null-clustered", "null", partial(_clustered, gain=0.0)),
    Scenario("null-graded", "null", partial(_graded, gain=0.0)),
    Scenario("null-skewed", "null", partial(_skewed, mean=0.0)),
    Scenario("null-ceiling", "null", partial(_at_bound, passes=1.0, moved=0.0)),
    Scenario("harmful-3", "harmful", partial(_independent, gain=-0.03)),
    Scenario("harmful-5", "harmful", partial(_independent, gain=-0.05)),
    Scenario("harmful-3-skewed", "harmful", partial(_skewed, mean=-0.03)),
    Scenario("harmful-1-ceiling", "harmful", partial(_at_bound, passes=1.0, moved=0.01)),
    Scenario(
        "narrow+15-8", "harmful", partial(_narrow, own=0.15, other=-0.08, other_discordance=0.2)
    ),
    Scenario("planted+5", "gain", partial(_independent, gain=0.05)),
    Scenario("planted+8", "gain", partial(_independent, gain=0.08)),
    Scenario("planted+12", "gain", partial(_independent, gain=0.12)),
    Scenario("clustered+8", "gain", partial(_clustered, gain=0.08)),
    Scenario("graded+5", "gain", partial(_graded, gain=0.05)),
    Scenario("graded+8", "gain", partial(_graded, gain=0.08)),
    Scenario("floor+5", "gain", partial(_at_bound, passes=0.0, moved=0.05)),
    Scenario("narrow+15+0", "gain", partial(_narrow, own=0.15, other=0.0, other_discordance=0.05)),
)
