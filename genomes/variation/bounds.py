"""The interval in which a decision may move."""

from __future__ import annotations

from genomes.decision import DecisionGene
from genomes.spec import Slot

# What a parameter can mean at all, whatever the slot allows.
_NATURAL: dict[str, tuple[float, float]] = {
    "threshold": (0.0, 1.0),
    "abstain": (0.0, float("inf")),
    "temperature": (0.0, 2.0),
    "max_tokens": (1.0, float("inf")),
    "max_steps": (1.0, float("inf")),
    "answer_above": (0.0, 1.0),
    "ask_below": (0.0, 1.0),
    "abstain_below": (0.0, 1.0),
}

WHOLE = ("max_tokens", "max_steps")
"""Parameters that count something."""


def bounds(gene: DecisionGene, slot: Slot) -> tuple[float, float]:
    """(low, high) of a numeric decision: the slot's bounds within what the parameter means."""
    low, high = _NATURAL.get(gene.parameter, (float("-inf"), float("inf")))
    return max(low, slot.low), min(high, slot.high)


def clip(value: float, gene: DecisionGene, slot: Slot) -> float:
    """``value`` within the bounds; whole for what counts something."""
    low, high = bounds(gene, slot)
    whole = round(value) if gene.parameter in WHOLE else value
    return float(min(max(whole, low), high))
