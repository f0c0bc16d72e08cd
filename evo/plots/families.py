"""Families of operators: what the lineage is coloured by."""

from __future__ import annotations

from typing import Literal

Family = Literal["seed", "reading", "demonstrations", "edit", "crossover", "restart", "other"]

FAMILIES: dict[Family, str] = {
    "seed": "start",
    "reading": "reading fitted",
    "demonstrations": "demonstrations",
    "edit": "edit of a text",
    "crossover": "crossover",
    "restart": "restart",
    "other": "by model or plug-in",
}
"""Family to its name for people, in the order of legends."""


def family(operator: str | None) -> Family:
    """The family of an operator; of several joined by ``+`` the first one decides."""
    from genomes.variation import CROSSOVERS, MUTATIONS

    name = (operator or "other").split("+")[0]
    if name in ("seed", "restart"):
        return "seed" if name == "seed" else "restart"
    if name in CROSSOVERS:
        return "crossover"
    if name not in MUTATIONS:
        return "other"
    return "demonstrations" if "demo" in name else "edit"
