from __future__ import annotations

import threading
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.models import Completion, LimitedModel, Limiter, Pace, Request, ScriptedModel
from genomes.errors import ModelError, TransientModelError

ASK = Request(({"role": "user", "content": "x" * 400},), max_tokens=10)


class Clock:
    """Time passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "a wait that does not wait would spin"
        self.now += seconds


def limiter(clock: Clock, **bounds: int) -> Limiter:
    return Limiter(Pace(**bounds), clock=clock, sleep=clock.sleep)


@given(
    st.integers(1, 5),
    st.integers(50, 300),
    st.lists(st.tuples(st.floats(0, 90), st.integers(1, 400)), max_size=40),
)
def test_no_minute_holds_more_than_allowed(requests, tokens, asks):
    clock = Clock()
    limits = limiter(clock, requests=requests, tokens=tokens)
    sent: list[tuple[float, int]] = []
    for pause, size in asks:
        clock.now += pause
        with limits.turn(size) as turn:
            sent.append((turn.time, size))
    times = [time for time, _ in sent]
    for last, (time, _) in enumerate(sent):
        window = sent[bisect_left(times, time - 60 + 1e-6) : last + 1]
        assert len(window) <= requests
        assert sum(size for _, size in window) <= tokens or len(window) == 1


def test_nothing_waits_without_need():
    clock = Clock()
    limits = limiter(clock, requests=3)
    for _ in range(3):
        with limits.turn(10):
            pass
    assert clock.now == 1000.0
    with limits.turn(10):
        assert clock.now == pytest.approx(1060.0)


def test_what_a_request_came_to_counts_not_what_was_expected():
    clock = Clock()
    limits = limiter(clock, tokens=150)
    for _ in range(3):
        with limits.turn(100) as turn:
            turn.tokens = 20
    assert clock.now == 1000.0


def test_a_pause_holds_everybody_and_a_shorter_one_does_not_end_it():
    clock = Clock()
    limits = limiter(clock)
    limits.pause(30)
    limits.pause(5)
    with limits.turn(1):
        assert clock.now == pytest.approx(1030.0)


def test_the_stricter_bounds_hold_for_both():
    limits = Limiter(Pace(concurrency=4, requests=60))
    limits.tighten(Pace(concurrency=2, tokens=1000))
    assert limits.pace == Pace(2, 60, 1000)


def test_no_more_are_in_flight_than_allowed():
    limits = Limiter(Pace(concurrency=2))
    seen: list[int] = []
    busy, lock, start = [0], threading.Lock(), threading.Barrier(8)

    def ask() -> None:
        start.wait()
        with limits.turn(1):
            with lock:
                busy[0] += 1
                seen.append(busy[0])
            threading.Event().wait(0.005)
            with lock:
                busy[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert max(seen) == 2


def test_a_failed_request_leaves_its_place():
    limits = Limiter(Pace(concurrency=1))
    for _ in range(2):
        with pytest.raises(ValueError, match="lost"), limits.turn(1):
            raise ValueError("lost")


def test_the_wait_that_the_endpoint_asks_for_holds_all_its_models():
    clock = Clock()
    limits = limiter(clock)
    busy = LimitedModel(ScriptedModel([TransientModelError("slow down", retry_after=7)]), limits)
    other = LimitedModel(ScriptedModel([Completion("yes")]), limits)
    with pytest.raises(TransientModelError):
        busy.complete(ASK)
    assert clock.now == 1000.0, "the caller that was refused is told at once"
    assert other.complete(ASK).text == "yes"
    assert clock.now == pytest.approx(1007.0)


def test_an_endpoint_that_asks_to_wait_for_an_hour_is_not_waited_for():
    model = LimitedModel(
        ScriptedModel([TransientModelError("daily limit", retry_after=3600)]), Limiter()
    )
    with pytest.raises(ModelError, match="3600 seconds: daily limit") as caught:
        model.complete(ASK)
    assert not isinstance(caught.value, TransientModelError)


def test_a_model_keeps_its_name_price_and_answers():
    inner = ScriptedModel([Completion("yes", prompt_tokens=9, completion_tokens=1)], price=(1, 2))
    model = LimitedModel(inner, Limiter(Pace(tokens=115)))
    assert (model.fingerprint, model.price) == (inner.fingerprint, inner.price)
    assert model.complete(ASK).text == "yes"
    assert inner.requests == (ASK,)
