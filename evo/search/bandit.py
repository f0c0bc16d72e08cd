"""The bandit that shares the budget among proposers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

DISCOUNT = 0.9
"""What a credit of one generation ago is still worth."""

EXPLORE = 0.3
"""Part of the choices that follows the first shares whatever was earned."""

PRIOR_CALLS = 200.0
"""Calls for which an arm is believed to earn as much as all arms together."""


class Bandit:
    """Chooses arms by what they earned per call.

    Probability matching with a floor (Thierens 2005): an arm's probability is its first share
    times its earnings per call, discounted by generation and shrunk toward the rate of all
    arms. What pays early in a search often stops paying, so old credits fade.

    Args:
        shares: Arm to first share; need not add up to 1.
    """

    def __init__(self, shares: Mapping[str, float]) -> None:
        self.shares = dict(shares)
        self._earned = dict.fromkeys(shares, 0.0)
        self._calls = dict.fromkeys(shares, 0.0)

    def choose(self, rng: Generator) -> str | None:
        """An arm; ``None`` if all are closed."""
        chances = self.chances()
        draw = rng.random()
        for arm, chance in chances.items():
            draw -= chance
            if draw < 0:
                return arm
        return next(reversed(chances), None)

    def chances(self) -> dict[str, float]:
        """Arm to probability; adds up to 1, empty if all arms are closed."""
        open_arms = [arm for arm, share in self.shares.items() if share > 0]
        if not open_arms:
            return {}
        first = np.array([self.shares[arm] for arm in open_arms])
        first = first / first.sum()
        rates = first * np.array([self._rate(arm) for arm in open_arms])
        matched = rates / rates.sum() if rates.sum() > 0 else first
        mixed = (1 - EXPLORE) * matched + EXPLORE * first
        return dict(zip(open_arms, mixed.tolist(), strict=True))

    def credit(self, arm: str, gain: float, calls: int) -> None:
        """Books what a child of the arm was worth.

        Args:
            arm: Who made it.
            gain: Mean paired difference to the parent, in [-1, 1]; a loss earns nothing.
            calls: What making and measuring it cost.
        """
        self._earned[arm] += max(0.0, gain)
        self._calls[arm] += calls

    def age(self) -> None:
        """Ends a generation: what was earned fades."""
        for arm in self.shares:
            self._earned[arm] *= DISCOUNT
            self._calls[arm] *= DISCOUNT

    def open(self, arm: str, share: float) -> None:
        """Brings in a new arm.

        Args:
            arm: Its name.
            share: Its first share, on the scale of the others.
        """
        self.shares[arm] = share
        self._earned[arm] = self._calls[arm] = 0.0

    def close(self, arm: str) -> None:
        """Takes an arm out, for example because its budget is used up."""
        self.shares[arm] = 0.0

    def _rate(self, arm: str) -> float:
        calls = sum(self._calls.values())
        pooled = sum(self._earned.values()) / calls if calls else 0.0
        return (self._earned[arm] + PRIOR_CALLS * pooled) / (self._calls[arm] + PRIOR_CALLS)
