"""What a plan can detect, before anything is spent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from fitness.stats.eprocess import bet_fractions, log_mean_exp
from fitness.stats.noninferiority import score_statistic
from fitness.stats.sign_walk import SignWalk, fair_pmf

FloatArray = npt.NDArray[np.float64]
PowerTest = Literal["sign", "eprocess"]

FUTILITY = (1 / 3, 1 / 2, 2 / 3)
_QUANTILES = 7
_REPETITIONS = 1000
_BISECTIONS = 10
_SCALE_ABOVE = 1000
_MOST_LOOKS = 40


class Power(NamedTuple):
    """What a sequential test does under a stated truth.

    Attributes:
        promote: Probability of promoting.
        examples: Mean number of examples used.
    """

    promote: float
    examples: float


def sign_power(
    n: int,
    alpha: float,
    discordance: float,
    difference: float,
    *,
    look_every: int = 10,
    min_discordant: int = 10,
) -> Power:
    """Power of the exact sequential sign test with its futility looks.

    Dynamic programming on the walk, averaged over quantiles of the number of discordant pairs,
    which are spread evenly over the looks; within a point of simulation.

    Args:
        n: Planned examples.
        alpha: Error of the attempt.
        discordance: Share of pairs in which the arms differ, in (0, 1].
        difference: True gain, in [-discordance, discordance].
        look_every: Examples between looks.
        min_discordant: Pairs below which nothing promotes.
    """
    _check(n, discordance, difference)
    courses = _courses(n, alpha, discordance, look_every, min_discordant)
    return _mean_power(courses, 0.5 * (1.0 + difference / discordance))


def _courses(
    n: int, alpha: float, discordance: float, look_every: int, min_discordant: int
) -> list[_Stops]:
    totals = _totals(n, discordance)
    return [_walk_stops(n, alpha, total, look_every, min_discordant) for total in totals]


def _mean_power(courses: Sequence[_Stops], win: float) -> Power:
    return Power(*np.mean([_power_at(stops, win) for stops in courses], axis=0).tolist())


class _Stops(NamedTuple):
    """Where attempts end: (n_stops,) arrays; ``mass`` is the probability under fair coins."""

    wins: FloatArray
    losses: FloatArray
    examples: FloatArray
    mass: FloatArray
    promoted: npt.NDArray[np.bool_]


def _power_at(stops: _Stops, win: float) -> Power:
    # A path with w wins and l losses has a probability of (2p)^w (2q)^l times its fair one, so
    # one walk under fair coins gives the power at every truth.
    odds = [max(2.0 * chance, 1e-300) for chance in (win, 1.0 - win)]
    logs = stops.wins * math.log(odds[0]) + stops.losses * math.log(odds[1])
    mass = stops.mass * np.exp(np.minimum(logs, 700.0))
    return Power(float(mass[stops.promoted].sum()), float(mass @ stops.examples))


def _walk_stops(n: int, alpha: float, total: int, look_every: int, min_discordant: int) -> _Stops:
    looks = _looks(n, look_every)
    futile, walk, alive = _futility_looks(looks), SignWalk.start(alpha), np.ones(1)
    found: list[FloatArray] = []
    for look in looks.tolist():
        pairs = round(total * look / n)
        alive = np.convolve(alive, fair_pmf(pairs - walk.discordant))
        walk, critical = walk.advance(pairs), None
        if pairs >= min_discordant:
            walk, critical = walk.look(look / n)
        least = pairs + 1 if critical is None else critical
        futile_to = min(pairs // 2 + 1 if look in futile else 0, least)
        wins = np.arange(pairs + 1)
        if look < n:
            wins = np.concatenate([wins[:futile_to], wins[least:]])
        found.append(
            np.array([wins, pairs - wins, np.full(len(wins), look), alive[wins], wins >= least])
        )
        alive[wins] = 0.0
    wins, losses, used, mass, crossed = np.concatenate(found, axis=1)
    return _Stops(wins, losses, used, mass, crossed > 0.0)


def betting_power(
    n: int,
    alpha: float,
    discordance: float,
    difference: float,
    *,
    look_every: int = 10,
    min_discordant: int = 10,
    null_mean: float = 0.0,
) -> Power:
    """Power of the betting e-process on pass/fail pairs, with futility looks.

    1,000 simulated attempts from a fixed stream, so equal arguments give equal answers. Graded
    differences of the same mean vary less and are detected more easily. For clustered data ``n``
    counts clusters, which understates the power.
    """
    _check(n, discordance, difference)
    looks = _looks(n, look_every)
    wins, losses = _simulate_counts(looks, discordance, difference)
    bets = bet_fractions(null_mean)
    growth = [np.log1p(bets * (d - null_mean)) for d in (1.0, -1.0, 0.0)]
    ties = looks - wins - losses
    logs = sum(
        np.multiply.outer(counts, gain)
        for counts, gain in zip((wins, losses, ties), growth, strict=True)
    )
    crossed = (log_mean_exp(np.asarray(logs)) >= -math.log(alpha)) & (
        wins + losses >= min_discordant
    )
    futile = (wins - losses <= null_mean * looks) & np.isin(looks, list(_futility_looks(looks)))
    stop = crossed | futile
    stop[:, -1] = True
    first = stop.argmax(axis=1)
    rows = np.arange(len(first))
    return Power(float(crossed[rows, first].mean()), float(looks[first].mean()))


def noninferiority_power(
    n: int, margin: float, discordance: float, *, alpha: float = 0.05, difference: float = 0.0
) -> float:
    """Probability that the paired score test certifies "not worse by ``margin``".

    Exact over the trinomial law of wins, losses and ties.

    Args:
        n: Pairs.
        margin: Loss to exclude.
        discordance: Share of pairs in which the arms differ.
        alpha: Level.
        difference: True difference; 0 for a harmless change.
    """
    _check(n, discordance, difference)
    from scipy.special import gammaln

    spread = 8.0 * math.sqrt(n * discordance) + 8.0
    counts = np.arange(min(n, int(n * discordance + spread)) + 1)
    b, c = (grid.ravel() for grid in np.meshgrid(counts, counts))
    keep = (b + c <= n) & (np.abs(b + c - n * discordance) <= spread)
    b, c = b[keep], c[keep]
    tie = n - b - c
    win, lose = 0.5 * (discordance + difference), 0.5 * (discordance - difference)
    log_pmf = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(tie + 1)
    for count, share in ((b, win), (c, lose), (tie, 1.0 - discordance)):
        log_pmf = log_pmf + np.where(count > 0, count * math.log(max(share, 1e-300)), 0.0)
    z = score_statistic(b, c, n, -margin)
    return float(np.exp(log_pmf)[z >= NormalDist().inv_cdf(1.0 - alpha)].sum())


def minimum_detectable(
    n: int,
    alpha: float,
    discordance: float,
    *,
    power: float = 0.8,
    test: PowerTest = "sign",
    look_every: int = 10,
    min_discordant: int = 10,
    min_effect: float = 0.0,
) -> float | None:
    """The smallest true gain that a plan promotes with probability ``power``.

    For the sign test above 1,000 examples the square-root law extends the value at 1,000.

    Args:
        n: Planned examples, or clusters.
        alpha: Error of the attempt.
        discordance: Share of pairs in which the arms differ; for graded differences their mean
            square, which has the same effect on the bets.
        power: Wanted probability.
        test: ``sign`` or ``eprocess``.
        look_every: Examples between looks.
        min_discordant: Pairs below which nothing promotes.
        min_effect: Gain to exceed (e-process).

    Returns:
        A difference in (0, discordance], to about three digits; ``None`` if even a candidate that
        wins every discordant pair is promoted less often.
    """
    if n < 1 or discordance <= 0.0:
        return None
    shrink = 1.0
    if n > _SCALE_ABOVE and test == "sign":
        n, shrink = _SCALE_ABOVE, math.sqrt(_SCALE_ABOVE / n)
    look_every = max(look_every, n // _MOST_LOOKS)
    if test == "sign":
        courses = _courses(n, alpha, discordance, look_every, min_discordant)

        def promotes(difference: float) -> float:
            return _mean_power(courses, 0.5 * (1.0 + difference / discordance)).promote
    else:

        def promotes(difference: float) -> float:
            return betting_power(
                n,
                alpha,
                discordance,
                difference,
                look_every=look_every,
                min_discordant=min_discordant,
                null_mean=min_effect,
            ).promote

    found = _smallest(lambda difference: promotes(difference) >= power, discordance)
    return None if found is None else found * shrink


def _smallest(reaches: Callable[[float], bool], top: float) -> float | None:
    if not reaches(top):
        return None
    low, high = 0.0, top
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if reaches(middle):
            high = middle
        else:
            low = middle
    return high


def _looks(n: int, every: int) -> npt.NDArray[np.int_]:
    return np.array([*range(every, n, every), n])


def _futility_looks(looks: npt.NDArray[np.int_]) -> frozenset[int]:
    inner = looks[:-1].tolist()
    due = (share * int(looks[-1]) for share in FUTILITY)
    found = (next((look for look in inner if look >= mark), None) for mark in due)
    return frozenset(look for look in found if look is not None)


def _totals(n: int, discordance: float) -> Sequence[int]:
    centre, spread = n * discordance, math.sqrt(n * discordance * (1.0 - discordance))
    points = [NormalDist().inv_cdf((index + 0.5) / _QUANTILES) for index in range(_QUANTILES)]
    return [min(n, max(0, round(centre + spread * point))) for point in points]


def _simulate_counts(
    looks: npt.NDArray[np.int_], discordance: float, difference: float
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    rng = np.random.default_rng(20260101)
    law = [0.5 * (discordance + difference), 0.5 * (discordance - difference), 1.0 - discordance]
    steps = np.diff(looks, prepend=0)
    # Sizes are clipped because halves of a sum can miss 1 by rounding.
    chances = np.clip(law, 0.0, 1.0)
    counts = rng.multinomial(steps, chances / chances.sum(), size=(_REPETITIONS, len(steps)))
    course = counts.cumsum(axis=1)
    return course[..., 0], course[..., 1]


def _check(n: int, discordance: float, difference: float) -> None:
    if n < 1 or not 0.0 < discordance <= 1.0 or abs(difference) > discordance + 1e-12:
        raise ValueError(
            f"need n >= 1 and |difference| <= discordance <= 1, "
            f"got n={n}, discordance={discordance}, difference={difference}"
        )
