from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import permutation_test

from fitness.stats import FlipWalk, quadratic_spending, sign_flip


def scipy_p(x: np.ndarray) -> float:
    found = permutation_test(
        (x,),
        lambda value, axis: value.mean(axis=axis),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
    )
    return float(found.pvalue)


@pytest.mark.parametrize("n", [2, 5, 10])
def test_all_flips_equal_scipy(n):
    rng = np.random.default_rng(n)
    x = rng.normal(0.3, 1.0, n).round(1)
    assert sign_flip(x, rng) == pytest.approx(scipy_p(x), abs=1e-12)


def test_drawn_flips_are_close_to_all_of_them():
    rng = np.random.default_rng(0)
    x = rng.normal(0.25, 1.0, 15)
    assert sign_flip(x, rng, draws=20_000) == pytest.approx(scipy_p(x), abs=0.01)
    assert sign_flip([], rng) == 1.0


def attempt(units: np.ndarray, rng: np.random.Generator, alpha: float = 0.05) -> bool:
    walk = FlipWalk.start(alpha, draws=399)
    for look, batch in enumerate(np.split(units, 10), start=1):
        walk, crossed = walk.advance(batch, rng).look(look / 10)
        assert np.sum(~walk.alive) <= quadratic_spending(alpha, look / 10) * 400 + 1e-9
        if crossed:
            return True
    return False


def test_level_and_power_over_symmetric_clusters():
    # 50 clusters of 4, correlation .5, sd .35: the note has .047 without and .62 with +.08.
    rng, reps = np.random.default_rng(4), 400
    sd = 0.35 * np.sqrt((1 + 3 * 0.5) / 4)
    null = np.mean([attempt(rng.normal(0.0, sd, 50), rng) for _ in range(reps)])
    gain = np.mean([attempt(rng.normal(0.08, sd, 50), rng) for _ in range(reps)])
    assert null <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / reps)
    assert gain >= 0.48


def test_nothing_is_decided_before_half():
    rng = np.random.default_rng(0)
    walk = FlipWalk.start(0.2, draws=99).advance(np.ones(40), rng)
    assert walk.look(0.49)[1] is False
    assert walk.look(0.5)[1] is True


def test_ties_never_cross_beyond_the_room():
    rng = np.random.default_rng(0)
    walk, crossed = FlipWalk.start(0.05, draws=99).advance(np.zeros(9), rng).look(1.0)
    assert not crossed
    assert walk.alive.all()
