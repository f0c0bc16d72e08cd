"""Figures as people read them; the command line and the pages use the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evo.gate.explain import ErrorBudget


def interval_text(
    value: float | None, low: float | None, high: float | None, *, sign: str = ""
) -> str | None:
    """``0.700 (0.650 to 0.750)``; the value alone where its error is unknown.

    Args:
        value: ``None`` gives ``None``.
        low: Lower end.
        high: Upper end.
        sign: ``+`` for differences.
    """
    if value is None:
        return None
    if low is None or high is None:
        return f"{value:{sign}.3f}"
    return f"{value:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def money_text(usd: float | None) -> str | None:
    """``$0.0123``, with as many digits as small sums need."""
    if usd is None:
        return None
    return f"${usd:.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"


def time_text(stamp: str | None) -> str | None:
    """``2026-01-31 09:05 UTC`` from the store's time stamps."""
    return None if stamp is None else f"{stamp[:10]} {stamp[11:16]} UTC"


def budget_text(budget: ErrorBudget) -> str:
    """The error budget after an attempt, as one sentence."""
    ahead = f"the next attempt has {budget.next_share:.3g}" if budget.next_share else "none is left"
    return (
        f"Error budget {budget.alpha:.3g} in {budget.attempts} shares: attempt {budget.attempt} "
        f"used {budget.share:.3g}; {budget.used:.3g} is spent, {budget.left} shares are left, "
        f"{ahead}."
    )
