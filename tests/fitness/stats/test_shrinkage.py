from __future__ import annotations

import numpy as np
import pytest

from fitness.stats import NormalPrior, normal_prior, shrink


def test_the_prior_equals_statsmodels():
    # combine_effects(..., method_re="dl") of statsmodels 0.15.0.
    prior = normal_prior(
        [0.02, -0.01, 0.05, 0.11, -0.04, 0.03], [0.02, 0.03, 0.025, 0.02, 0.03, 0.04]
    )
    assert prior is not None
    assert prior.variance == pytest.approx(0.00243052767080611, rel=1e-9)
    assert prior.mean == pytest.approx(0.029069353409511486, rel=1e-9)


def test_the_posterior_equals_a_numerical_integral():
    prior, x, se = NormalPrior(0.01, 0.03**2), 0.09, 0.04
    grid = np.linspace(-1, 1, 200_001)
    weight = np.exp(-0.5 * ((grid - 0.01) / 0.03) ** 2 - 0.5 * ((x - grid) / se) ** 2)
    weight /= weight.sum()
    ends = np.interp([0.025, 0.975], weight.cumsum(), grid)
    found = shrink(x, se, prior)
    assert found.estimate == pytest.approx(weight @ grid, abs=1e-6)
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-4)


def test_the_best_of_thirty_is_no_longer_too_good():
    rng, se = np.random.default_rng(0), 0.04
    raw, shrunk = [], []
    for _ in range(400):
        truth = rng.normal(0.0, 0.03, 30)
        seen = truth + rng.normal(0.0, se, 30)
        best = int(seen.argmax())
        prior = normal_prior(seen, np.full(30, se))
        assert prior is not None
        raw.append(seen[best] - truth[best])
        shrunk.append(shrink(float(seen[best]), se, prior).estimate - truth[best])
    assert np.mean(raw) > 0.05
    assert abs(np.mean(shrunk)) < 0.012


def test_candidates_that_differ_by_chance_alone_are_all_worth_the_mean():
    prior = normal_prior([0.01, 0.02, 0.03], [0.1, 0.1, 0.1])
    assert prior == pytest.approx((0.02, 0.0))
    assert prior is not None
    assert shrink(0.3, 0.1, prior) == pytest.approx((0.02, 0.02, 0.02))


def test_too_little_or_bad_input():
    assert normal_prior([0.1, 0.2], [0.1, 0.1]) is None
    with pytest.raises(ValueError, match="standard error"):
        normal_prior([0.1, 0.2, 0.3], [0.1, 0.0, 0.1])
    with pytest.raises(ValueError, match="standard error"):
        shrink(0.1, 0.0, NormalPrior(0.0, 0.01))
