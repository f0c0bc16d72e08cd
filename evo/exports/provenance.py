"""Where an exported genome comes from, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evo.champion import Version
from evo.exports.source import Source


def provenance(source: Source) -> tuple[tuple[str, str], ...]:
    """(what, text) pairs; one line each, only what is known."""
    return tuple((what, " ".join(text.split())) for what, text in _pairs(source))


def _pairs(source: Source) -> Iterator[tuple[str, str]]:
    if source.name:
        yield "Agent", source.name
    if source.version is not None:
        yield from _of_version(source.version)
    else:
        yield "Version", "none: no gate has let this genome in"
    yield "Genome", source.genome.id


def _of_version(version: Version) -> Iterator[tuple[str, str]]:
    yield "Version", f"{version.number} ({version.kind}), {version.id}"
    yield "Created", version.created
    if version.parent:
        yield "Replaced", version.parent
    if version.decision is not None:
        yield from _of_decision(version.decision)
    for name, value in sorted(version.provenance.items()):
        if value is not None and not isinstance(value, (dict, list)):
            yield name.replace("_", " ").capitalize(), str(value)


def _of_decision(decision: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Decision", f"{decision.get('verdict')}: {decision.get('reason', 'no reason given')}"
    effect = decision.get("effect")
    if isinstance(effect, Mapping):
        yield "Effect", _interval(effect)
    if all(isinstance(decision.get(name), int) for name in ("wins", "losses", "ties")):
        yield (
            "Pairs",
            f"{decision['wins']} won, {decision['losses']} lost, {decision['ties']} equal",
        )
    for what, name in (("Attempt", "attempt_id"), ("Plan", "plan_hash")):
        if decision.get(name):
            yield what, str(decision[name])


def _interval(effect: Mapping[str, Any]) -> str:
    try:
        return (
            f"{effect['estimate']:+.3f} "
            f"({effect['level']:.1%} interval {effect['low']:+.3f} to {effect['high']:+.3f})"
        )
    except (KeyError, TypeError, ValueError):
        return "not stated"
