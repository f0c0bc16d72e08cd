"""The loop: identify, propose, validate, integrate. The one place where all of it meets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evo.allotment import (
    Allotment,
    allot,
    audit_share,
    baseline_share,
    least_search,
    without_lost,
)
from evo.build_agent import build_agent, build_proposer
from evo.build_task import build_task
from evo.checks import check_scorers
from evo.close_gaps import settle_gaps
from evo.config import Config
from evo.explore import Exploration, add_champion, baseline, explore, store_scores
from evo.forecast import Forecast, forecast
from evo.gate import GateDecision, Preflight, preflight
from evo.gate.attempts import lineage_of
from evo.integrate import integrate
from evo.judge import hire, judged_for
from evo.launch import Launch, Origin
from evo.ledger import past_attempts
from evo.models import Model
from evo.objectives import with_scorers
from evo.pages import write_report
from evo.plots import GateMark
from evo.prices import check_money
from evo.reopen import begin_again, reopen_session
from evo.report import REPORT, audit, write_files
from evo.result import Arm, Result, Spend
from evo.resume import Past, check_unchanged, check_unfinished, differences
from evo.session import Listener, Session, open_session
from evo.task import Task
from evo.trials import anchored
from fitness.budget import Budget, Cost
from fitness.probes import Finding
from fitness.protocols import Agent
from genomes import Genome
from genomes.errors import BudgetError, StoppedError


@dataclass(frozen=True)
class Estimate:
    """What a run would do; nothing was measured.

    Attributes:
        name: Name of the agent.
        allotment: How the calls are divided.
        gate: Attempts left, and what the next one can detect.
        costs: Calls, tokens, money and seconds by purpose, if all calls are made.
        warnings: What may be wrong with scorers and targets.
    """

    name: str
    allotment: Allotment
    gate: Preflight
    costs: Forecast
    warnings: tuple[Finding, ...] = ()


def estimate(config: Config) -> Estimate:
    """Looks ahead without a model.

    Raises:
        EvogateError: Config, data or budget cannot be used.
    """
    task = build_task(config)
    warnings = check_scorers(config, task)
    outlook = _outlook(config, task)
    parts = allot(config, task, outlook)
    costs = forecast(config, task, parts, outlook)
    return Estimate(task.name, parts, outlook, costs, warnings)


def run(
    config: Config,
    *,
    listener: Listener | None = None,
    task: Task | None = None,
    agent: Agent | None = None,
    origin: Origin | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Runs the loop once and puts what passes the gate in force.

    Ends normally when its budget is used up or nothing passes. Run again on the same workspace,
    it starts from the champion and pays for nothing that was measured before; the error budget
    of the gate is shared by all runs of the workspace.

    Args:
        config: Resolved config.
        listener: Told of every event.
        task: Instead of the one that the config names.
        agent: Instead of the one that the config names.
        origin: Where the config came from; a run that is resumed tells by it what changed.
        stop: Asked between calls; the run ends as soon as it says so and can be resumed.

    Raises:
        EvogateError: Config, data, model, budget or store cannot be used.
        StoppedError: The run was stopped, by ``stop`` or by ``evogate stop``.
    """
    task = with_scorers(task or build_task(config), config.objectives)
    warnings = check_scorers(config, task)
    parts = allot(config, task, _outlook(config, task))
    agent = agent or build_agent(config.models.task, config.agent)
    proposer = build_proposer(config.models, agent)
    _check_price(config, agent, proposer)
    session = open_session(
        config, task, agent, listener, proposer=proposer, origin=origin, stop=stop
    )
    return _carry_out(session, parts, warnings)


def resume(
    past: Past,
    *,
    listener: Listener | None = None,
    task: Task | None = None,
    agent: Agent | None = None,
    stop: Callable[[], bool] = lambda: False,
    allow_changed: bool = False,
    retry_errors: bool = False,
) -> Result:
    """Goes on with a run that was killed, stopped or failed, under its own id.

    The run is repeated from its start: what is stored is not bought again, what is recorded is
    not recorded again. So the result is that of a run without the break, wherever no budget in
    seconds decides and the budget covers the calls that were in flight.

    Args:
        past: From ``recall``.
        listener: Told of every event, those before the break included.
        task: As for ``run``.
        agent: As for ``run``.
        stop: As for ``run``.
        allow_changed: Goes on although genome, data, agent or (``with_config``) config are not
            what it began with: from the champion of today, and with new gate attempts.
        retry_errors: Asks again for what is stored as a failure of the infrastructure.

    Raises:
        ConfigError: The run is finished, or genome, data or agent have changed.
        IntegrityError: Another champion is in force.
        StoreError: The run is being carried out.
        EvogateError: As for ``run``.
    """
    check_unfinished(past)
    config = past.config
    task = with_scorers(task or build_task(config), config.objectives)
    warnings = check_scorers(config, task)
    agent = agent or build_agent(config.models.task, config.agent)
    proposer = build_proposer(config.models, agent)
    changed = differences(past, task, agent, proposer) if allow_changed else ()
    if not allow_changed:
        check_unchanged(past, task, agent, proposer)
    _check_price(config, agent, proposer)
    session = reopen_session(
        past,
        task,
        agent,
        listener,
        proposer=proposer,
        stop=stop,
        changed=bool(changed),
        retry_errors=retry_errors,
    )
    try:
        parts = _parts_again(session)
        begin_again(session, changed)
    except BaseException:
        session.close()
        raise
    for what in changed:
        session.emit("warning", what=f"changed since the run began: {what}")
    return _carry_out(session, parts, warnings)


def _parts_again(session: Session) -> Allotment:
    config, task = session.config, session.task
    whole = allot(config, task, _outlook(config, task, session.launch))
    parts = without_lost(whole, session.lost.calls)
    least = least_search(config, task)
    if session.launch.before and parts.search is not None and parts.search < least:
        raise BudgetError(
            f"the changed run has spent {session.lost.calls} calls already; {parts.search} are "
            f"left for the search, which needs at least {least}",
            where="budget.calls",
            remedy=f"raise it by {least - parts.search}, or start anew with: evogate run",
        )
    return parts


def _carry_out(session: Session, parts: Allotment, warnings: Sequence[Finding]) -> Result:
    try:
        if session.lost.calls:
            session.budget.allot(session.lost)
        result = _loop(session, parts, warnings)
    except BaseException as error:
        session.store.finish_run(session.run_id, _status_of(error), {"error": str(error)})
        if isinstance(error, StoppedError):
            raise _stopped(session.run_id) from error
        raise
    else:
        # A run that is done stays done, whatever becomes of its report.
        write_report(session.store, session.run_id, session.folder / REPORT)
        return result
    finally:
        session.close()


def _stopped(run_id: str) -> StoppedError:
    return StoppedError(
        f"run {run_id} was stopped; all that was paid for is kept",
        remedy=f"go on with: evogate run --resume {run_id}",
    )


def _outlook(config: Config, task: Task, launch: Launch | None = None) -> Preflight:
    """What the gate can do now, or could when a run began."""
    return preflight(
        config.gate,
        task.suites,
        past_attempts(config, None if launch is None else launch.attempts),
        domain=task.domain,
        lineage=lineage_of(task),
        anchors=anchored(config, task, None if launch is None else launch.champion),
    )


def _check_price(config: Config, agent: Agent, proposer: Model | None) -> None:
    asked = {"models.task.price" if config.agent.asks_a_model else "agent.price": agent.price}
    if proposer is not None:
        asked["models.proposer.price"] = proposer.price
    check_money(config, asked)


def _status_of(error: BaseException) -> str:
    stopped = isinstance(error, (KeyboardInterrupt, StoppedError))
    return "interrupted" if stopped else "failed"


def _loop(session: Session, parts: Allotment, warnings: Sequence[Finding]) -> Result:
    champion = session.champion.genome
    session.emit(
        "launch",
        run=session.run_id,
        name=session.task.name,
        seed=session.config.run.seed,
        champion=session.champion.number,
        budget=session.config.budget.model_dump(mode="json"),
    )
    for finding in warnings:
        session.emit("warning", what=finding.line())
    hire(session)
    kept = _set_aside(session, parts)
    found = explore(session, champion, parts.search)
    decisions, reason, proof = _validate(session, found)
    promoted = any(decision.promoted for decision in decisions)
    arms = _arms(session, found, champion, found.spend + proof if promoted else None)
    spend = {"search": found.spend, "gate": proof}
    drawn = None if kept.baseline is None else baseline(session, found, kept.baseline)
    if drawn is not None:
        arms.insert(len(arms) - promoted, ("best_of_n", *drawn))
        spend["best_of_n"] = drawn[1]
    started = time.monotonic()
    rows, note = audit(session, arms, kept.audit)
    seen = kept.audit.spent
    spend["audit"] = Spend(seen.calls, seen.tokens, time.monotonic() - started)
    if (verdicts := judged_for(session.evaluator)).calls:
        spend["judge"] = Spend(verdicts.calls, verdicts.tokens)
    if session.lost.calls:
        spend["lost"] = Spend(session.lost.calls, session.lost.tokens)
    result = _result(session, found, decisions, f"{reason}{note}", rows, spend)
    session.emit("done", calls=result.calls, bought=result.bought, status=result.status,
                 reason=result.reason)  # fmt: skip
    session.store.finish_run(session.run_id, "done", result.summary())
    return result


@dataclass(frozen=True)
class _Kept:
    """Parts of the budget that neither search nor gate may eat."""

    audit: Budget
    baseline: Budget | None


def _set_aside(session: Session, parts: Allotment) -> _Kept:
    config = session.config
    audit = session.part(audit_share(config, parts.audit))
    if parts.baseline == 0:
        return _Kept(audit, None)
    drawn = session.budget.allot(baseline_share(config, parts.baseline))
    return _Kept(audit, drawn)


def _validate(session: Session, found: Exploration) -> tuple[tuple[GateDecision, ...], str, Spend]:
    """The gate: decisions, how it ended, what it cost."""
    started, before = time.monotonic(), len(session.parts)
    decisions, reason = integrate(session, found.archive, found.start, found.gaps)
    spent = sum((part.spent for part in session.parts[before:]), Cost())
    return decisions, reason, Spend(spent.calls, spent.tokens, time.monotonic() - started)


def _arms(
    session: Session, found: Exploration, champion: Genome, spend: Spend | None
) -> list[tuple[str, Genome, Spend | None]]:
    """Who is compared on the audit suite: the seed first, always."""
    seed, head = session.task.seed, session.registry.head().genome
    arms: list[tuple[str, Genome, Spend | None]] = [("seed", seed, Spend())]
    if champion == seed:
        arms.append(("reading", found.reading, Spend()))
    if head != seed:
        arms.append(("champion", head, spend))
    return arms


def _ended(session: Session, decisions: Sequence[GateDecision]) -> str:
    promoted = [one for one in decisions if one.promoted]
    if any(session.registry.approvals.is_open(one.attempt_id) for one in promoted):
        return "pending"
    return "promoted" if promoted else "kept"


def _result(
    session: Session,
    found: Exploration,
    decisions: tuple[GateDecision, ...],
    reason: str,
    rows: tuple[Arm, ...],
    spend: dict[str, Spend],
) -> Result:
    head = session.registry.head()
    add_champion(session, found, head.genome)
    store_scores(session, found, None, head.genome.id)
    settle_gaps(session, found, head.genome)
    marks = [GateMark(found.spend.calls, decision.verdict) for decision in decisions]
    points = found.points(head.genome.id)
    return Result(
        run_id=session.run_id,
        status=_ended(session, decisions),
        reason=reason,
        champion=head,
        arms=rows,
        decisions=decisions,
        front=tuple(found.archive.front()),
        calls=session.calls + session.lost.calls,
        bought=session.store.calls_made(session.run_id),
        spend=spend,
        levels=dict(found.levels),
        folder=session.folder,
        files=write_files(session, points, found.levels, marks),
        written=session.writer.tally.as_dict() if session.writer else {},
    )
