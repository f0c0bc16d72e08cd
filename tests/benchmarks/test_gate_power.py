"""The bars of the gate: fast forms here, all of them by ``python -m benchmarks.gate_power``."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.gate_power import (
    ALPHA,
    ATTEMPTS,
    N,
    attempt,
    clustered,
    graded,
    lineage,
    pass_fail,
    rows,
    single_attempts,
    skewed,
)
from benchmarks.narrow_gain import narrow_gain
from fitness.stats import Spent, next_share, sign_power

SHARE = ALPHA / ATTEMPTS


@pytest.mark.parametrize(
    ("n", "alpha", "gain", "least", "most_examples"),
    [
        (200, 0.05, 0.08, 0.72, 145),
        (200, 0.05, 0.12, 0.96, 110),
        (N, SHARE, 0.08, 0.62, 235),
        (N, SHARE, 0.12, 0.97, 160),
    ],
)
def test_power_and_examples_of_a_true_gain(n, alpha, gain, least, most_examples):
    found = sign_power(n, alpha, 0.2, gain)
    assert found.promote >= least
    assert found.examples <= most_examples


def test_a_null_attempt_ends_early_and_a_harmful_one_does_not_pass():
    null = sign_power(200, 0.05, 0.2, 0.0)
    assert null.promote <= 0.05
    assert null.examples <= 125
    assert sign_power(200, 0.05, 0.2, -0.05).promote <= 10 / 10_000


@pytest.mark.parametrize("gain", [0.0, 0.08])
def test_the_gate_itself_does_what_the_calculation_says(gain):
    rng, times = np.random.default_rng(0), 200
    ends = [attempt(pass_fail(gain), rng, 200, 0.05) for _ in range(times)]
    expected = sign_power(200, 0.05, 0.2, gain)
    error = math.sqrt(max(expected.promote * (1 - expected.promote), 0.02) / times)
    assert abs(np.mean([end.promoted for end in ends]) - expected.promote) <= 4 * error
    assert np.mean([end.examples for end in ends]) == pytest.approx(expected.examples, abs=20)


@pytest.mark.parametrize(
    ("draw", "cluster"),
    [(skewed(0.0), 1), (skewed(-0.03), 1), (clustered, 4)],
    ids=["skewed", "skewed and harmful", "clustered"],
)
def test_skewed_and_clustered_nulls_stay_within_the_level(draw, cluster):
    rng, times = np.random.default_rng(1), 100
    ends = [attempt(draw, rng, 200, 0.05, "eprocess", cluster) for _ in range(times)]
    assert sum(end.promoted for end in ends) <= 0.05 * times + 3 * math.sqrt(0.0475 * times)


def test_graded_gains_pass():
    rng, times = np.random.default_rng(2), 100
    ends = [attempt(graded(0.08), rng, 200, 0.05, "eprocess") for _ in range(times)]
    assert np.mean([end.promoted for end in ends]) >= 0.77 - 3 * math.sqrt(0.77 * 0.23 / times)


def test_sixty_nulls_promote_at_all_in_at_most_alpha_of_the_lineages():
    # A lineage without a promotion gets no share back; fresh examples make attempts independent.
    clean, history = 1.0, list[Spent]()
    for _ in range(60):
        share = next_share(history, ALPHA, ATTEMPTS)
        if share:
            clean *= 1.0 - sign_power(N, share, 0.2, 0.0).promote
            history.append(Spent(share, False))
    assert len(history) == ATTEMPTS
    assert 1.0 - clean <= ALPHA


def test_a_lineage_of_gains_is_carried_by_recycling():
    rng = np.random.default_rng(3)
    kept = [lineage(0.08, 10, rng) for _ in range(10)]
    rng = np.random.default_rng(3)
    lost = [lineage(0.08, 10, rng, recycle=False) for _ in range(10)]
    assert np.mean(kept) >= 6.5
    assert np.mean(kept) > np.mean(lost)


def test_each_row_reports_its_share_and_its_examples():
    lines = single_attempts(2, rows()[:1])
    assert [line.metric for line in lines] == ["promoted", "examples"]
    assert {line.n for line in lines} == {2}


def test_a_narrow_gain_is_promoted_for_its_own_domain_only():
    everywhere, own, refused = narrow_gain(25, SHARE)
    assert everywhere.value == 0.0
    assert own.value >= 0.8
    assert own.value + refused.value == pytest.approx(1.0)
