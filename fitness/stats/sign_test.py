"""Exact tests on the discordant pairs: wins against losses, ties ignored."""

from __future__ import annotations


def sign_test(wins: int, losses: int) -> float:
    """One-sided p-value of "a win is not more likely than a loss".

    ``P(Bin(wins + losses, 1/2) >= wins)``: the sign test (Arbuthnott 1710), which is the exact
    one-sided McNemar test (1947) for pass/fail pairs. Swap the arguments to test for a loss.

    Raises:
        ValueError: A count is negative.
    """
    if wins < 0 or losses < 0:
        raise ValueError(f"counts must not be negative, got {wins} and {losses}")
    if wins == 0:
        return 1.0
    from scipy.special import bdtrc

    return float(bdtrc(wins - 1, wins + losses, 0.5))


def mcnemar(wins: int, losses: int) -> float:
    """Two-sided exact p-value of "wins and losses are equally likely"."""
    return min(1.0, 2.0 * sign_test(max(wins, losses), min(wins, losses)))
