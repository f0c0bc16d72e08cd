"""Identify: where the champion falls short."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from evo.gaps import GapRegistry, GapReport, Observed, past_proposals, survey
from evo.session import Session
from fitness.outcome import Outcome
from fitness.response import ResponseKey
from fitness.scorers import is_judge, outcome
from fitness.suites import Example, Suite
from genomes import Genome, render
from genomes.errors import DataError

_STATE = "gaps"
_NOTED = 3
_LONG = {"conditions", "terms", "comparisons"}
"""What the run's own record keeps; the journal has the figures."""


def identify(
    session: Session, champion: Genome, measured: Sequence[tuple[Suite, Sequence[Outcome]]]
) -> GapReport:
    """Gaps of the champion, in the registry, the journal and the run's records.

    Costs no call: what seed and previous champion have answered, and what was asked twice, is
    read from the store. A run that is resumed gets the report that it began with.

    Args:
        session: The run.
        champion: The genome in force.
        measured: Search suites with its outcomes on their first examples.
    """
    known = session.store.get_state(session.run_id, _STATE)
    if known is not None:
        return GapReport.model_validate(known)
    observed = [_observed(session, champion, *one) for one in measured]
    past = past_proposals(session.store, session.task.name, session.run_id)
    report = survey(observed, past)
    gap_registry(session, champion).record(report, observed)
    _note(session, report)
    session.store.put_state(session.run_id, _STATE, report)
    return report


def gap_registry(session: Session, champion: Genome) -> GapRegistry:
    """The agent's gaps, to be written by this run.

    Args:
        session: The run.
        champion: The genome that the evidence is about.
    """
    links = {"champion": champion.id, "fingerprint": session.agent.fingerprint}
    standing = session.registry.standing() | {champion.id}
    return GapRegistry(session.store, session.task.name, session.run_id, links, standing)


def stored_outcomes(
    session: Session,
    genome: Genome,
    suite: Suite,
    examples: Sequence[Example],
    replicate: int = 0,
) -> list[Outcome]:
    """Outcomes of responses that the store already holds; examples without one are left out, and
    so is all that a judge scores.

    Only for search suites, and only to look: nothing is charged, so the search may not use it
    in place of measuring.

    Raises:
        DataError: The suite has another role: what judges is not looked at.
    """
    if suite.role != "search":
        raise DataError(f"suite {suite.name!r} has the role {suite.role!r}, not search")
    if is_judge(suite.scorer):  # a verdict may have to be bought, and this look is free
        return []
    if suite.domain not in {domain.name for domain in genome.domains}:
        return []
    rendered = render(genome, suite.domain)
    keys = {
        example.id: ResponseKey(
            rendered.call_hash, example.inputs_hash, session.agent.fingerprint, replicate
        )
        for example in examples
        if example.id not in rendered.excludes
    }
    found = session.store.get_many(keys.values())
    return [
        outcome(found[keys[example.id].hash], rendered.reading, suite, example)
        for example in examples
        if example.id in keys and keys[example.id].hash in found
    ]


def _observed(
    session: Session, champion: Genome, suite: Suite, outcomes: Sequence[Outcome]
) -> Observed:
    examples = suite.examples[: len(outcomes)]
    earlier = {
        name: stored_outcomes(session, genome, suite, examples)
        for name, genome in _earlier(session, champion).items()
    }
    return Observed(
        suite,
        outcomes,
        _replicates(session, champion, suite, examples),
        {name: found for name, found in earlier.items() if found},
    )


def _replicates(
    session: Session, champion: Genome, suite: Suite, examples: Sequence[Example]
) -> list[list[Outcome]]:
    rounds: list[list[Outcome]] = []
    for number in count(1):
        found = stored_outcomes(session, champion, suite, examples, number)
        if not found:
            return rounds
        rounds.append(found)
    return rounds


def _earlier(session: Session, champion: Genome) -> dict[str, Genome]:
    """Seed and previous champion, as far as they are other genomes than the one in force."""
    parent = session.registry.head().parent
    found = {"seed": session.task.seed}
    if parent is not None:
        found["previous"] = session.registry.version(parent).genome
    return {name: genome for name, genome in found.items() if genome.id != champion.id}


def _note(session: Session, report: GapReport) -> None:
    """The journal's first line of the loop; a search that found nothing says so too."""
    looked = {"run": session.run_id, "looked": report.looked}
    for gap in report.gaps[:_NOTED]:
        content = gap.model_dump(mode="json", exclude=_LONG)
        session.registry.note("identify", {**looked, "gap": gap.id, **content})
    if not report.gaps:
        session.registry.note("identify", {**looked, "gap": None})
