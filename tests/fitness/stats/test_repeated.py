from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.stats import SignWalk, repeated_interval, tango


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=15
    ),
    st.sampled_from([0.05, 0.005, 0.2]),
)
def test_the_interval_excludes_zero_exactly_where_the_test_promotes(steps, alpha):
    walk, wins, losses, missing = SignWalk.start(alpha), 0, 0, 0
    for look, (won, lost, gone) in enumerate(steps, start=1):
        wins, losses, missing = wins + won, losses + lost, missing + gone
        share = look / len(steps)
        walk, critical = walk.advance(wins + losses + missing).look(share)
        found = repeated_interval(
            wins, losses, 10 * look, critical, alpha=alpha, share=share, missing=missing
        )
        assert (found.low > 0.0) == (critical is not None and wins >= critical)
        assert found.low <= found.estimate <= found.high


def test_one_look_is_the_score_interval_at_the_exact_critical_value():
    # 15 of 20 is critical at .05 (P(Bin(20, 1/2) >= 15) = .0207): z = (30 - 1 - 20) / sqrt(20),
    # which is the normal quantile of a two-sided level of .9558.
    found = repeated_interval(16, 4, 100, 15, alpha=0.05, share=1.0)
    assert found == pytest.approx(tango(16, 4, 100, level=0.955829), abs=1e-5)


def test_a_loss_is_the_mirror_of_a_gain():
    gain = repeated_interval(30, 10, 200, 28, alpha=0.05, share=0.7, missing=3)
    loss = repeated_interval(10, 30, 200, 28, alpha=0.05, share=0.7, missing=3)
    assert (loss.low, loss.high) == pytest.approx((-gain.high, -gain.low), abs=1e-9)


def test_nothing_measured_or_nothing_spendable_claims_nothing():
    assert repeated_interval(0, 0, 0, None, alpha=0.05, share=0.1)[1:] == (-1.0, 1.0)
    assert repeated_interval(0, 0, 5, None, alpha=0.05, share=0.1, missing=5)[1:] == (-1.0, 1.0)
    assert repeated_interval(3, 0, 9, None, alpha=0.05, share=0.0)[1:] == (-1.0, 1.0)


@pytest.mark.parametrize(("discordance", "gain"), [(0.2, 0.08), (0.2, -0.08), (0.05, 0.03)])
def test_each_end_holds_at_all_looks_at_once(discordance, gain):
    rng, reps, alpha, n = np.random.default_rng(3), 100, 0.05, 200
    law = [(discordance + gain) / 2, (discordance - gain) / 2, 1 - discordance]
    above = below = 0
    for _ in range(reps):
        walk, counts, ends = SignWalk.start(alpha), np.zeros(3, dtype=int), [(-1.0, 1.0)]
        for look in range(50, n + 1, 50):
            counts += rng.multinomial(50, law)
            wins, losses = int(counts[0]), int(counts[1])
            walk, critical = walk.advance(wins + losses).look(look / n)
            found = repeated_interval(wins, losses, look, critical, alpha=alpha, share=look / n)
            ends.append((found.low, found.high))
        above += max(low for low, _ in ends) > gain
        below += min(high for _, high in ends) < gain
    # The approximation away from 0 is allowed one point (measured: at most .061).
    most = 0.06 + 3 * np.sqrt(0.06 * 0.94 / reps)
    assert above / reps <= most
    assert below / reps <= most
