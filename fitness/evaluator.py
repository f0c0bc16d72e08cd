"""The evaluator: asks the store first, pays for the rest, and scores for free."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fitness.budget import Budget, BudgetExhaustedError, Cost
from fitness.outcome import Outcome
from fitness.protocols import Agent, ResponseStore
from fitness.response import Response, ResponseKey
from fitness.retries import with_retries
from fitness.scorers import outcome
from fitness.suites import Example, Suite
from genomes import Genome, Rendered, render
from genomes.errors import DataError, ModelError, StoppedError

_FEW = 3
"""Answers without a score below which a run goes on, however few were asked for."""


class CallLedger(Protocol):
    """Where reservations are written before a call is made; see ``evo.storage``."""

    def reserve_call(
        self,
        run_id: str,
        purpose: str,
        operator: str | None,
        tokens: int,
        money: float | None,
        key: str | None = None,
    ) -> int: ...

    def settle_call(
        self, call_id: int, tokens: int | None, money: float | None, seconds: float, status: str
    ) -> None: ...


class WorkspaceStore(ResponseStore, CallLedger, Protocol):
    """Responses and the ledger of calls."""


@dataclass(frozen=True)
class Job:
    """One response that is wanted.

    Attributes:
        rendered: What the agent runs.
        example: On which example.
        key: Identity of the response.
    """

    rendered: Rendered
    example: Example
    key: ResponseKey


@dataclass(frozen=True)
class Policy:
    """How calls are made.

    Attributes:
        jobs: Calls in flight at once.
        retries: Further tries after a failure of the infrastructure.
        wait: Seconds before the first retry; doubles each time.
        max_error_rate: Share of responses that stay missing after all tries, above which the run
            ends (after 20 calls).
    """

    jobs: int = 1
    retries: int = 3
    wait: float = 0.5
    max_error_rate: float = 0.2


@dataclass(frozen=True)
class Course:
    """How the owner of a run steers its calls.

    Attributes:
        failed: Response key to the tries that failed before this run was resumed: they are
            charged again where they were charged then, and not made again.
        stop: Whether to stop; asked between calls, what is in flight is finished.
        on_buying: Called before responses are bought.
        on_response: Called in the driver thread after each response that was bought.
        retry_errors: Whether a stored response that only says that the infrastructure failed is
            asked for again; one that was answered never is.
    """

    failed: Mapping[str, int] = field(default_factory=dict)
    stop: Callable[[], bool] = lambda: False
    on_buying: Callable[[], None] = lambda: None
    on_response: Callable[[], None] = lambda: None
    retry_errors: bool = False

    def usable(self, stored: Mapping[str, Response]) -> dict[str, Response]:
        """The stored responses that need not be asked for again, by key."""
        return {
            key: response
            for key, response in stored.items()
            if not (self.retry_errors and response.status == "infra_error")
        }


@dataclass
class Tally:
    """Counts of one run, by origin.

    Attributes:
        bought: Calls really made, retries included.
        asked: Responses asked for, whatever came and however many tries it took.
        replayed: Responses of earlier runs, charged to the budget but not made again.
        failed: Responses that stayed missing after all retries.
    """

    bought: int = 0
    asked: int = 0
    replayed: int = 0
    failed: int = 0


class Evaluator:
    """Measures genomes on examples.

    A response is charged to the budget the first time that this run uses it, bought or
    stored: so the same seed gives the same run on a cold and on a warm store, and what is
    really bought never exceeds the budget. The store is written under one lock.

    Args:
        agent: What is being improved.
        store: Responses and ledger of the workspace.
        run_id: The run that is charged.
        policy: How calls are made.
        course: How the calls are steered.
    """

    def __init__(
        self,
        agent: Agent,
        store: WorkspaceStore,
        run_id: str,
        policy: Policy | None = None,
        course: Course | None = None,
    ) -> None:
        self.agent = agent
        self.tally = Tally()
        self._store = store
        self._run_id = run_id
        self._policy = policy or Policy()
        self._course = course or Course()
        self._seen: dict[str, Response] = {}
        self._lock = threading.Lock()

    def evaluate(
        self,
        genomes: Sequence[Genome],
        suite: Suite,
        examples: Sequence[Example],
        *,
        budget: Budget,
        purpose: str,
        operator: str | None = None,
        replicate: int = 0,
    ) -> list[list[Outcome]]:
        """Outcomes of each genome on each example, in the order given.

        Examples that a genome shows as demonstrations are missing, not scored. Examples with equal
        inputs share one response. Each ``replicate`` is a measurement of its own; 0 is the first.

        Raises:
            BudgetExhaustedError: The calls do not all fit, and none was made; or time ran out in
                between, and what was answered is stored and charged.
            ModelError: The model cannot be used, or fails too often.
            StoppedError: The run was told to stop; what was in flight is stored.
            DataError: The scorer fails too often; what was answered is stored.
        """
        rendered = [render(genome, suite.domain) for genome in genomes]
        self._measure(self._jobs(rendered, examples, replicate), budget, purpose, operator)
        outcomes = [self._read(one, suite, examples, replicate) for one in rendered]
        self._check_scorer(suite, [outcome for row in outcomes for outcome in row])
        return outcomes

    def replay(self, genome: Genome, suite: Suite, examples: Sequence[Example]) -> list[Outcome]:
        """Outcomes from responses that this run has already seen: no call, no charge.

        Raises:
            KeyError: A response was never measured in this run.
        """
        return self._read(render(genome, suite.domain), suite, examples)

    def responses(self, rendered: Rendered, examples: Sequence[Example]) -> list[Response]:
        """Responses that this run has already seen.

        Raises:
            KeyError: One was never measured in this run.
        """
        return [self._seen[self._key(rendered, example).hash] for example in examples]

    def know(self, paid: Mapping[str, Response]) -> None:
        """Takes responses, by ``ResponseKey.hash``, that are charged elsewhere: they are free."""
        self._seen.update(paid)

    def price(
        self,
        genomes: Sequence[Genome],
        suite: Suite,
        examples: Sequence[Example],
        replicate: int = 0,
    ) -> Cost:
        """Upper bound of what measuring would charge to the budget now."""
        rendered = [render(genome, suite.domain) for genome in genomes]
        new = self._new(self._jobs(rendered, examples, replicate))
        failed = [self._failed(job, self._bound([job])) for job in new if self._course.failed]
        return sum(failed, self._bound(new))

    def _key(self, rendered: Rendered, example: Example, replicate: int = 0) -> ResponseKey:
        return ResponseKey(
            rendered.call_hash, example.inputs_hash, self.agent.fingerprint, replicate
        )

    def _jobs(
        self, rendered: Iterable[Rendered], examples: Sequence[Example], replicate: int
    ) -> list[Job]:
        # Candidate by candidate: a local model then keeps one prompt prefix warm (x5 faster
        # than interleaved).
        unique = {one.call_hash: one for one in rendered}
        return [
            Job(one, example, self._key(one, example, replicate))
            for one in unique.values()
            for example in examples
            if example.id not in one.excludes
        ]

    def _new(self, jobs: Iterable[Job]) -> list[Job]:
        unseen: dict[str, Job] = {}
        for job in jobs:
            if job.key.hash not in self._seen:
                unseen.setdefault(job.key.hash, job)
        return list(unseen.values())

    def _measure(self, jobs: list[Job], budget: Budget, purpose: str, operator: str | None) -> None:
        new = self._new(jobs)
        stored = self._course.usable(self._store.get_many([job.key for job in new]))
        missing = [job for job in new if job.key.hash not in stored]
        if self._course.stop():
            raise StoppedError("the run was stopped")
        if missing:
            self._course.on_buying()
        bounds = [self._bound([job]) for job in new]
        failed = [self._failed(job, bound) for job, bound in zip(new, bounds, strict=True)]
        budget.reserve(sum([*bounds, *failed], Cost()))
        bought, late = self._buy(missing, budget, purpose, operator)
        self.tally.replayed += len(stored)
        for job, bound, tries in zip(new, bounds, failed, strict=True):
            response = stored.get(job.key.hash) or bought.get(job.key.hash)
            if response is None:  # time ran out before it was asked for
                budget.settle(bound + tries, tries)
                continue
            self._seen[job.key.hash] = response
            budget.settle(bound + tries, self._actual(response, bound) + tries)
        self._check_errors()
        if late is not None:
            raise late

    def _failed(self, job: Job, bound: Cost) -> Cost:
        """What the tries for this response cost that failed before the run was resumed."""
        return bound.times(self._course.failed.get(job.key.hash, 0))

    def _buy(
        self, jobs: list[Job], budget: Budget, purpose: str, operator: str | None
    ) -> tuple[dict[str, Response], BudgetExhaustedError | None]:
        """Buys until a call ends the run, the run is stopped or time is over; what is in flight
        then is still finished and stored, because it is paid for."""
        bought: dict[str, Response] = {}
        ended: Exception | None = None
        for job, response in self._run_all(jobs, budget, purpose, operator):
            if isinstance(response, Response):
                bought[job.key.hash] = response
                self.tally.asked += 1
                self.tally.failed += response.status == "infra_error"
                self._course.on_response()
            else:
                ended = ended or response
        if ended is None or isinstance(ended, BudgetExhaustedError):
            return bought, ended
        raise ended

    def _run_all(
        self, jobs: list[Job], budget: Budget, purpose: str, operator: str | None
    ) -> Iterator[tuple[Job, Response | Exception]]:
        ended: list[Exception] = []

        def run(job: Job) -> tuple[Job, Response | Exception]:
            if self._course.stop():
                ended.append(StoppedError("the run was stopped"))
            elif budget.late:
                ended.append(BudgetExhaustedError("the seconds allowed are over"))
            if ended:
                return job, ended[0]
            try:
                return job, self._run_one(job, budget, purpose, operator)
            except Exception as error:  # noqa: BLE001 - raised when the others are finished
                ended.append(error)
                return job, error

        if self._policy.jobs == 1 or len(jobs) < 2:
            yield from map(run, jobs)
            return
        from joblib import Parallel, delayed

        parallel = Parallel(
            n_jobs=self._policy.jobs,
            backend="threading",
            return_as="generator",
            pre_dispatch="n_jobs",
            batch_size=1,
        )
        yield from parallel(delayed(run)(job) for job in jobs)

    def _run_one(self, job: Job, budget: Budget, purpose: str, operator: str | None) -> Response:
        """One call with its retries. Every try is written to the ledger before it is made; a
        retry is charged as a call of its own and is not made if it does not fit."""
        bound = self._bound([job])

        def again() -> Response:
            if self._course.stop():
                raise StoppedError("the run was stopped")
            budget.reserve(bound)
            try:
                return self._call(job, bound, purpose, operator)
            finally:
                budget.settle(bound, bound)

        return with_retries(
            lambda: self._call(job, bound, purpose, operator),
            again,
            retries=self._policy.retries,
            wait=self._policy.wait,
        )

    def _call(self, job: Job, bound: Cost, purpose: str, operator: str | None) -> Response:
        with self._lock:
            self.tally.bought += 1
            call_id = self._store.reserve_call(
                self._run_id, purpose, operator, bound.tokens, bound.money, job.key.hash
            )
        try:
            response = self.agent.run(job.rendered, job.example)
        except ModelError as error:
            with self._lock:
                self._store.settle_call(call_id, None, None, 0.0, f"error: {error.what}")
            raise
        with self._lock:
            if response.status == "infra_error":
                self._store.settle_call(call_id, None, None, response.seconds, "infra_error")
            else:
                self._store.put(job.key, response, call_id=call_id)
        return response

    def _bound(self, jobs: Sequence[Job]) -> Cost:
        """Upper bound: a token is at least one byte; chat templates frame each turn, and some
        add a system turn of their own."""
        total = Cost(len(jobs), 0, 0.0 if self.agent.price is not None or not jobs else None)
        for job in jobs:
            messages = job.rendered.messages(job.example.inputs)
            prompt = 64 + sum(len(message["content"].encode()) + 16 for message in messages)
            reply = job.rendered.sampling.max_tokens
            total = total + Cost(0, prompt + reply, self._money(prompt, reply))
        return total

    def _money(self, prompt: int, reply: int) -> float | None:
        if self.agent.price is None:
            return None
        return prompt * self.agent.price[0] + reply * self.agent.price[1]

    def _actual(self, response: Response, bound: Cost) -> Cost:
        if response.prompt_tokens is None or response.completion_tokens is None:
            return bound  # unknown usage counts at its upper bound
        money = response.money
        if money is None:
            money = self._money(response.prompt_tokens, response.completion_tokens)
        return Cost(1, response.prompt_tokens + response.completion_tokens, money)

    def _read(
        self, rendered: Rendered, suite: Suite, examples: Sequence[Example], replicate: int = 0
    ) -> list[Outcome]:
        return [
            Outcome(example.id, None, note="shown as a demonstration")
            if example.id in rendered.excludes
            else outcome(
                self._seen[self._key(rendered, example, replicate).hash],
                rendered.reading,
                suite,
                example,
            )
            for example in examples
        ]

    def _check_errors(self) -> None:
        # A share of the responses, not of the tries: many retries must not hide an outage.
        tally = self.tally
        if tally.bought >= 20 and tally.failed > self._policy.max_error_rate * tally.asked:
            raise ModelError(
                f"{tally.failed} of {tally.asked} responses failed after retries",
                remedy="check the model with `evogate doctor`, or raise run.max_error_rate",
            )

    def _check_scorer(self, suite: Suite, outcomes: Sequence[Outcome]) -> None:
        # Answers that cannot be scored are left out of every mean: many of them flatter.
        failed = [outcome for outcome in outcomes if outcome.scorer_failed]
        if len(failed) < _FEW or len(failed) <= self._policy.max_error_rate * len(outcomes):
            return
        raise DataError(
            f"{len(failed)} of {len(outcomes)} answers could not be scored; {failed[0].note} "
            f"(answer {failed[0].answer!r:.60})",
            where=f"suite {suite.name} example {failed[0].example_id}",
            remedy="mend the scorer and run again: the answers are stored and cost nothing more",
        )
