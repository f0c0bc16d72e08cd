"""Gate attempts in the workspace: the ledger that spans runs, and one attempt from plan to
decision."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.random import Generator

from evo.gate.attempt import AttemptRecord
from evo.gate.certificate import JudgeCertificate
from evo.gate.config import GateConfig
from evo.gate.decision import GateDecision
from evo.gate.gate import run_gate
from evo.gate.leaks import find_leaks
from evo.gate.movement import movement
from evo.gate.pair import Measure
from evo.gate.plan import GatePlan
from evo.gate.planning import make_plan
from evo.gate.preflight import spent, unspent_shards
from evo.gate.shards import choose_shard, fresh_shards
from evo.task import Task
from fitness.objectives import Objective
from fitness.stats import next_share
from fitness.suites import Suite
from genomes import Genome
from genomes.errors import IntegrityError


class CandidateRefusedError(IntegrityError):
    """This candidate cannot be tested; another one may."""


class AttemptStore(Protocol):
    """Where attempts are kept; see ``evo.storage``."""

    def register_attempt(
        self, lineage: str, attempt_id: str, run_id: str, plan_json: str
    ) -> None: ...

    def decide_attempt(self, attempt_id: str, decision_json: str) -> None: ...

    def attempts(self, lineage: str | None = None) -> list[dict[str, Any]]: ...


def lineage_of(task: Task) -> str:
    """Whose error budget counts: the champion's line in one domain. New gate examples do not
    renew it; shards are known by their examples, so another name does not make them fresh."""
    return f"{task.name}/{task.domain}"


def history(store: AttemptStore, first: int | None = None) -> list[AttemptRecord]:
    """The attempts of the workspace, oldest first; one that was killed counts as spent.

    Args:
        store: Where attempts are kept.
        first: Only so many of the oldest.
    """
    return _records(store.attempts()[:first])


def _records(rows: Sequence[Mapping[str, Any]]) -> list[AttemptRecord]:
    return [
        AttemptRecord.of(
            GatePlan.model_validate_json(row["plan_json"]),
            None
            if row["decision_json"] is None
            else GateDecision.model_validate_json(row["decision_json"]),
            row["lineage"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Attempt:
    """A planned attempt with all that it needs.

    Attributes:
        plan: The plan.
        champion: Genome in force.
        candidate: Challenger.
        fallback: The candidate limited to the domain; ``None`` if that is the candidate itself.
        suites: Shard and regression suites.
        anchors: The best versions that the plan names.
        registered: Whether the plan was registered before this process began.
        decided: What was decided before this process began.
    """

    plan: GatePlan
    champion: Genome
    candidate: Genome
    fallback: Genome | None
    suites: tuple[Suite, ...]
    anchors: tuple[Genome, ...] = ()
    registered: bool = False
    decided: GateDecision | None = None


def resume_attempt(
    config: GateConfig,
    task: Task,
    store: AttemptStore,
    run_id: str,
    champion: Genome,
    candidate: Genome,
    fallback: Genome | None,
    line: Sequence[Genome] = (),
    first: int = 0,
    lost: Sequence[AttemptRecord] = (),
) -> Attempt | None:
    """The attempt that this run registered for the candidate before it was killed, if it did.

    It keeps its plan and its examples and uses no second share of the error budget; what was
    decided stays decided. The oldest ``first`` attempts of the workspace are passed over: they
    were there when the run began, or were planned before it was changed on purpose. ``lost`` are
    attempts that the store lacks; see ``evo.ledger``.
    """
    wanted = (champion.id, candidate.id, None if fallback is None else fallback.id)
    rows = store.attempts()
    for index, row in enumerate(rows):
        plan = GatePlan.model_validate_json(row["plan_json"])
        if (
            index < first
            or row["run_id"] != run_id
            or wanted
            != (
                plan.champion_id,
                plan.candidate_id,
                plan.fallback_id,
            )
        ):
            continue
        # Shards are cut by what was used before this attempt, so only that is looked at.
        before = (*lost, *_records(rows[:index]))
        parts = unspent_shards(config, task.suites, task.domain, before)
        shard = [part for part in parts if part.hash == plan.shard_hash]
        text = row["decision_json"]
        decided = None if text is None else GateDecision.model_validate_json(text)
        suites = (*shard, *task.of("regression"))
        anchors = _named(plan, line)
        return Attempt(plan, champion, candidate, fallback, suites, anchors, True, decided)
    return None


def plan_attempt(
    config: GateConfig,
    task: Task,
    store: AttemptStore,
    champion: Genome,
    candidate: Genome,
    fallback: Genome | None,
    rng: Generator,
    *,
    anchors: Mapping[str, Genome] | None = None,
    limits: Sequence[Objective] = (),
    stateless: bool = True,
    past: Sequence[AttemptRecord] | None = None,
) -> Attempt:
    """Plans an attempt on a fresh shard.

    Args:
        config: Thresholds.
        task: What the run works on.
        store: Where attempts are kept.
        champion: Genome in force.
        candidate: Challenger.
        fallback: The candidate limited to the domain.
        rng: Draws the order of the examples.
        anchors: From ``anchors_of``.
        limits: Objectives whose hard limits are checked.
        stateless: Whether answers may be reused: what else an agent answers by, each attempt gets
            answers of its own, the champion's included.
        past: All attempts, where more are known than the store holds; see ``evo.ledger``.

    Raises:
        CandidateRefusedError: The candidate carries held-out text, moves further than the config
            allows, or was rejected before.
        IntegrityError: No error budget or no fresh shard is left.
    """
    check_candidate(config, task, champion, candidate)
    past = history(store) if past is None else past
    lineage = lineage_of(task)
    parts = unspent_shards(config, task.suites, task.domain, past)
    if not fresh_shards(past, parts, max_attempts=config.shard_attempts):
        raise IntegrityError(
            "no unseen gate examples are left",
            where="the gate suite",
            remedy="add new gate examples; used ones cannot judge again",
        )
    shard = _shard_for(candidate, past, parts, config)
    regressions = task.of("regression")
    plan = make_plan(
        config,
        attempt_id=_unused_id(task.name, past),
        champion=champion,
        candidate=candidate,
        shard=shard,
        regressions=regressions,
        alpha=next_share(spent(past, lineage), config.alpha, config.attempts_budget),
        rng=rng,
        fallback=fallback,
        anchors={name: genome.id for name, genome in (anchors or {}).items()},
        limits=limits,
        # An odd one repeats critical examples.
        replicate=0 if stateless else 2 * len(past),
    )
    suites = (shard, *regressions)
    found = _named(plan, list((anchors or {}).values()))
    return Attempt(plan, champion, candidate, fallback, suites, found)


def _unused_id(name: str, past: Sequence[AttemptRecord]) -> str:
    # Where the store was lost, attempts of other agents may be: numbers can be ahead of the count.
    taken, number = {one.attempt_id for one in past}, len(past) + 1
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _named(plan: GatePlan, genomes: Sequence[Genome]) -> tuple[Genome, ...]:
    return tuple({one.id: one for one in genomes if one.id in plan.anchor_ids}.values())


def check_candidate(config: GateConfig, task: Task, champion: Genome, candidate: Genome) -> None:
    """Refuses a candidate that must not be judged at all; asks and spends nothing.

    Raises:
        CandidateRefusedError: It carries held-out text, or moves further than the config allows.
            The message names examples: it is for the user and never for a proposer.
    """
    leaks = find_leaks(candidate, task.suites, task.seed, task.spec)
    if leaks:
        more = f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
        raise CandidateRefusedError(
            f"candidate {candidate.id[:12]} was refused before the gate: {leaks[0].line()}{more}",
            where="the gate",
            remedy="a genome may show search examples only; if the champion itself carries the "
            "text, roll back or replace the examples",
        )
    if (too_far := movement(champion, candidate).beyond(config)) is not None:
        raise CandidateRefusedError(
            f"candidate {candidate.id[:12]} was refused before the gate: {too_far}",
            where="the gate",
            remedy="raise the limit, or let the search take smaller steps",
        )


def _shard_for(
    candidate: Genome,
    past: Sequence[AttemptRecord],
    parts: Sequence[Suite],
    config: GateConfig,
) -> Suite:
    try:
        shard = choose_shard(
            past, parts, candidate_id=candidate.id, max_attempts=config.shard_attempts
        )
    except IntegrityError as error:
        raise CandidateRefusedError(error.what, remedy=error.remedy) from error
    if shard is None:
        raise CandidateRefusedError(
            f"candidate {candidate.id[:12]} was tested on every shard that is left"
        )
    return shard


def carry_out(
    attempt: Attempt, task: Task, store: AttemptStore, run_id: str, measure: Measure, *,
    stateless: bool, judge: JudgeCertificate | None = None,
    again: Measure | None = None, answers: Measure | None = None,
    note: Callable[[AttemptRecord], object] = lambda _: None,
) -> GateDecision:  # fmt: skip
    """Registers the plan, measures, decides and records the decision.

    For a resumed attempt only what is still missing of this is done. ``judge`` is the certificate
    of the judge that measures, if one does; ``again`` and ``answers`` as for ``run_gate``;
    ``note`` writes the attempt down where it outlives the store, before anything is measured, and
    for a resumed attempt again.
    """
    lineage = lineage_of(task)

    def register(plan: GatePlan) -> None:
        if not attempt.registered:
            store.register_attempt(lineage, plan.attempt_id, run_id, plan.model_dump_json())
        note(AttemptRecord.of(plan, None, lineage))

    decision = run_gate(
        attempt.plan,
        attempt.champion,
        attempt.candidate,
        attempt.suites,
        measure,
        stateless=stateless,
        register=register,
        fallback=attempt.fallback,
        judge=judge,
        anchors=attempt.anchors,
        again=again,
        answers=answers,
    )
    if attempt.decided is not None:
        return attempt.decided
    store.decide_attempt(attempt.plan.attempt_id, decision.model_dump_json())
    return decision


def looks_promising(differences: Sequence[float]) -> bool:
    """Whether a candidate is worth a share of the error budget.

    Args:
        differences: (n,) paired differences to the champion on search examples.

    Returns:
        Whether the mean is above its standard error: no claim, only a guard of the budget.
    """
    n = len(differences)
    if n < 2:
        return False
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    return mean > math.sqrt(variance / n)
