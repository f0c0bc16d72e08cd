"""What one run works with, from the moment it starts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from evo.allotment import limits
from evo.champion import Registry, Version
from evo.config import Config
from evo.contract import settle
from evo.events import Event
from evo.launch import Launch, Origin
from evo.lease import Lease
from evo.models import Model
from evo.proposers import Writer
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget, Cost
from fitness.evaluator import Course, Evaluator, Policy
from fitness.outcome import Outcome
from fitness.protocols import Agent
from fitness.suites import Example, Suite
from genomes import Genome
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
        run_id: Id of the run.
        champion: The version in force when the run began.
        budget: The whole budget.
        course: How calls are steered.
        proposer: The model that writes proposals; ``None`` without one.
        listener: Told of every event.
        lost: Calls without an answer, see ``Past``; charged to the whole budget and to no part, so
            that what is repeated is charged as it was the first time.
        attempts: Gate attempts that the workspace held when the run began: none of them is its own.
        held: The lease, if it was taken already.
        writer: Who asks the proposer; set when the search begins.
        policy: How often a failed call is tried again.
        evaluator: Measures.
        lease: Says that this process carries out the run.
        launch: What the run started from.
        calls: Responses charged so far, over all parts of the budget.
    """

    config: Config
    task: Task
    agent: Agent
    store: Store
    registry: Registry
    run_id: str
    champion: Version
    budget: Budget
    course: Course
    proposer: Model | None = None
    listener: Listener | None = None
    lost: Cost = field(default_factory=Cost)
    attempts: int = 0
    held: InitVar[Lease | None] = None
    parts: list[Budget] = field(default_factory=list)
    writer: Writer | None = None
    policy: Policy = field(init=False)
    evaluator: Evaluator = field(init=False)
    lease: Lease = field(init=False)
    launch: Launch = field(init=False)

    def __post_init__(self, held: Lease | None) -> None:
        self.lease = held or Lease(self.folder)
        stop = self.course.stop
        self.course = replace(
            self.course,
            stop=lambda: stop() or self.lease.stop_asked,
            on_response=self._progress(),
        )
        self.policy = Policy(
            jobs=self.config.run.jobs,
            retries=self.config.run.retries,
            max_error_rate=self.config.run.max_error_rate,
        )
        self.evaluator = Evaluator(self.agent, self.store, self.run_id, self.policy, self.course)

    @property
    def folder(self) -> Path:
        """``runs/<run-id>``."""
        return self.config.store_path.parent / self.run_id

    @property
    def calls(self) -> int:
        """Responses charged so far."""
        return sum(part.spent.calls for part in self.parts)

    def freeze(self) -> None:
        """Writes the resolved config beside the run, for the eye."""
        content = json.loads(self.config.model_dump_json())
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (self.folder / "config.yaml").write_text(text, encoding="utf-8")

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

    def close(self) -> None:
        """Closes the store and lets others carry out the run."""
        self.store.close()
        self.lease.release()

    def _progress(self) -> Callable[[], None]:
        counted = [0]

        def on_response() -> None:
            counted[0] = max(counted[0] + 1, self.calls)
            if self.listener is not None:
                self.listener(Event("progress", {"calls": counted[0]}))

        return on_response

    def measure(
        self,
        genome: Genome,
        suite: Suite,
        examples: Sequence[Example],
        budget: Budget,
        purpose: str,
        replicate: int = 0,
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
                replicate=replicate,
            )[0]
        ]

    def bound(self, genomes: Sequence[Genome], suites: Sequence[Suite]) -> Cost:
        """Upper bound of what measuring these genomes on these suites can cost."""
        return sum(
            (self.evaluator.price(genomes, suite, suite.examples) for suite in suites), Cost()
        )


def open_session(
    config: Config,
    task: Task,
    agent: Agent,
    listener: Listener | None = None,
    *,
    proposer: Model | None = None,
    origin: Origin | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Session:
    """Opens the workspace; the first run makes the seed the first champion.

    Args:
        config: Resolved config.
        task: What the run works on.
        agent: What is improved.
        listener: Told of every event.
        proposer: The model that writes proposals; ``None`` without one.
        origin: Where the config came from.
        stop: Whether to stop; asked between calls.

    Raises:
        PendingError: A promotion of an earlier run waits for approval.
    """
    store, registry = Store(config.store_path), Registry(config.champions_path / task.name)
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    registry.approvals.check_none()
    settle(registry, task, agent, run_id)
    champion = registry.head()
    attempts = len(store.attempts())
    launch = Launch.of(
        task,
        agent,
        proposer,
        champion=champion.id,
        attempts=attempts,
        origin=origin or Origin(),
    )
    frozen, state = json.loads(config.model_dump_json()), launch.model_dump(mode="json")
    store.start_run(run_id, task.name, json.dumps(frozen), config.run.seed, state)
    session = Session(
        config=config,
        task=task,
        agent=agent,
        store=store,
        registry=registry,
        run_id=run_id,
        champion=champion,
        budget=Budget(limits(config)),
        course=Course(stop=stop),
        proposer=proposer,
        listener=listener,
        attempts=attempts,
    )
    session.launch = launch
    session.freeze()
    return session
