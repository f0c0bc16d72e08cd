"""Asking the champion again outside a run: replicates that show where its answers change."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from evo.allotment import limits, with_slack
from evo.build_agent import build_agent
from evo.build_task import build_task
from evo.champion import Registry
from evo.config import Config
from evo.explore import search_suites
from evo.identify import identify
from evo.objectives import with_scorers
from evo.prices import check_money
from evo.replicates import FIXED, PURPOSE, buy_replicates, is_fixed
from evo.session import Session
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget, Cost
from fitness.evaluator import Course
from fitness.protocols import Agent
from fitness.response import ResponseKey
from fitness.scorers import is_judge
from fitness.suites import Example, Suite
from genomes import render
from genomes.errors import BudgetError, ConfigError


def ask_again(config: Config, *, task: Task | None = None, agent: Agent | None = None) -> str:
    """Buys ``gaps.replicates`` answers of the version in force to ``gaps.examples`` examples.

    They are charged to a small run of its own, which looks for gaps when they have come. What
    the store holds already is free. The search examples alone are asked, from the first on.

    Args:
        config: Resolved config; its budget is that of the small run.
        task: Instead of the one that the config names.
        agent: Instead of the one that the config names.

    Returns:
        Id of the run that was charged.

    Raises:
        BudgetError: The budget is too small; nothing was asked.
        ConfigError: There is no champion, nothing to measure, or a judge scores the answers.
        ModelError: The model cannot be used.
    """
    task = with_scorers(task or build_task(config), config.objectives)
    agent = agent or build_agent(config.models.task, config.agent)
    registry = Registry(config.champions_path / task.name)
    suite, _ = search_suites(task)
    _check(config, agent, registry, suite)
    check_money(
        config,
        {"models.task.price" if config.agent.asks_a_model else "agent.price": agent.price},
    )
    session = _open(config, task, agent, registry)
    status = "failed"
    try:
        _carry_out(session, suite)
        status = "done"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        made = session.store.calls_made(session.run_id)
        summary = {"status": PURPOSE, "calls": session.calls, "bought": made}
        session.store.finish_run(session.run_id, status, summary)
        session.close()
    return session.run_id


def _check(config: Config, agent: Agent, registry: Registry, suite: Suite) -> None:
    if not registry.initialised:
        raise ConfigError(
            "there is no champion yet", where=str(registry.root), remedy="first: evogate run"
        )
    if is_fixed(config, agent.stateless, registry.head().genome, suite.domain):
        raise ConfigError(FIXED, where="--replicates")
    if is_judge(suite.scorer):
        raise ConfigError(
            "a model scores the answers, and is only hired in a run",
            where="--replicates",
            remedy="set gaps.replicates in the config and run it",
        )


def _open(config: Config, task: Task, agent: Agent, registry: Registry) -> Session:
    store = Store(config.store_path)
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    frozen = json.dumps(json.loads(config.model_dump_json()))
    store.start_run(run_id, task.name, frozen, config.run.seed)
    session = Session(
        config=config,
        task=task,
        agent=agent,
        store=store,
        registry=registry,
        run_id=run_id,
        champion=registry.head(),
        budget=Budget(limits(config)),
        course=Course(),
    )
    session.freeze()
    return session


def _carry_out(session: Session, suite: Suite) -> None:
    champion = session.champion.genome
    session.emit(
        "launch",
        run=session.run_id,
        name=session.task.name,
        seed=session.config.run.seed,
        champion=session.champion.number,
        budget=session.config.budget.model_dump(mode="json"),
    )
    examples = _answered(session, suite)
    _check_budget(session, suite, examples)
    first = session.evaluator.price([champion], suite, examples)
    part = session.part(Cost(with_slack(first.calls), first.tokens, first.money))
    outcomes = session.measure(champion, suite, examples, part, PURPOSE)
    buy_replicates(session, champion, suite, examples)
    identify(session, champion, [(suite, outcomes)])


def _answered(session: Session, suite: Suite) -> Sequence[Example]:
    """The first examples of the suite: all that have an answer, and those to be asked again.

    Takes what the store holds of them as known, so that it is not charged once more.
    """
    wanted = session.config.gaps
    examples = suite.examples[: max(wanted.examples, session.config.search.blocks[-1])]
    rendered = render(session.champion.genome, suite.domain)
    keys = {
        (example.id, number): ResponseKey(
            rendered.call_hash, example.inputs_hash, session.agent.fingerprint, number
        )
        for number in range(wanted.replicates + 1)
        for example in examples
        if example.id not in rendered.excludes
    }
    known = session.store.get_many(keys.values())
    session.evaluator.know(known)
    reach = len(examples)
    for place, example in enumerate(examples[wanted.examples :], wanted.examples):
        key = keys.get((example.id, 0))
        if key is not None and key.hash not in known:
            reach = place
            break
    return examples[:reach]


def _check_budget(session: Session, suite: Suite, examples: Sequence[Example]) -> None:
    """All or nothing: half of the replicates would show changes where more were asked."""
    wanted, champion = session.config.gaps, session.champion.genome
    prices = [session.evaluator.price([champion], suite, examples)]
    prices += [
        session.evaluator.price([champion], suite, examples[: wanted.examples], number)
        for number in range(1, wanted.replicates + 1)
    ]
    bound = sum(prices, Cost())
    first = with_slack(prices[0].calls)
    needed = first + with_slack(bound.calls - prices[0].calls)
    whole = Cost(needed, bound.tokens, bound.money)
    if session.budget.fits(whole):
        return
    asked = min(wanted.examples, len(examples))
    raise BudgetError(
        f"{wanted.replicates} replicates of {asked} examples need up to {needed} calls and "
        f"{bound.tokens} tokens, which the budget does not allow",
        where="--budget",
        remedy=f"give calls={needed}, or fewer replicates, or lower gaps.examples",
    )
