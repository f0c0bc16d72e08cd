"""From the archive to the champion: gate attempts, promotion, and the journal that links them."""

from __future__ import annotations

from collections.abc import Sequence

from evo.gaps import Gap
from evo.gate import GateDecision, GatePlan
from evo.gate.attempts import (
    Attempt,
    CandidateRefusedError,
    carry_out,
    plan_attempt,
    resume_attempt,
)
from evo.gate.ladder import same_rendering
from evo.judge import certificate, refusal
from evo.ledger import ATTEMPT, begun, ledger
from evo.search.archive import Archive
from evo.search.entry import Entry
from evo.session import Session
from evo.task import Task
from evo.trials import Arms, anchors, candidates, limits, line_of, reserve
from fitness.budget import Budget, BudgetExhaustedError
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
    if (watched := session.registry.probations.open()) is not None:
        return (), f"no gate attempt: {watched.sentence()}"
    decisions: list[GateDecision] = []
    tried: set[str] = set()
    reason = _NONE[session.config.gate.primary]
    for entry in candidates(session, archive, champion):
        if len(decisions) == session.config.search.gate_attempts:
            break
        if broken := archive.broken(entry):
            # These are ranked last: nothing that keeps the limits comes after them.
            return tuple(decisions), reason if decisions else _out_of_limits(entry, broken)
        candidate, fallback = _candidate(session.task, champion.genome, entry.genome)
        if candidate.id in tried:  # entries that differ only where nothing guards are one candidate
            continue
        tried.add(candidate.id)
        try:
            attempt, budget = _prepare(session, champion.genome, candidate, fallback, entry)
        except CandidateRefusedError as error:
            reason = _refused(session, candidate, error)
            continue
        except (IntegrityError, BudgetExhaustedError) as error:
            return tuple(decisions), f"no further gate attempt: {error.what}"
        # What goes wrong from here on is no way to end well, so it is not caught.
        decision = _attempt(session, attempt, budget, entry, gaps)
        decisions.append(decision)
        reason = decision.reason
        # Where the budget is used up, another attempt would only spend its share of the error.
        if decision.promoted or decision.broken_off:
            break
    return tuple(decisions), reason


_NONE = {
    "quality": "no candidate was better than the champion on the search examples",
    "cost": "no candidate was cheaper than the champion at its quality on the search examples",
}


def _refused(session: Session, candidate: Genome, error: CandidateRefusedError) -> str:
    """For the user's eyes: journal and reason name what the search must not learn."""
    content = {"run": session.run_id, "candidate": candidate.id, "reason": error.what}
    session.registry.note("refuse", content)
    return error.what


def _out_of_limits(entry: Entry, broken: Sequence[str]) -> str:
    return f"genome {entry.genome.id[:12]} looked better, but {'; '.join(broken)}"


def _candidate(task: Task, champion: Genome, found: Genome) -> tuple[Genome, Genome | None]:
    """What goes to the gate, and what is planned for the case that it holds in its domain only."""
    limited = scoped(found, champion, task.domain)
    candidate = found if _guarded(task, champion, found) else limited
    return candidate, None if limited == candidate else limited


def _prepare(
    session: Session, champion: Genome, candidate: Genome, fallback: Genome | None, entry: Entry
) -> tuple[Attempt, Budget]:
    """The plan, and its whole budget set aside: what is left must not tell when it stopped."""
    gate, task, store = session.config.gate, session.task, session.store
    line = [one.genome for one in line_of(session.registry, session.champion)]
    past = ledger(store, session.config.champions_path)
    kept = {row["attempt_id"] for row in store.attempts()}
    attempt = resume_attempt(
        gate,
        task,
        store,
        session.run_id,
        champion,
        candidate,
        fallback,
        line,
        first=session.attempts,
        lost=[one for one in past if one.attempt_id not in kept],
    )
    if attempt is None:
        # No share of the error budget for what could not be put in force.
        why = session.registry.barred([candidate.id, *entry.proposal.parents])
        if why is not None:
            raise CandidateRefusedError(why)
        stream = session.stream(f"gate {len(store.attempts())}")
        attempt = plan_attempt(
            gate,
            task,
            store,
            champion,
            candidate,
            fallback,
            stream,
            anchors=anchors(session.registry, session.champion, task, gate),
            limits=limits(session),
            stateless=session.agent.stateless,
            past=past,
        )
    return attempt, reserve(session, attempt)


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
    began = session.registry.note("propose", {"run": session.run_id, **proposal}).seq
    session.emit(
        "candidate",
        genome_id=attempt.candidate.id,
        operator=entry.proposal.operator,
        quality=entry.quality.mean,
        attempt=attempt.plan.attempt_id,
    )
    arms = Arms(session, attempt, budget)
    decision = carry_out(
        attempt,
        session.task,
        session.store,
        session.run_id,
        arms.measure,
        stateless=session.agent.stateless,
        judge=certificate(session.evaluator),
        again=arms.again,
        answers=arms.answers,
        note=lambda one: session.registry.note(ATTEMPT, begun(one, session.run_id)),
    )
    _record(session, attempt, decision, proposal, gaps, began)
    return decision


def _record(
    session: Session,
    attempt: Attempt,
    decision: GateDecision,
    proposal: dict[str, object],
    gaps: Sequence[Gap],
    began: int,
) -> None:
    links = {
        "run": session.run_id,
        "attempt": decision.attempt_id,
        "decision": decision.id,
        "plan": decision.plan_hash,
        "verdict": decision.verdict,
        "alpha": decision.alpha,
        "reason": decision.reason,
    }
    session.registry.note("validate", links)
    if decision.promoted:
        limited = decision.promoted_id != attempt.candidate.id
        promoted = attempt.fallback if limited and attempt.fallback else attempt.candidate
        session.store.put_genome(promoted)
        _put_in_force(session, promoted, attempt.plan, decision, proposal, gaps, began)
    session.emit("gate", verdict=decision.verdict, reason=decision.reason,
                 attempt=decision.attempt_id, examples=decision.examples_used)  # fmt: skip


def _put_in_force(
    session: Session,
    promoted: Genome,
    plan: GatePlan,
    decision: GateDecision,
    proposal: dict[str, object],
    gaps: Sequence[Gap],
    began: int,
) -> None:
    """Once: a resumed run finds its promotion in force, waiting or rolled back, and leaves it."""
    content = decision.model_dump(mode="json")
    registry = session.registry
    if registry.knows(content):
        return
    answered = [gap for gap in gaps[3:] if gap.id == proposal["gap"]]
    provenance = {
        "run": session.run_id,
        "proposal": proposal,
        "gaps": [gap.model_dump(mode="json") for gap in (*gaps[:3], *answered)],
        "plan": plan.model_dump(mode="json"),
    }
    put = registry.approvals.submit if session.config.gate.approval else registry.promote
    put(promoted, content, provenance=provenance, began=began)
