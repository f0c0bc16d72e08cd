"""Sign-flip tests: more power on graded or clustered differences, at the price of symmetry.

They ask whether the differences are symmetric about 0 or below. Where they are not, the answer
misleads: a change that usually gains .02 and rarely loses .98, with a mean of 0, passes about half
of the time. Hence opt-in, for who can state that differences are symmetric. One value an
independent unit: an example, or the mean of a cluster (``cluster_means``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fitness.stats.eprocess import FloatArray
from fitness.stats.spending import quadratic_spending

FIRST_LOOK = 0.5
_EXACT_UNITS = 14
_ROUNDING = 1e-9


def sign_flip(units: npt.ArrayLike, rng: np.random.Generator, draws: int = 10_000) -> float:
    """One-sided p-value of "symmetric about 0" against "greater" (Fisher 1935).

    All signs are listed up to 14 units; beyond, ``draws`` random ones and the observed one.

    Args:
        units: (n,) differences of independent units.
        rng: Draws the signs.
        draws: How many.
    """
    x = np.asarray(units, dtype=np.float64)
    if not len(x):
        return 1.0
    if len(x) <= _EXACT_UNITS:
        codes = np.arange(2 ** len(x))[:, None] >> np.arange(len(x)) & 1
        return float(np.mean((1 - 2 * codes) @ x >= x.sum() - _ROUNDING))
    sums = _random_signs(rng, draws, len(x)) @ x
    return float((1 + np.sum(sums >= x.sum() - _ROUNDING)) / (1 + draws))


@dataclass(frozen=True, eq=False)
class FlipWalk:
    """Sequential sign-flip test with cumulative spending.

    The observed sum walks beside sums of the same magnitudes with random signs. Given the
    magnitudes, symmetry makes all of them exchangeable. At a look the greatest sums cross, as many
    as the cumulative spending allows; unspent error carries over, as in ``SignWalk``. No look
    before half of the planned examples: the fewer units, the more symmetry is asked of each.

    Attributes:
        alpha: Total error.
        sums: (draws + 1,) running sums; the observed one first.
        alive: (draws + 1,) which have not crossed yet.
    """

    alpha: float
    sums: FloatArray
    alive: npt.NDArray[np.bool_]

    @classmethod
    def start(cls, alpha: float, draws: int = 9_999) -> FlipWalk:
        """The walk before any unit."""
        return cls(alpha, np.zeros(draws + 1), np.ones(draws + 1, dtype=bool))

    def advance(self, units: npt.ArrayLike, rng: np.random.Generator) -> FlipWalk:
        """The walk after further units.

        Args:
            units: (n,) differences of the new independent units.
            rng: Draws the signs; the same stream throughout an attempt.
        """
        x = np.asarray(units, dtype=np.float64)
        flipped = _random_signs(rng, len(self.sums) - 1, len(x)) @ x
        return replace(self, sums=self.sums + np.concatenate([[x.sum()], flipped]))

    def look(self, share: float) -> tuple[FlipWalk, bool]:
        """Lets the greatest sums cross.

        Args:
            share: Share of the planned examples that is used, in [0, 1].

        Returns:
            The walk, and whether the observed sum crossed at this look.
        """
        if share < FIRST_LOOK:
            return self, False
        allowed = quadratic_spending(self.alpha, share) * len(self.sums)
        room = int(allowed + _ROUNDING) - int(np.sum(~self.alive))
        ordered = np.sort(self.sums[self.alive])[::-1]
        # Sums that tie with one that may not cross stay, so that the room is never exceeded.
        bar = ordered[room] if room < len(ordered) else -np.inf
        crossed = self.alive & (self.sums > bar + _ROUNDING)
        return replace(self, alive=self.alive & ~crossed), bool(crossed[0])


def _random_signs(rng: np.random.Generator, draws: int, n: int) -> FloatArray:
    return np.asarray(1.0 - 2.0 * rng.integers(0, 2, (draws, n)))
