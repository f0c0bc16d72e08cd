from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from fitness.stats import SignWalk, sequential_boundary
from fitness.stats.sign_walk import fair_pmf


def first_crossings(
    course: list[int], shares: list[float], boundary: tuple[int | None, ...]
) -> np.ndarray:
    """Probability of the first crossing at each look, by listing all sequences of fair coins."""
    counts = np.zeros(len(course))
    for coins in itertools.product((0, 1), repeat=course[-1]):
        for look, (pairs, critical) in enumerate(zip(course, boundary, strict=True)):
            if critical is not None and sum(coins[:pairs]) >= critical:
                counts[look] += 1
                break
    return counts / 2 ** course[-1]


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[int], list[float]]:
    steps = draw(st.lists(st.integers(0, 4), min_size=1, max_size=5).filter(lambda s: sum(s) <= 11))
    looks = len(steps)
    return np.cumsum(steps).tolist(), [(look + 1) / looks for look in range(looks)]


@settings(max_examples=60, deadline=None)
@given(courses(), st.sampled_from([0.02, 0.05, 0.2]))
def test_boundary_spends_no_more_than_allowed_and_as_much_as_it_can(course, alpha):
    pairs, shares = course
    boundary = sequential_boundary(pairs, shares, alpha)
    spent = np.cumsum(first_crossings(pairs, shares, boundary))
    for share, used in zip(shares, spent, strict=True):
        assert used <= alpha * share**2 + 1e-12
    for look, critical in enumerate(boundary):
        lower = (pairs[look] if critical is None else critical - 1,)
        greedy = (*boundary[:look], *lower)
        bold = first_crossings(pairs[: look + 1], shares[: look + 1], greedy).sum()
        assert bold > alpha * shares[look] ** 2


def test_one_look_is_the_fixed_sign_test():
    # P(Bin(20, 1/2) >= 15) = .0207 and P(>= 14) = .0577.
    assert sequential_boundary([20], [1.0], 0.05) == (15,)


def test_unspent_error_carries_over():
    early = sequential_boundary([0, 20], [0.5, 1.0], 0.05)
    assert early == (None, 15)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12))
def test_boundary_depends_on_counts_alone(steps):
    course = np.cumsum(steps).tolist()
    shares = [(index + 1) / len(steps) for index in range(len(steps))]
    walk = SignWalk.start(0.05)
    found = []
    for pairs, share in zip(course, shares, strict=True):
        middle = (walk.discordant + pairs) // 2
        walk, critical = walk.advance(middle).advance(pairs).look(share)
        found.append(critical)
    assert tuple(found) == sequential_boundary(course, shares, 0.05)


@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_exact_error_stays_within_alpha_over_a_long_course(alpha):
    rng = np.random.default_rng(1)
    course = np.cumsum(rng.binomial(10, 0.2, 100)).tolist()
    walk = SignWalk.start(alpha)
    for look, pairs in enumerate(course, start=1):
        walk, _ = walk.advance(pairs).look(look / 100)
    assert 0.8 * alpha < walk.spent <= alpha
    assert walk.spent + walk.mass.sum() == pytest.approx(1.0, abs=1e-12)


def test_pairs_cannot_vanish():
    with pytest.raises(ValueError, match="after"):
        SignWalk.start(0.05).advance(3).advance(2)


def exact_error(course: Sequence[int], boundary: Sequence[int | None]) -> Fraction:
    """Probability that fair coins ever cross, in whole numbers of paths."""
    alive, pairs, crossed = {0: 1}, 0, Fraction(0)
    for total, critical in zip(course, boundary, strict=True):
        for _ in range(total - pairs):
            after: dict[int, int] = {}
            for wins, paths in alive.items():
                after[wins] = after.get(wins, 0) + paths
                after[wins + 1] = after.get(wins + 1, 0) + paths
            alive = after
        pairs = total
        if critical is not None:
            gone = [wins for wins in alive if wins >= critical]
            crossed += Fraction(sum(alive.pop(wins) for wins in gone), 2**pairs)
    return crossed


def tried_courses() -> dict[str, list[int]]:
    rng = np.random.default_rng(0)
    found = {
        "all at once": [60] * 20,
        "all at the end": [*[0] * 19, 60],
        "late": [*range(10), *range(19, 119, 10)],
        "one by one": list(range(1, 41)),
    }
    for share in (0.05, 0.2, 0.5):
        found[f"{share:.0%} discordant"] = np.cumsum(rng.binomial(10, share, 20)).tolist()
    return found


@pytest.mark.parametrize("alpha", [0.05, 0.0304, 0.005])
@pytest.mark.parametrize("name", tried_courses())
def test_false_promotions_in_rational_numbers_never_exceed_alpha(name, alpha):
    course = tried_courses()[name]
    shares = [(look + 1) / len(course) for look in range(len(course))]
    boundary = sequential_boundary(course, shares, alpha)
    assert exact_error(course, boundary) <= Fraction(alpha) * (1 + Fraction(1, 10**12))


@pytest.mark.parametrize("n", [1, 2, 255, 256, 257, 3000, 10_000])
def test_coin_probabilities_equal_scipy(n):
    expected = binom.pmf(np.arange(n + 1), n, 0.5)
    assert fair_pmf(n) == pytest.approx(expected, rel=1e-8, abs=1e-16)


def test_a_second_look_at_the_same_pairs_keeps_what_promoted():
    walk, first = SignWalk.start(0.05).advance(20).look(0.9)
    _, second = walk.look(1.0)
    assert first is not None
    assert second is not None
    assert second <= first


@pytest.mark.parametrize("alpha", [0.4, 0.05, 1e-6])
@pytest.mark.parametrize("n", [10, 40, 2000])
def test_a_single_look_is_the_exact_binomial_test_however_wide_its_tail(n, alpha):
    """Only the top of the law is added up, unless more of it may promote."""
    _, critical = SignWalk.start(alpha).advance(n).look(1.0)
    wins = np.arange(n + 2)
    tails = binom.sf(wins - 1, n, 0.5)
    expected = int(wins[tails <= alpha][0])
    assert critical == (expected if expected <= n else None)
