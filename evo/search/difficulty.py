"""How easy the examples are that only some entries have seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from evo.search.entry import Entry


def difficulty(entries: Iterable[Entry], base: Sequence[str]) -> Mapping[str, float]:
    """How much better than on ``base`` the entries do on each further example, on average.

    Without it a leader that met an easy block would rise above all that did not meet it. Entries
    measured on the same examples are still told apart by them (two-way additive model).

    Args:
        entries: Measured on ``base`` and some of them on more.
        base: Example ids that all of them have seen.
    """
    found: dict[str, list[float]] = {}
    for entry in entries:
        extra = [i for i in entry.outcomes if i not in set(base)]
        if not extra:
            continue
        level = float(np.nanmean(entry.soft(base)))
        for name, score in zip(extra, entry.soft(extra), strict=True):
            found.setdefault(name, []).append(float(score) - level)
    return {name: float(np.nanmean(values)) for name, values in found.items()}
