from __future__ import annotations

import math

import numpy as np
import pytest

from fitness.stats import (
    SignWalk,
    betting_power,
    minimum_detectable,
    peak_log_wealth,
    sign_power,
)


def simulate(
    n: int, alpha: float, difference: float, repetitions: int = 800
) -> tuple[float, float]:
    """The sequential sign test with futility on drawn pairs, 20 % discordant."""
    rng = np.random.default_rng(11)
    law = [0.1 + difference / 2, 0.1 - difference / 2, 0.8]
    promoted, used = 0, 0
    for _ in range(repetitions):
        walk, wins, losses = SignWalk.start(alpha), 0, 0
        for look in range(10, n + 1, 10):
            fresh = rng.multinomial(10, law)
            wins, losses = wins + int(fresh[0]), losses + int(fresh[1])
            critical = None
            walk = walk.advance(wins + losses)
            if wins + losses >= 10:
                walk, critical = walk.look(look / n)
            crossed = critical is not None and wins >= critical
            futile = any(look - 10 < share * n <= look for share in (1 / 3, 1 / 2, 2 / 3))
            if crossed or (futile and wins <= losses):
                break
        promoted, used = promoted + crossed, used + look
    return promoted / repetitions, used / repetitions


@pytest.mark.parametrize(
    ("n", "alpha", "difference", "promote", "examples"),
    [
        (200, 0.05, 0.0, 0.046, 111),
        (200, 0.05, 0.05, 0.399, 143),
        (200, 0.05, 0.08, 0.738, 133),
        (200, 0.05, 0.12, 0.978, 97),
        (200, 0.0304, 0.08, 0.672, 142),
        (300, 0.005, 0.05, 0.217, 242),
        (300, 0.005, 0.08, 0.646, 227),
        (300, 0.005, 0.12, 0.983, 153),
        (400, 0.005, 0.08, 0.789, 276),
    ],
)
def test_sign_power_equals_the_published_table(n, alpha, difference, promote, examples):
    # The table has 1,200 to 2,000 attempts a cell: 3 SE, and a look's worth of examples.
    found = sign_power(n, alpha, 0.2, difference)
    error = 3 * math.sqrt(promote * (1 - promote) / 1200)
    assert found.promote == pytest.approx(promote, abs=max(error, 0.012))
    assert found.examples == pytest.approx(examples, abs=8)


@pytest.mark.parametrize("difference", [0.0, 0.08])
def test_sign_power_equals_simulation(difference):
    promote, examples = simulate(200, 0.05, difference)
    found = sign_power(200, 0.05, 0.2, difference)
    assert abs(found.promote - promote) <= 3.5 * math.sqrt(max(promote, 0.04) / 800) + 0.01
    assert abs(found.examples - examples) <= 8


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.005])
def test_promotion_without_gain_stays_within_alpha(alpha):
    assert sign_power(300, alpha, 0.2, 0.0).promote <= alpha
    assert sign_power(300, alpha, 0.2, -0.05).promote <= 0.001


def test_betting_power_equals_simulation():
    rng = np.random.default_rng(2)
    draws = rng.choice([1.0, -1.0, 0.0], size=(500, 200), p=[0.16, 0.04, 0.8])
    direct = np.mean([peak_log_wealth(row) >= math.log(20) for row in draws])
    # Looks every 10 examples and futility lose a little against watching each example.
    assert direct - 0.1 <= betting_power(200, 0.05, 0.2, 0.12).promote <= direct + 0.03


@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_minimum_detectable_has_the_asked_power(test):
    found = minimum_detectable(300, 0.005, 0.2, test=test)
    assert found is not None
    measure = sign_power if test == "sign" else betting_power
    assert measure(300, 0.005, 0.2, found).promote == pytest.approx(0.8, abs=0.02)
    assert minimum_detectable(600, 0.005, 0.2, test=test) < found


def test_square_root_law_continues_the_exact_value():
    direct = minimum_detectable(1000, 0.005, 0.2)
    assert minimum_detectable(4000, 0.005, 0.2) == pytest.approx(direct / 2, rel=1e-6)
    assert sign_power(1500, 0.005, 0.2, minimum_detectable(1500, 0.005, 0.2)).promote == (
        pytest.approx(0.8, abs=0.03)
    )


def test_nothing_is_detectable_with_too_little():
    assert minimum_detectable(10, 0.005, 0.2) is None
    assert minimum_detectable(0, 0.005, 0.2) is None
    assert minimum_detectable(300, 0.005, 0.0) is None
    with pytest.raises(ValueError, match="discordance"):
        sign_power(100, 0.05, 0.1, 0.2)
