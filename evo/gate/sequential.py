"""Superiority, look by look, on fresh pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evo.gate.evidence import Look
from evo.gate.gain import start_test
from evo.gate.pair import Measure, Pair, measure_pairs
from evo.gate.plan import GatePlan
from fitness.suites import Example
from genomes import Genome
from genomes.errors import DataError

End = Literal["crossed", "futile", "exhausted", "uncovered", "empty"]


@dataclass(frozen=True)
class Superiority:
    """How the test of the gain ended.

    Attributes:
        end: ``crossed`` the boundary; ``futile`` (no net gain at a futility look);
            ``exhausted`` the planned examples; ``uncovered`` (too many pairs missing);
            ``empty`` (no pair measured).
        looks: The trail.
        pairs: All pairs, in order.
    """

    end: End
    looks: tuple[Look, ...]
    pairs: tuple[Pair, ...]


def run_superiority(
    plan: GatePlan,
    champion: Genome,
    candidate: Genome,
    examples: Mapping[str, Example],
    measure: Measure,
) -> Superiority:
    """Measures both arms look by look until the plan says stop."""
    pairs: list[Pair] = []
    looks: list[Look] = []
    test = start_test(plan)
    for end in plan.looks:
        batch = [examples[name] for name in plan.example_ids[len(pairs) : end]]
        fresh = measure_pairs(measure, champion, candidate, plan.domain, batch)
        pairs.extend(fresh)
        test, look = test.look(fresh)
        looks.append(look)
        stop = _stop(plan, look)
        if stop is not None:
            return Superiority(stop, tuple(looks), tuple(pairs))
    return Superiority("empty", tuple(looks), tuple(pairs))


def replay(plan: GatePlan, pairs: Sequence[Pair]) -> tuple[tuple[Look, ...], End]:
    """Derives looks and end again from stored pairs: what an auditor runs.

    Raises:
        DataError: The pairs are not those of the plan, in its order, up to one of its looks.
    """
    _check_pairs(plan, pairs)
    looks: list[Look] = []
    test = start_test(plan)
    stop: End | None = None
    for begin, end in zip((0, *plan.looks), plan.looks, strict=False):
        if end > len(pairs) or stop is not None:
            break
        test, look = test.look(pairs[begin:end])
        looks.append(look)
        stop = _stop(plan, look)
    return tuple(looks), stop or "empty"


def _check_pairs(plan: GatePlan, pairs: Sequence[Pair]) -> None:
    ids = tuple(pair.example_id for pair in pairs)
    if ids != plan.example_ids[: len(ids)] or len(ids) not in (0, *plan.looks):
        raise DataError(
            f"the {len(ids)} stored pairs are not those that plan {plan.hash[:12]} asks for",
            remedy="a decision is derived from its own plan and pairs only",
        )


def _stop(plan: GatePlan, look: Look) -> End | None:
    allowed = 1.0 - plan.coverage
    if look.missing > allowed * plan.n + 1e-9:
        return "empty" if look.missing == look.examples else "uncovered"
    # Neither a gain nor a loss may rest on what happened to be measured so far.
    covered = look.missing <= allowed * look.examples + 1e-9
    if covered and look.crossed:
        return "crossed"
    if look.examples == plan.n:
        return "exhausted"
    if covered and look.examples in plan.futility and look.net <= 0.0:
        return "futile"
    return None
