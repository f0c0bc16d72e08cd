"""Opening the workspace to go on with a run, unchanged or changed on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from evo.allotment import limits
from evo.champion import Registry
from evo.contract import settle
from evo.launch import Launch
from evo.lease import Lease
from evo.models import Model
from evo.resume import Past, RunClock, champion_at_launch, check_unfinished, look_again
from evo.session import Listener, Session
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget
from fitness.evaluator import Course
from fitness.protocols import Agent


def reopen_session(
    past: Past,
    task: Task,
    agent: Agent,
    listener: Listener | None = None,
    *,
    proposer: Model | None = None,
    stop: Callable[[], bool] = lambda: False,
    changed: bool = False,
    retry_errors: bool = False,
) -> Session:
    """Opens the workspace to go on with a run; writes nothing yet, see ``begin_again``.

    What the ledger says is read once the run is held: nobody else can add to it from then on.

    Args:
        past: From ``recall``.
        task: What the run works on.
        agent: What is improved.
        listener: Told of every event.
        proposer: The model that writes proposals; ``None`` without one.
        stop: Whether to stop; asked between calls.
        changed: Whether it starts from something else than it began with, on purpose: from the
            champion of today, with no gate attempt of its own. All calls so far are then paid
            from the whole budget at once, and their answers are free.
        retry_errors: Whether stored failures are asked for again.

    Raises:
        ConfigError: Another process has finished it.
        IntegrityError: Another champion is in force.
        PendingError: A promotion of another run waits for approval.
        StoreError: Another process carries out the run.
    """
    registry = Registry(past.config.champions_path / task.name)
    registry.approvals.check_none(but=past.run_id)
    lease = Lease(past.config.store_path.parent / past.run_id)
    try:
        store = Store(past.config.store_path)
        if changed:
            settle(registry, task, agent, past.run_id)
            past = replace(past, launch=_relaunched(past, task, agent, proposer, registry, store))
        past = look_again(past, store)
        check_unfinished(past)
        champion = champion_at_launch(past, registry)
    except BaseException:
        lease.release()
        raise
    clock, before = RunClock(past.seconds), past.launch.before
    failed = store.failed_tries(past.run_id, before)
    session = Session(
        config=past.config,
        task=task,
        agent=agent,
        store=store,
        registry=registry,
        run_id=past.run_id,
        champion=champion,
        budget=Budget(limits(past.config), clock=clock),
        course=Course(failed, stop, clock.catch_up, retry_errors=retry_errors),
        proposer=proposer,
        listener=listener,
        lost=past.lost,
        attempts=past.launch.attempts,
        held=lease,
    )
    session.launch = past.launch
    if before:
        session.evaluator.know(store.paid_for(past.run_id, before))
    return session


def begin_again(session: Session, changed: Sequence[str] = ()) -> None:
    """Opens the record of a run again; from here on it is under way.

    Args:
        session: From ``reopen_session``.
        changed: In what it goes on otherwise than it began: journalled.
    """
    store, run_id, lost = session.store, session.run_id, session.lost.calls
    number = 1 + sum(event["kind"] == "resume" for event in store.events(run_id))
    if changed:
        frozen = json.dumps(json.loads(session.config.model_dump_json()))
        launch = session.launch.model_dump(mode="json")
        store.change_run(run_id, frozen, session.config.run.seed, launch)
        session.freeze()
        content = {"run": run_id, "number": number, "changed": list(changed)}
        session.registry.note("resume", content)
    store.resume_run(run_id)
    store.add_event(
        run_id,
        "resume",
        {"number": number, "lost": lost, **({"changed": list(changed)} if changed else {})},
    )


def _relaunched(
    past: Past,
    task: Task,
    agent: Agent,
    proposer: Model | None,
    registry: Registry,
    store: Store,
) -> Launch:
    launch = Launch.of(
        task,
        agent,
        proposer,
        champion=registry.head().id,
        attempts=len(store.attempts()),
        origin=past.launch.origin,
    )
    return launch.model_copy(update={"before": store.last_call(past.run_id)})
