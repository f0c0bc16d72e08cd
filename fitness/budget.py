"""One budget for every model: calls, tokens, money, seconds; reserved before each call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from genomes.errors import BudgetError


class BudgetExhaustedError(BudgetError):
    """What was asked does not fit into what is left; nothing was spent."""


@dataclass(frozen=True)
class Cost:
    """What calls cost, or at most may cost.

    Attributes:
        calls: Number of model calls.
        tokens: Prompt and completion tokens.
        money: USD; ``None`` if unknown.
    """

    calls: int = 0
    tokens: int = 0
    money: float | None = 0.0

    def __add__(self, other: Cost) -> Cost:
        money = None if self.money is None or other.money is None else self.money + other.money
        return Cost(self.calls + other.calls, self.tokens + other.tokens, money)

    def times(self, n: int) -> Cost:
        """The cost of ``n`` such calls."""
        return Cost(self.calls * n, self.tokens * n, None if self.money is None else self.money * n)


@dataclass(frozen=True)
class Limits:
    """Upper bounds; ``None`` is unlimited.

    Attributes:
        calls: Model calls.
        tokens: Prompt and completion tokens.
        money: USD.
        seconds: Wall time from the start of the run.
    """

    calls: int | None = None
    tokens: int | None = None
    money: float | None = None
    seconds: float | None = None


class Budget:
    """Keeps spending within limits.

    A reservation counts at its upper bound until it is settled, so that no path can exceed
    a limit, whatever is in flight. Thread-safe.

    Args:
        limits: Upper bounds.
        clock: Seconds, monotonic.
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._start = clock()
        self._spent = Cost()
        self._reserved = Cost()
        self._lock = threading.Lock()

    @property
    def spent(self) -> Cost:
        """What was settled."""
        return self._spent

    @property
    def seconds(self) -> float:
        """Seconds since the budget was opened."""
        return self._clock() - self._start

    @property
    def late(self) -> bool:
        """Whether the seconds allowed are over."""
        return self.limits.seconds is not None and self.seconds > self.limits.seconds

    def left(self) -> int | None:
        """Calls that could still be reserved; ``None`` if unlimited."""
        if self.limits.calls is None:
            return None
        return self.limits.calls - self._spent.calls - self._reserved.calls

    def fits(self, cost: Cost) -> bool:
        """Whether ``cost`` could be reserved now."""
        return self._excess(cost) is None

    def reserve(self, cost: Cost) -> None:
        """Sets ``cost`` aside.

        Raises:
            BudgetExhaustedError: It does not fit; nothing is set aside.
        """
        with self._lock:
            excess = self._excess(cost)
            if excess:
                raise BudgetExhaustedError(excess, remedy="raise the budget or ask for less")
            self._reserved = self._reserved + cost

    def settle(self, reserved: Cost, actual: Cost) -> None:
        """Replaces a reservation by what it came to."""
        with self._lock:
            self._reserved = _minus(self._reserved, reserved)
            self._spent = self._spent + actual

    def allot(self, cost: Cost) -> Budget:
        """A part of this budget with limits of its own.

        The part is charged here in full at once and never flows back: what is left here does
        not tell how much of the part was used (the search must not see when a gate stopped).

        Raises:
            BudgetExhaustedError: It does not fit.
        """
        self.reserve(cost)
        self.settle(cost, cost)
        part = Budget(
            Limits(
                calls=cost.calls if cost.calls or self.limits.calls is not None else None,
                tokens=None if self.limits.tokens is None else cost.tokens,
                money=None if self.limits.money is None else cost.money,
                seconds=self.limits.seconds,
            ),
            clock=self._clock,
        )
        part._start = self._start
        return part

    def beside(self, limits: Limits) -> Budget:
        """A budget of the same run with limits of its own, in the same time."""
        other = Budget(replace(limits, seconds=self.limits.seconds), clock=self._clock)
        other._start = self._start
        return other

    def _excess(self, cost: Cost) -> str | None:
        total = self._spent + self._reserved + cost
        limits = self.limits
        if limits.calls is not None and total.calls > limits.calls:
            return f"{cost.calls} calls do not fit: {self.left()} of {limits.calls} are left"
        if limits.tokens is not None and total.tokens > limits.tokens:
            return f"up to {cost.tokens} tokens do not fit into the {limits.tokens} allowed"
        if limits.money is not None and (total.money is None or total.money > limits.money):
            return f"the cost ({cost.money} USD) does not fit into the {limits.money} USD allowed"
        if limits.seconds is not None and cost.calls and self.late:
            return f"the {limits.seconds:.0f} seconds allowed are over"
        return None


def _minus(a: Cost, b: Cost) -> Cost:
    money = None if a.money is None or b.money is None else max(a.money - b.money, 0.0)
    return Cost(a.calls - b.calls, a.tokens - b.tokens, money)
