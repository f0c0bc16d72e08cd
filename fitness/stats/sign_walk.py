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
        pmf: (discordant + 1,) probability of each number of wins without a promotion so far.
        spent: Probability of a promotion so far.
        support: First and last number of wins whose probability is not negligible.
    """

    alpha: float
    pmf: FloatArray
    spent: float = 0.0
    support: tuple[int, int] = (0, 0)

    @classmethod
    def start(cls, alpha: float) -> SignWalk:
        """The walk before any pair."""
        return cls(alpha=alpha, pmf=np.ones(1))

    @property
    def discordant(self) -> int:
        """Discordant pairs so far."""
        return len(self.pmf) - 1

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
        first, last = self.support
        pmf = np.zeros(discordant + 1)
        pmf[first : last + new + 1] = np.convolve(self.pmf[first : last + 1], fair_pmf(new))
        return SignWalk(self.alpha, pmf, self.spent, _trim(pmf, first, last + new))

    def look(self, share: float) -> tuple[SignWalk, int | None]:
        """Places the boundary at a look.

        Args:
            share: Share of the planned examples that is used, in [0, 1].

        Returns:
            The walk without the paths that promote here, and the least number of wins that
            promotes; ``None`` if no number does.
        """
        room = quadratic_spending(self.alpha, share) - self.spent
        first, last = self.support
        tail = np.cumsum(self.pmf[first : last + 1][::-1])
        reaching = int(np.searchsorted(tail, room, side="right"))
        critical = last + 1 - reaching
        if room < 0.0 or critical > self.discordant:
            return self, None
        pmf = self.pmf.copy()
        pmf[critical:] = 0.0
        spent = self.spent + (float(tail[reaching - 1]) if reaching else 0.0)
        support = _trim(pmf, first, max(first, min(last, critical - 1)))
        return SignWalk(self.alpha, pmf, spent, support), critical


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


def _trim(pmf: FloatArray, first: int, last: int) -> tuple[int, int]:
    while first < last and pmf[first] <= _NEGLIGIBLE:
        first += 1
    while last > first and pmf[last] <= _NEGLIGIBLE:
        last -= 1
    return first, last
