"""Racing: all children meet the first block of examples, the better part the next, and so on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evo.search.config import SearchConfig
from evo.search.entry import Entry, soft_scores
from evo.search.trial import Measured
from fitness.outcome import Outcome
from genomes.errors import EvogateError


def blocks(config: SearchConfig, available: int) -> tuple[int, ...]:
    """Examples seen at the end of each round, as far as the suite reaches.

    Raises:
        EvogateError: The suite holds fewer examples than the first block.
    """
    if available < config.blocks[0]:
        raise EvogateError(
            f"the search suite has {available} examples, the first block needs {config.blocks[0]}",
            where="search.blocks",
            remedy="give more examples or set search.blocks",
        )
    return tuple(sorted({min(block, available) for block in config.blocks}))


def calls(size: int, ends: Sequence[int], config: SearchConfig, domains: int) -> int:
    """Most calls of a generation of ``size`` children, their regression domains included."""
    total, seen, last = 0, 0, size
    for end in ends:
        total += size * (end - seen)
        seen, last, size = end, size, math.ceil(config.keep * size)
    return total + last * domains * config.regression


def survivors(
    results: Sequence[Measured], rivals: Sequence[Entry], config: SearchConfig
) -> list[int]:
    """Indices of the better part, best first, less those clearly behind the rivals."""
    merits = [_merit(result.outcomes) for result in results]
    order = sorted(range(len(results)), key=lambda i: merits[i], reverse=True)
    quota = max(1, math.ceil(config.keep * len(results))) if results else 0
    return [i for i in order[:quota] if not _hopeless(results[i], rivals)]


def _hopeless(result: Measured, rivals: Sequence[Entry]) -> bool:
    """Whether the child is behind the worst rival on the very same examples by more than one
    standard error of the paired difference."""
    if not rivals:
        return False
    ids = [outcome.example_id for outcome in result.outcomes]
    mine = soft_scores(result.outcomes)
    d = mine - rivals[-1].soft(ids)
    d = d[~np.isnan(d)]
    if d.size < 2:
        return False
    return bool(d.mean() + d.std(ddof=1) / math.sqrt(d.size) < 0)


def _merit(outcomes: Sequence[Outcome]) -> float:
    soft = soft_scores(outcomes, hard_share=0.0)
    return float(np.nanmean(soft)) if np.isfinite(soft).any() else 0.0
