"""Which losses a suite notices: against simulation of the very tests that it uses."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fitness.stats import noninferiority_power, sign_test
from fitness.stats.loss_power import loss_power, smallest_loss, smallest_margin


@pytest.mark.parametrize(("n", "share", "loss"), [(200, 0.2, 0.08), (30, 0.35, 0.2), (60, 1, 0.3)])
def test_the_power_is_that_of_the_test(n: int, share: float, loss: float) -> None:
    rng = np.random.default_rng(3)
    pairs = rng.binomial(n, share, size=3000)
    losses = rng.binomial(pairs, 0.5 * (1 + loss / share))
    hits = [sign_test(int(x), int(m - x)) <= 0.05 for x, m in zip(losses, pairs, strict=True)]
    found = loss_power(n, 0.05, share, loss)
    assert np.mean(hits) == pytest.approx(found, abs=4 * math.sqrt(0.25 / 3000))


def test_no_loss_is_found_at_most_at_the_level() -> None:
    assert loss_power(500, 0.05, 0.2, 0.0) <= 0.05
    assert loss_power(3, 0.05, 0.2, 0.2) == 0.0, "three losses of three prove nothing at .05"
    with pytest.raises(ValueError, match="need 0 <= loss"):
        loss_power(10, 0.05, 0.2, 0.3)


def test_the_smallest_loss_has_the_power_asked_for() -> None:
    for n in (40, 200, 900):
        found = smallest_loss(n, 0.05, 0.35)
        assert found is not None
        assert loss_power(n, 0.05, 0.35, found) >= 0.8
        assert loss_power(n, 0.05, 0.35, 0.98 * found) < 0.8
    assert smallest_loss(4, 0.05, 0.2) is None
    assert smallest_loss(0, 0.05, 0.2) is None
    assert smallest_loss(4000, 0.05, 0.2) == pytest.approx(smallest_loss(1000, 0.05, 0.2) / 2)  # type: ignore[operator]


def test_the_smallest_margin_is_kept_as_often_as_asked() -> None:
    found = smallest_margin(200, 0.05, 0.05)
    assert found is not None
    assert noninferiority_power(200, found, 0.05) >= 0.8
    assert found < 0.05, "gate.md 3.3 (4): .05 is kept in .89"
