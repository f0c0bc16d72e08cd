"""After the gate: which gaps were aimed at, which have closed, how each looks now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from evo.explore import Exploration, search_suites
from evo.gaps import Gap
from evo.gaps.closing import failed
from evo.identify import gap_registry
from evo.session import Session
from fitness.outcome import Outcome
from fitness.stats import wilson
from fitness.suites import Example
from genomes import Genome


def settle_gaps(session: Session, found: Exploration, champion: Genome) -> None:
    """Notes in the registry and in the run's records what became of its gaps. Costs no call.

    Only the reserve examples, which neither found a gap nor bred a genome, can close one. They
    have ranked the finalists, so a fall on them is still a little flattered.

    Args:
        session: The run; its proposals are stored.
        found: What the search found.
        champion: The genome now in force.
    """
    suite, _ = search_suites(session.task)
    registry = gap_registry(session, champion)
    registry.target(_aimed(session))
    entry = found.archive.entries.get(champion.id)
    after = None if entry is None or champion == found.start.genome else entry.outcomes
    if after is not None:
        used = set(found.archive.example_ids)
        fresh = [example for example in suite if example.id not in used]
        registry.settle(fresh, found.start.outcomes, after)
    in_use = suite.examples[: len(found.archive.example_ids)]
    states = {gap_id: tracked.state for gap_id, tracked in registry.tracked().items()}
    rows = [
        {
            "id": gap.id,
            "state": states.get(gap.id),
            "before": gap.model_dump(mode="json"),
            "after": None if after is None else _rate(gap, in_use, after),
        }
        for gap in found.gaps
    ]
    session.store.add_event(session.run_id, "gaps", {"gaps": rows})


def _aimed(session: Session) -> dict[str, int]:
    """Gap id to the proposals of this run that answer it."""
    latest = {one["genome_id"]: one for one in session.store.proposals(session.run_id)}
    return dict(Counter(one["gap"] for one in latest.values() if one.get("gap")))


def _rate(
    gap: Gap, examples: tuple[Example, ...], outcomes: Mapping[str, Outcome]
) -> dict[str, Any] | None:
    """Failures of the slice on the examples that the gap was found on; costs are not counted."""
    if gap.kind in ("inefficient", "unreliable"):
        return None
    known = [
        (example, outcomes[example.id])
        for example in examples
        if gap.covers(example) and example.id in outcomes and not outcomes[example.id].missing
    ]
    if not known:
        return None
    failures = sum(failed(gap, example, outcome) for example, outcome in known)
    interval = wilson(failures, len(known))
    return {"failures": failures, "n": len(known), "low": interval.low, "high": interval.high}
