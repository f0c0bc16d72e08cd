"""How many examples a gain needs, before anything is spent."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

from fitness.stats.power import PowerTest, betting_power, sign_power

_MOST_EXACT = 1000
_LOOKS = 30


def sample_size(
    alpha: float,
    discordance: float,
    difference: float,
    *,
    power: float = 0.8,
    test: PowerTest = "sign",
    look_every: int = 10,
    min_discordant: int = 10,
) -> int:
    """Planned examples with which an attempt promotes a true gain with probability ``power``.

    Bisection on the power of the sequential test with its futility looks, to a multiple of
    ``look_every``. Above 1,000 examples the square-root law extends the answer: with the gain and
    the discordance scaled so that 1,000 examples are enough.

    Args:
        alpha: Error of the attempt.
        discordance: Share of pairs in which the arms differ, in (0, 1].
        difference: True gain, in (0, discordance].
        power: Wanted probability.
        test: ``sign`` or ``eprocess``.
        look_every: Examples between looks.
        min_discordant: Pairs below which nothing promotes.

    Raises:
        ValueError: ``difference`` is not in (0, discordance], or ``power`` not in (0, 1).
    """
    if not 0.0 < difference <= discordance <= 1.0 or not 0.0 < power < 1.0:
        raise ValueError(
            f"need 0 < difference <= discordance <= 1 and 0 < power < 1, "
            f"got {difference}, {discordance}, {power}"
        )
    measure = sign_power if test == "sign" else betting_power

    def enough(n: int, gain: float) -> bool:
        every = max(look_every, n // _LOOKS)
        found = measure(
            n, alpha, discordance, gain, look_every=every, min_discordant=min_discordant
        )
        return found.promote >= power

    if enough(_MOST_EXACT, difference):
        return _smallest(lambda n: enough(n, difference), look_every)
    low, high = difference, discordance
    for _ in range(12):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(_MOST_EXACT, middle) else (middle, high)
    return look_every * math.ceil(_MOST_EXACT * (high / difference) ** 2 / look_every)


def _smallest(enough: Callable[[int], bool], step: int) -> int:
    low, high = 0, math.ceil(_MOST_EXACT / step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle * step) else (middle, high)
    return high * step


def mean_sample_size(
    alpha: float,
    difference: float,
    variance: float,
    *,
    power: float = 0.8,
    noise: tuple[float, float] = (0.0, 0.0),
    repeats: tuple[int, int] = (1, 1),
) -> int:
    """Examples that a two-sided paired comparison of means needs (Miller 2024, eq. 9).

    ``(z_{alpha/2} + z_power)**2 * (w + s_A / K_A + s_B / K_B) / difference**2``; a normal
    approximation with one look at the end.

    Args:
        alpha: Two-sided level.
        difference: True difference of the means, not 0.
        variance: ``w``, variance over examples of the difference of expected scores.
        power: Wanted probability.
        noise: ``s_A`` and ``s_B``, variance of repeated answers to one example, for each arm.
        repeats: ``K_A`` and ``K_B``, answers an example.
    """
    quantile = NormalDist().inv_cdf
    z = quantile(1.0 - alpha / 2.0) + quantile(power)
    total = variance + sum(s / k for s, k in zip(noise, repeats, strict=True))
    return math.ceil(z * z * total / difference**2)
