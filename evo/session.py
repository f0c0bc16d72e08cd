"""What one run works with, from the moment it starts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from evo.champion import Registry
from evo.config import Config
from evo.events import Event
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget, Cost
from fitness.evaluator import Evaluator, Policy
from fitness.outcome import Outcome
from fitness.protocols import Agent
from fitness.suites import Example, Suite
from genomes import Genome
from genomes.errors import ConfigError
from genomes.hashing import content_hash

Listener = Callable[[Event], None]

_BATCH = 50


@dataclass
class Session:
    """The parts of a run, assembled.

    Attributes:
        config: Resolved config.
        task: What the run works on.
        agent: What is improved.
        store: Workspace store.
        registry: The agent's champion.
        evaluator: Measures.
        run_id: Id of the run.
        budget: The whole budget.
        listener: Told of every event.
        calls: Responses charged so far, over all parts of the budget.
    """

    config: Config
    task: Task
    agent: Agent
    store: Store
    registry: Registry
    evaluator: Evaluator
    run_id: str
    budget: Budget
    listener: Listener | None = None
    parts: list[Budget] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """``runs/<run-id>``."""
        return self.config.store_path.parent / self.run_id

    @property
    def calls(self) -> int:
        """Responses charged so far."""
        return sum(part.spent.calls for part in self.parts)

    def part(self, cost: Cost) -> Budget:
        """A part of the budget with limits of its own, counted in ``calls``."""
        part = self.budget.allot(cost)
        self.parts.append(part)
        return part

    def stream(self, purpose: str) -> np.random.Generator:
        """The random stream of one purpose: adding a purpose never moves another's numbers."""
        digest = int(content_hash(purpose)[:8], 16)
        return np.random.default_rng(np.random.SeedSequence([self.config.run.seed, digest]))

    def emit(self, kind: Any, **data: Any) -> None:
        """Tells store and listener; all but ``launch`` say how many calls were spent."""
        content = data if kind == "launch" else {"calls": self.calls, **data}
        self.store.add_event(self.run_id, kind, content)
        if self.listener is not None:
            self.listener(Event(kind, content))

    def measure(
        self,
        genome: Genome,
        suite: Suite,
        examples: Sequence[Example],
        budget: Budget,
        purpose: str,
    ) -> list[Outcome]:
        """Outcomes of one genome, bought in small batches: what a batch reserves and does not
        use is free again for the next.

        Raises:
            BudgetExhaustedError: The next batch does not fit.
        """
        return [
            outcome
            for start in range(0, len(examples), _BATCH)
            for outcome in self.evaluator.evaluate(
                [genome],
                suite,
                examples[start : start + _BATCH],
                budget=budget,
                purpose=purpose,
            )[0]
        ]

    def bound(self, genomes: Sequence[Genome], suites: Sequence[Suite]) -> Cost:
        """Upper bound of what measuring these genomes on these suites can cost."""
        return sum(
            (self.evaluator.price(genomes, suite, suite.examples) for suite in suites), Cost()
        )


def _check_contract(champion: Genome, task: Task) -> None:
    if champion.domains != task.seed.domains:
        raise ConfigError(
            "the champion in force has another contract (domains, inputs or labels) than the seed",
            where=f"champions/{task.name}",
            remedy="give the changed agent another name, or restore the old contract",
        )


def open_session(
    config: Config, task: Task, agent: Agent, budget: Budget, listener: Listener | None
) -> Session:
    """Opens the workspace; the first run makes the seed the first champion."""
    config.store_path.parent.mkdir(parents=True, exist_ok=True)
    store = Store(config.store_path)
    registry = Registry(config.champions_path / task.name)
    if not registry.initialised:
        registry.init(task.seed)
    _check_contract(registry.head().genome, task)
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    frozen = json.loads(config.model_dump_json())
    store.start_run(run_id, task.name, json.dumps(frozen), config.run.seed)
    policy = Policy(
        jobs=config.run.jobs,
        retries=config.run.retries,
        max_error_rate=config.run.max_error_rate,
    )
    counted = [0]

    def on_response() -> None:
        counted[0] = max(counted[0] + 1, session.calls)
        if listener is not None:
            listener(Event("progress", {"calls": counted[0]}))

    session = Session(
        config=config,
        task=task,
        agent=agent,
        store=store,
        registry=registry,
        evaluator=Evaluator(agent, store, run_id, policy, on_response),
        run_id=run_id,
        budget=budget,
        listener=listener,
    )
    session.folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(frozen, sort_keys=False, allow_unicode=True)
    (session.folder / "config.yaml").write_text(text, encoding="utf-8")
    return session
