from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.stats import SignWalk, sequential_boundary


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
    assert walk.spent + walk.pmf.sum() == pytest.approx(1.0, abs=1e-12)


def test_pairs_cannot_vanish():
    with pytest.raises(ValueError, match="after"):
        SignWalk.start(0.05).advance(3).advance(2)
