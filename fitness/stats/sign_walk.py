"""The walk behind the exact sequential sign test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fitness.stats.spending import quadratic_spending

FloatArray = npt.NDArray[np.float64]

_EXACT_COINS = 256
# Numbers of wins less likely than this are left out: their sum over a million looks is below 1e-18.
_NEGLIGIBLE = 1e-30
_TOP = 32


@dataclass(frozen=True, eq=False)
class SignWalk:
    """Law of the wins among discordant pairs, under "each is a win with probability 1/2".

    With a true difference of 0 or less each discordant pair is a win with probability at most
    1/2, whatever the pairs before it, so the wins are dominated by this fair walk. Given the
    number of discordant pairs at each look its law is exact (dynamic programming). A look may
    promote only where the cumulative probability of having promoted by then stays within what is
    spendable; unspent error carries over (Lan & DeMets 1983, in calendar time).

    Attributes:
        alpha: Total error.
        discordant: Discordant pairs so far.
        mass: (m,) probability of ``first``, ``first + 1``, ... wins without a promotion so far;
            those of other numbers are negligible.
        first: See ``mass``.
        spent: Probability of a promotion so far.
    """

    alpha: float
    discordant: int
    mass: FloatArray
    first: int = 0
    spent: float = 0.0

    @classmethod
    def start(cls, alpha: float) -> SignWalk:
        """The walk before any pair."""
        return cls(alpha, 0, np.ones(1))

    def advance(self, discordant: int) -> SignWalk:
        """The walk after further pairs, up to ``discordant`` in all.

        Raises:
            ValueError: ``discordant`` is lower than before.
        """
        new = discordant - self.discordant
        if new < 0:
            raise ValueError(f"{discordant} discordant pairs after {self.discordant}")
        if new == 0:
            return self
        begin, mass = _trimmed(np.convolve(self.mass, fair_pmf(new)))
        return SignWalk(self.alpha, discordant, mass, self.first + begin, self.spent)

    def look(self, share: float) -> tuple[SignWalk, int | None]:
        """Places the boundary at a look.

        Args:
            share: Share of the planned examples that is used, in [0, 1].

        Returns:
            The walk without the paths that promote here, and the least number of wins that
            promotes; ``None`` if no number does.
        """
        room = quadratic_spending(self.alpha, share) - self.spent
        tail = self.mass[: -_TOP - 1 : -1].cumsum()
        if tail[-1] <= room:  # what may promote goes further down
            tail = self.mass[::-1].cumsum()
        reaching = int(tail.searchsorted(room, side="right"))
        left = len(self.mass) - reaching
        critical = self.first + left
        if room < 0.0 or critical > self.discordant:
            return self, None
        if not reaching:
            return self, critical
        spent = self.spent + float(tail[reaching - 1])
        walk = SignWalk(self.alpha, self.discordant, self.mass[:left], self.first, spent)
        return walk, critical


def sequential_boundary(
    discordant: Sequence[int], shares: Sequence[float], alpha: float
) -> tuple[int | None, ...]:
    """Critical numbers of wins at all looks of a known course.

    Args:
        discordant: (n_looks,) discordant pairs up to each look, not descending.
        shares: (n_looks,) share of the planned examples used at each look.
        alpha: Total error.

    Returns:
        (n_looks,) least wins that promote; ``None`` where nothing does.
    """
    walk = SignWalk.start(alpha)
    boundary: list[int | None] = []
    for pairs, share in zip(discordant, shares, strict=True):
        walk, critical = walk.advance(pairs).look(share)
        boundary.append(critical)
    return tuple(boundary)


@lru_cache(maxsize=256)
def fair_pmf(n: int) -> FloatArray:
    """(n + 1,) binomial probabilities for ``n`` fair coins.

    Each is correctly rounded up to 256 coins. Beyond, they follow from the ratios of neighbours,
    with a relative error below ``n * 2**-52`` (2e-12 for 10,000), and what is smaller than the
    smallest float is 0.
    """
    pmf = _exact_fair_pmf(n) if n <= _EXACT_COINS else _ratio_fair_pmf(n)
    pmf.flags.writeable = False
    return pmf


def _exact_fair_pmf(n: int) -> FloatArray:
    total = 2**n
    return np.array([math.comb(n, wins) / total for wins in range(n + 1)])


def _ratio_fair_pmf(n: int) -> FloatArray:
    # From the middle outwards, so that what underflows is the negligible part.
    middle = n // 2
    wins = np.arange(middle, n)
    up = np.concatenate([[1.0], np.cumprod((n - wins) / (wins + 1.0))])
    pmf = np.concatenate([up[1 + n % 2 :][::-1], up])
    return np.asarray(pmf / pmf.sum())


def _trimmed(mass: FloatArray) -> tuple[int, FloatArray]:
    """What is not negligible, and where it begins."""
    first, last = 0, len(mass)
    while first < last - 1 and mass[first] <= _NEGLIGIBLE:
        first += 1
    while last > first + 1 and mass[last - 1] <= _NEGLIGIBLE:
        last -= 1
    return first, mass[first:last]
