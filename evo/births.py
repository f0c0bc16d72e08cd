"""What the store keeps of every proposal that was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evo.result import paired_gain
from evo.search.breeder import Born
from fitness.stats import Interval


def birth_record(
    born: Born, key: str, clusters: Mapping[str, str], *, kept: bool
) -> dict[str, Any]:
    """The proposal with its worth: the figures behind what each operator earned.

    Args:
        born: The child and its parent.
        key: What the child does in the domain, whatever its reading.
        clusters: Search example to its cluster.
        kept: Whether the child survived the race.

    Returns:
        ``Proposal.record`` with ``key``, ``kept``, ``n`` (examples met) and ``gain`` (``over``
        the parent, ``n`` shared examples, ``mean``, and ``low`` and ``high`` of the 95 %
        interval, ``None`` where unknown); ``gain`` is ``None`` without a shared example.
    """
    shared = [i for i in born.child.outcomes if i in born.parent.outcomes]
    gain = paired_gain(
        [born.child.outcomes[i] for i in shared],
        [born.parent.outcomes[i] for i in shared],
        [clusters[i] for i in shared],
    )
    return {
        **born.child.proposal.record(),
        "key": key,
        "kept": kept,
        "n": born.child.quality.n,
        "gain": None if gain is None else _gain(born, gain, len(shared)),
    }


def _gain(born: Born, gain: Interval, n: int) -> dict[str, Any]:
    return {
        "over": born.parent.genome.id,
        "n": n,
        "mean": gain.estimate,
        "low": gain.low if math.isfinite(gain.low) else None,
        "high": gain.high if math.isfinite(gain.high) else None,
    }
