"""From the archive to the champion: gate attempts, promotion, and the journal that links them."""

from __future__ import annotations

from collections.abc import Sequence

from evo.allotment import with_slack
from evo.gaps import Gap
from evo.gate import GateDecision
from evo.gate.attempts import (
    Attempt,
    CandidateRefusedError,
    carry_out,
    looks_promising,
    plan_attempt,
    resume_attempt,
)
from evo.gate.ladder import same_rendering
from evo.judge import refusal
from evo.search.archive import Archive
from evo.search.entry import Entry
from evo.session import Session
from evo.task import Task
from fitness.budget import Budget, BudgetExhaustedError, Cost
from fitness.outcome import Outcome
from fitness.suites import Example
from genomes import Genome
from genomes.errors import IntegrityError
from genomes.scoping import scoped


def integrate(
    session: Session, archive: Archive, champion: Entry, gaps: Sequence[Gap]
) -> tuple[tuple[GateDecision, ...], str]:
    """Sends the best candidates to the gate until one is promoted.

    Args:
        session: The run.
        archive: What the search found.
        champion: The archive's entry of the genome in force.
        gaps: What the search set out to close, costliest first.

    Returns:
        The decisions, and in one sentence how it ended.
    """
    if (refused := refusal(session.evaluator)) is not None:
        return (), refused
    decisions: list[GateDecision] = []
    tried: set[str] = set()
    reason = "no candidate was better than the champion on the search examples"
    for entry in archive.ranked():
        if len(decisions) == session.config.search.gate_attempts:
            break
        if entry.genome == champion.genome or not _promising(entry, champion):
            continue
        if broken := archive.broken(entry):
            # These are ranked last: nothing that keeps the limits comes after them.
            return tuple(decisions), reason if decisions else _out_of_limits(entry, broken)
        candidate, fallback = _candidate(session.task, champion.genome, entry.genome)
        if candidate.id in tried:  # entries that differ only where nothing guards are one candidate
            continue
        tried.add(candidate.id)
        try:
            attempt, budget = _prepare(session, champion.genome, candidate, fallback)
            decision = _attempt(session, attempt, budget, entry, gaps)
        except CandidateRefusedError as error:
            reason = _refused(session, candidate, error)
            continue
        except (IntegrityError, BudgetExhaustedError) as error:
            return tuple(decisions), f"no further gate attempt: {error.what}"
        decisions.append(decision)
        reason = decision.reason
        if decision.promoted:
            break
    return tuple(decisions), reason


def _refused(session: Session, candidate: Genome, error: CandidateRefusedError) -> str:
    """For the user's eyes: journal and reason name what the search must not learn."""
    content = {"run": session.run_id, "candidate": candidate.id, "reason": error.what}
    session.registry.note("refuse", content)
    return error.what


def _out_of_limits(entry: Entry, broken: Sequence[str]) -> str:
    return f"genome {entry.genome.id[:12]} looked better, but {'; '.join(broken)}"


def _promising(entry: Entry, champion: Entry) -> bool:
    shared = [i for i in entry.outcomes if i in champion.outcomes]
    pairs = [(entry.outcomes[i].score, champion.outcomes[i].score) for i in shared]
    return looks_promising([a - b for a, b in pairs if a is not None and b is not None])


def _candidate(task: Task, champion: Genome, found: Genome) -> tuple[Genome, Genome | None]:
    """What goes to the gate, and what is planned for the case that it holds in its domain only."""
    limited = scoped(found, champion, task.domain)
    candidate = found if _guarded(task, champion, found) else limited
    return candidate, None if limited == candidate else limited


def _prepare(
    session: Session, champion: Genome, candidate: Genome, fallback: Genome | None
) -> tuple[Attempt, Budget]:
    """The plan, and its whole budget set aside: what is left must not tell when it stopped."""
    gate, task, store = session.config.gate, session.task, session.store
    attempt = resume_attempt(gate, task, store, session.run_id, champion, candidate, fallback)
    if attempt is None:
        stream = session.stream(f"gate {len(store.attempts())}")
        attempt = plan_attempt(gate, task, store, champion, candidate, fallback, stream)
    worst = session.bound([champion, candidate], attempt.suites)
    calls = with_slack(attempt.plan.max_calls)
    return attempt, session.part(Cost(calls, worst.tokens, worst.money))


def _guarded(task: Task, champion: Genome, candidate: Genome) -> bool:
    """Whether every other domain that the candidate changes has a regression suite."""
    watched = {suite.domain for suite in task.of("regression")} | {task.domain}
    return all(
        same_rendering(champion, candidate, domain.name)
        for domain in champion.domains
        if domain.name not in watched
    )


def _attempt(
    session: Session, attempt: Attempt, budget: Budget, entry: Entry, gaps: Sequence[Gap]
) -> GateDecision:
    proposal = entry.proposal.record()
    session.store.put_genome(attempt.candidate)
    session.registry.note("propose", {"run": session.run_id, **proposal})
    session.emit(
        "candidate",
        genome_id=attempt.candidate.id,
        operator=entry.proposal.operator,
        quality=entry.quality.mean,
        attempt=attempt.plan.attempt_id,
    )
    suites = {example.id: suite for suite in attempt.suites for example in suite}

    def measure(
        genome: Genome,
        domain: str,  # noqa: ARG001 (the suite says it)
        examples: Sequence[Example],
    ) -> Sequence[Outcome]:
        suite = suites[examples[0].id]
        return session.measure(genome, suite, examples, budget, suite.role)

    decision = carry_out(
        attempt,
        session.task,
        session.store,
        session.run_id,
        measure,
        stateless=session.agent.stateless,
    )
    _record(session, attempt, decision, proposal, gaps)
    return decision


def _record(
    session: Session,
    attempt: Attempt,
    decision: GateDecision,
    proposal: dict[str, object],
    gaps: Sequence[Gap],
) -> None:
    links = {
        "run": session.run_id,
        "attempt": decision.attempt_id,
        "decision": decision.id,
        "plan": decision.plan_hash,
        "verdict": decision.verdict,
        "reason": decision.reason,
    }
    session.registry.note("validate", links)
    if decision.promoted:
        limited = decision.promoted_id != attempt.candidate.id
        promoted = attempt.fallback if limited and attempt.fallback else attempt.candidate
        session.store.put_genome(promoted)
        _put_in_force(session, promoted, decision, proposal, gaps)
    session.emit("gate", verdict=decision.verdict, reason=decision.reason,
                 attempt=decision.attempt_id, examples=decision.examples_used)  # fmt: skip


def _put_in_force(
    session: Session,
    promoted: Genome,
    decision: GateDecision,
    proposal: dict[str, object],
    gaps: Sequence[Gap],
) -> None:
    """Once: a resumed run finds its promotion in force, or rolled back since, and leaves it."""
    content = decision.model_dump(mode="json")
    if session.registry.knows(content):
        return
    session.registry.promote(
        promoted,
        content,
        provenance={
            "run": session.run_id,
            "proposal": proposal,
            "gaps": [gap.model_dump(mode="json") for gap in gaps[:3]],
        },
    )
