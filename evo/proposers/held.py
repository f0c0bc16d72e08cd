"""Whether the prediction of a proposal held: for the report, and for whoever trusts predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from evo.proposers.proposal import Proposal

Verdict = Literal["held", "failed", "open"]

_Z = 1.959963984540054


@dataclass(frozen=True)
class Held:
    """What became of a prediction.

    Attributes:
        expected: Predicted change of quality, in points of [0, 1].
        gain: Measured mean paired difference to the first parent, in [-1, 1].
        low: Lower end of its 95 % interval.
        high: Upper end.
        sign: Whether the direction held: ``open`` while the interval reaches both sides. Where
            no change was predicted, whether the interval lies within the margin.
        magnitude: Whether the predicted value can be true: ``failed`` where the interval
            excludes it, ``open`` where it does not but the direction is not settled.
    """

    expected: float
    gain: float
    low: float
    high: float
    sign: Verdict
    magnitude: Verdict


def held(
    proposal: Proposal, gain: float, n: int, *, sd: float | None = None, margin: float = 0.05
) -> Held | None:
    """Compares a proposal's prediction with what was measured.

    Args:
        proposal: Its ``expected`` is the prediction.
        gain: Mean paired difference to the first parent, in [-1, 1].
        n: Shared examples.
        sd: Standard deviation of the paired differences; ``None`` for the largest that this
            mean allows, which gives a wide interval.
        margin: Predictions and changes below it count as no change.

    Returns:
        ``None`` if nothing was predicted.
    """
    if proposal.expected is None:
        return None
    low, high = _interval(gain, n, sd)
    sign = _sign(proposal.expected, low, high, margin)
    inside = low <= proposal.expected <= high
    magnitude: Verdict = "failed" if not inside else "held" if sign == "held" else "open"
    return Held(proposal.expected, gain, low, high, sign, magnitude)


def _sign(expected: float, low: float, high: float, margin: float) -> Verdict:
    if expected == 0:
        if -margin <= low and high <= margin:
            return "held"
        return "failed" if low > margin or high < -margin else "open"
    if expected < 0:
        low, high = -high, -low
    return "held" if low > 0 else "failed" if high <= 0 else "open"


def _interval(gain: float, n: int, sd: float | None) -> tuple[float, float]:
    """95 % interval of the mean of ``n`` differences in [-1, 1], clipped to [-1, 1]."""
    if n < 2:
        return -1.0, 1.0
    if sd is not None:
        half = _Z * sd / math.sqrt(n)
        return max(-1.0, gain - half), min(1.0, gain + half)
    # Mapped to [0, 1] a mean p has at most the variance of a proportion, p (1 - p), so the score
    # interval of a proportion (Wilson 1927) is wide enough.
    p, shrink = (gain + 1) / 2, 1 + _Z**2 / n
    centre = (p + _Z**2 / (2 * n)) / shrink
    half = _Z / shrink * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
    return 2 * max(0.0, centre - half) - 1, 2 * min(1.0, centre + half) - 1
