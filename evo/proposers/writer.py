"""The writer: a model that is asked for proposals, on a budget, and never twice for the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.random import Generator

from evo.models import Completion, Model, NoAnswerError, PromptLengthError, Request, cost
from evo.proposers.tally import Tally
from fitness.budget import Budget, Cost
from fitness.evaluator import Course, Policy, WorkspaceStore
from fitness.response import Response, ResponseKey
from fitness.retries import with_retries
from genomes.errors import ModelError, StoppedError
from genomes.hashing import canonical_json, content_hash

PURPOSE = "proposals"
"""The purpose of these calls in the ledger."""


class Writer:
    """Asks a model; every try is reserved in the budget and written to the ledger beforehand.

    The model may be another than the one behind the agent. What it answered is stored under the
    hash of the request, its fingerprint and the how-manieth time this run makes that request: a
    second run with the same seed buys nothing and is charged the same. Only the driver thread may
    use it.

    Args:
        model: Who is asked.
        store: Responses and ledger of the workspace.
        run_id: The run that is charged.
        budget: What proposals may cost; a part of it or all.
        policy: Retries, waiting, and the share of failures that ends the run.
        temperature: Above 0, so that asking again gives something else.
        max_tokens: Longest reply in tokens that is ever asked for.
        course: How the owner of the run steers the calls.

    Attributes:
        tally: What became of the requests, by operator.
        made: Behaviour (hash) of every child so far; the same child is not made twice.
        refused: (operator, behaviour of a parent) about which it is not asked again.
        bought: Calls really made, retries included.
        asked: Responses asked for that were not stored, whatever came.
        replayed: Stored responses, charged but not bought again.
        failed: Responses that stayed missing after all retries.
    """

    def __init__(
        self,
        model: Model,
        store: WorkspaceStore,
        run_id: str,
        budget: Budget,
        policy: Policy | None = None,
        *,
        temperature: float = 1.0,
        max_tokens: int = 1024,
        course: Course | None = None,
    ) -> None:
        self.model = model
        self.budget = budget
        self.tally = Tally()
        self.made: set[str] = set()
        self.refused: set[tuple[str, str]] = set()
        self.bought = self.asked = self.replayed = self.failed = 0
        self._store = store
        self._run_id = run_id
        self._policy = policy or Policy()
        self._temperature = temperature
        self._max_tokens = max_tokens
        self._course = course or Course()
        self._asked: Counter[str] = Counter()

    def request(
        self,
        messages: Sequence[Mapping[str, str]],
        rng: Generator,
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Request:
        """A request with a seed of its own from ``rng``."""
        return Request(
            messages=tuple(messages),
            max_tokens=min(max_tokens, self._max_tokens),
            temperature=self._temperature,
            seed=int(rng.integers(2**31 - 1)),
            schema=schema,
        )

    def ask(self, request: Request, operator: str) -> Response:
        """The answer: stored or bought, and charged alike.

        A reply that stays missing after all retries has status ``infra_error``; a prompt that
        is too long for the model, or whose answer the provider withholds, has status ``limit``.

        Raises:
            BudgetExhaustedError: The call does not fit; none was made.
            ModelError: The model cannot be used, or fails too often.
            StoppedError: The run was told to stop; nothing was asked.
        """
        if self._course.stop():
            raise StoppedError("the run was stopped")
        asked = content_hash(request)
        key = ResponseKey(asked, "", self.model.fingerprint, self._asked[asked])
        stored = self._course.usable(self._store.get_many([key])).get(key.hash)
        if stored is None:
            self._course.on_buying()
        bound = self._bound(request)
        # What failed before the run was resumed is charged again, and not tried again.
        past = bound.times(self._course.failed.get(key.hash, 0))
        self.budget.reserve(bound + past)
        self._asked[asked] += 1
        self.replayed += stored is not None
        actual = bound
        try:
            response = stored or self._buy(request, key, operator, bound)
            actual = self._actual(response, bound)
        finally:
            self._settle(operator, bound + past, actual + past)
        self._check_errors()
        return response

    def _buy(self, request: Request, key: ResponseKey, operator: str, bound: Cost) -> Response:
        response = self._tried(request, key, operator, bound)
        self.asked += 1
        self.failed += response.status == "infra_error"
        self._course.on_response()
        return response

    def _tried(self, request: Request, key: ResponseKey, operator: str, bound: Cost) -> Response:
        def again() -> Response:
            if self._course.stop():
                raise StoppedError("the run was stopped")
            self.budget.reserve(bound)
            try:
                return self._call(request, key, operator, bound)
            finally:
                self._settle(operator, bound, bound)

        return with_retries(
            lambda: self._call(request, key, operator, bound),
            again,
            retries=self._policy.retries,
            wait=self._policy.wait,
        )

    def _call(self, request: Request, key: ResponseKey, operator: str, bound: Cost) -> Response:
        self.bought += 1
        call_id = self._store.reserve_call(
            self._run_id, PURPOSE, operator, bound.tokens, bound.money, key.hash
        )
        try:
            response = _response(self.model.complete(request))
        except (PromptLengthError, NoAnswerError) as error:
            response = Response("", status="limit", error=error.what)
        except ModelError as error:
            self._store.settle_call(call_id, None, None, 0.0, f"error: {error.what}")
            raise
        self._store.put(key, response, call_id=call_id)
        return response

    def _settle(self, operator: str, bound: Cost, actual: Cost) -> None:
        self.budget.settle(bound, actual)
        self.tally.charge(operator, actual)

    def _bound(self, request: Request) -> Cost:
        """Upper bound: a token is at least one byte; chat templates frame each turn, and a
        provider may put the schema into the prompt."""
        prompt = 64 + sum(len(message["content"].encode()) + 16 for message in request.messages)
        if request.schema is not None:
            prompt += len(canonical_json(request.schema).encode())
        money = cost(self.model.price, prompt, request.max_tokens)
        return Cost(1, prompt + request.max_tokens, money)

    def _actual(self, response: Response, bound: Cost) -> Cost:
        if response.prompt_tokens is None or response.completion_tokens is None:
            return bound  # unknown usage counts at its upper bound
        money = response.money
        if money is None:
            money = cost(self.model.price, response.prompt_tokens, response.completion_tokens)
        return Cost(1, response.prompt_tokens + response.completion_tokens, money)

    def _check_errors(self) -> None:
        if self.bought >= 20 and self.failed > self._policy.max_error_rate * self.asked:
            raise ModelError(
                f"{self.failed} of {self.asked} responses of the proposer model failed after "
                "retries",
                where="models.proposer",
                remedy="check that the model can be reached, or raise run.max_error_rate",
            )


def _response(completion: Completion) -> Response:
    # Lone surrogates have no bytes: no store could keep them.
    text = completion.text.encode("utf-8", "replace").decode()
    return Response(
        text=text,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        money=completion.money,
        seconds=completion.seconds,
    )
