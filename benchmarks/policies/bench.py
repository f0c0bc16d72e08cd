"""``evogate bench policies [order|speed|telecom]``: what policies are worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from genomes.errors import ConfigError

PARTS: Mapping[str, str] = {
    "order": "benchmarks.policies.order",
    "speed": "benchmarks.policies.speed",
    "telecom": "benchmarks.policies.telecom.bench",
}
"""Part of the benchmark to the module that holds its ``main``."""


def main(
    part: str | None = None,
    *,
    seeds: int = 5,
    json: bool = False,
    out: Path | None = None,  # noqa: ARG001 (one signature for all benchmarks)
) -> None:
    """Runs one part of the benchmark.

    Args:
        part: ``order`` (no model; the default), ``speed`` or ``telecom``.
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        out: Not used: nothing is kept.

    Raises:
        ConfigError: There is no such part.
    """
    name = part or "order"
    if name not in PARTS:
        raise ConfigError(
            f"the benchmark policies has no part {name!r}", remedy=f"parts: {', '.join(PARTS)}"
        )
    run: Callable[..., None] = import_module(PARTS[name]).main
    run(seeds=seeds, json=json)
