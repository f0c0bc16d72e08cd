"""How far two raters agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """Agreement of two raters on yes or no.

    Attributes:
        n: Cases rated by both.
        agreement: Share of cases rated alike; 0 without any.
        kappa: Cohen's kappa (Cohen 1960): agreement beyond what the raters' own shares of yes
            would give by chance; 1 is perfect, 0 is chance. ``None`` if chance alone agrees
            always: then nothing can be told.
    """

    n: int
    agreement: float
    kappa: float | None


def cohen_kappa(first: Sequence[bool], second: Sequence[bool]) -> Agreement:
    """Agreement of two raters.

    Args:
        first: (n,) ratings.
        second: (n,) ratings of the same cases.

    Raises:
        ValueError: The lengths differ.
    """
    pairs = list(zip(first, second, strict=True))
    n = len(pairs)
    if not n:
        return Agreement(0, 0.0, None)
    observed = sum(a == b for a, b in pairs) / n
    p, q = sum(first) / n, sum(second) / n
    chance = p * q + (1 - p) * (1 - q)
    kappa = None if chance >= 1.0 else (observed - chance) / (1 - chance)
    return Agreement(n, observed, kappa)
