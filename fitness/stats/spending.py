"""How an error budget is spent: within an attempt by looks, within a lineage by attempts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

Shares = Literal["equal", "harmonic"]


class Spent(NamedTuple):
    """A past attempt.

    Attributes:
        alpha: The share that it used.
        promoted: Whether it rejected its null hypothesis.
    """

    alpha: float
    promoted: bool


def quadratic_spending(alpha: float, share: float) -> float:
    """Error that may be spent by the time that a share of the examples is used.

    ``alpha * t**2`` (Kim & DeMets 1987, power family).
    """
    return alpha * min(max(share, 0.0), 1.0) ** 2


def harmonic_share(alpha: float, attempt: int) -> float:
    """``alpha * 6 / (pi * k)**2`` for the ``k``-th attempt, from 1: the sum is ``alpha``.

    The attempts never end, but they soon starve: the first has .61 of ``alpha``, the tenth .006.
    """
    return alpha * 6.0 / (math.pi * attempt) ** 2


def next_share(
    history: Sequence[Spent],
    alpha: float,
    attempts: int,
    *,
    shares: Shares = "equal",
    recycle: bool = True,
) -> float:
    """The error that the next attempt of a lineage may spend.

    Equal shares ``alpha / attempts``, or harmonic ones; the whole share of an attempt that
    promoted passes on to the next one (online fallback, Tian & Ramdas 2021), which keeps the
    family-wise error of the lineage at ``alpha`` under any dependence between attempts.

    Args:
        history: All past attempts of the lineage, oldest first; those that spent nothing (refused
            before a look) do not count.
        alpha: Family-wise error of the lineage.
        attempts: Attempts that share it equally; harmonic shares never end.
        shares: How it is shared.
        recycle: Whether the share of an attempt that promoted passes on.

    Returns:
        The share; 0 when the budget is used up, and then the caller must refuse to test.

    Raises:
        ValueError: ``attempts`` is less than 1.
    """
    if attempts < 1:
        raise ValueError(f"attempts must be at least 1, got {attempts}")
    past = [attempt for attempt in history if attempt.alpha > 0.0]
    own = _own_share(len(past), alpha, attempts, shares)
    passed_on = past[-1].alpha if recycle and past and past[-1].promoted else 0.0
    # The cap keeps the level when alpha or attempts were lowered in the middle of a lineage.
    lost = sum(attempt.alpha for attempt in past if not (recycle and attempt.promoted))
    share = min(own + passed_on, alpha - lost)
    return share if share > 1e-12 * alpha else 0.0


def _own_share(past: int, alpha: float, attempts: int, shares: Shares) -> float:
    if shares == "harmonic":
        return harmonic_share(alpha, past + 1)
    return alpha / attempts if past < attempts else 0.0


def attempts_left(history: Sequence[Spent], attempts: int) -> int:
    """Attempts with a share of their own that remain."""
    return max(attempts - sum(attempt.alpha > 0.0 for attempt in history), 0)
