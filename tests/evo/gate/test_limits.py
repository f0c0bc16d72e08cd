"""Hard limits of objectives hold on examples that the search has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from evo.gate import LimitPlan
from evo.gate.limits import check_limits, plan_limits
from fitness.objectives import Objective
from fitness.outcome import Outcome

WIN, TIE = (0.0, 1.0), (1.0, 1.0)


def outcomes(values, score=1.0):
    return [
        Outcome(f"e{i}", score, tokens=None if v is None else round(v))
        for i, v in enumerate(values)
    ]


def check(limit, rows, clusters=None, length=10):
    return check_limits([limit], rows, clusters, length=length, coverage=0.9)[0]


def ceiling(value, name="cost"):
    return LimitPlan(objective=name, ceiling=value)


@pytest.fixture
def noisy():
    return outcomes(np.random.default_rng(1).normal(100, 20, 60))


@pytest.mark.parametrize(
    ("top", "status"), [(120, "kept"), (101, "unproven"), (95, "broken"), (80, "broken")]
)
def test_a_ceiling_is_kept_by_the_whole_bound(noisy, top, status):
    found = check(ceiling(top), noisy)
    assert found.status == status
    assert found.low < found.mean < found.high
    assert f"ceiling {top}" in found.reason


def test_the_bound_is_students():
    from scipy.stats import t

    values = [90, 100, 110, 95, 130]
    found = check(ceiling(200), outcomes(values))
    half = t.ppf(0.95, 4) * np.std(values, ddof=1) / np.sqrt(5)
    assert found.high == pytest.approx(np.mean(values) + half)


def test_clusters_widen_the_bound(noisy):
    rows = [one for one in noisy[:15] for _ in range(4)]
    clusters = [f"c{i // 4}" for i in range(60)]
    assert check(ceiling(200), rows, clusters).high > check(ceiling(200), rows).high


@pytest.mark.parametrize(
    ("values", "status"),
    [([], "unknown"), ([None] * 9, "unknown"), ([10] * 8 + [None] * 2, "unknown"),
     ([10] * 9 + [None], "kept"), ([10], "unproven")],
)  # fmt: skip
def test_what_is_not_measured_is_not_kept(values, status):
    assert check(ceiling(50), outcomes(values)).status == status


def test_a_floor_of_pass_or_fail_is_never_sure_after_few():
    few, many = outcomes([1] * 10), outcomes([1] * 200)
    floor = LimitPlan(objective="quality", floor=0.9)
    assert check(floor, few).status == "unproven"
    assert check(floor, many).status == "kept"
    assert check(floor, outcomes([1] * 200, score=0.0)).status == "broken"


def test_the_length_of_a_prompt_is_known():
    assert check(ceiling(10, "length"), outcomes([1]), length=10).status == "kept"
    assert check(ceiling(9, "length"), outcomes([1]), length=10).status == "broken"


def test_limits_that_the_gate_can_show_are_planned():
    given = [
        Objective("quality", "maximise", ""),
        Objective("cost", "minimise", "", ceiling=50.0),
        Objective("regression", "maximise", "", floor=0.5),
        Objective("polite", "maximise", "", floor=0.8),
    ]
    assert [one.objective for one in plan_limits(given)] == ["cost", "polite"]


@pytest.mark.parametrize(
    ("cost", "verdict"), [(40, "PROMOTE"), (60, "REJECT"), (None, "INDECISIVE")]
)
def test_a_gain_does_not_excuse_a_broken_limit(world, kit, cost, verdict):
    world.gate = kit.suite("a/gate", 60)
    world.regressions = (kit.suite("b/reg", 60, "regression"),)
    world.limits = (Objective("cost", "minimise", "", ceiling=50.0),)
    scores = {e.id: WIN if i % 2 else TIE for i, e in enumerate(world.gate)}
    scores |= {e.id: TIE for e in world.regressions[0]}
    measurer = world.measurer(scores)
    measurer.costs = {e.id: (10, cost) for e in world.gate}
    world.config = world.config.model_copy(update={"n": 60, "regression_margin": 0.2})
    plan = world.plan()
    assert plan.limits[0].ceiling == 50.0
    decision = world.run({}, plan=plan, measurer=measurer)
    assert decision.verdict == verdict
    assert decision.limits[0].objective == "cost"
    measured_suites = any(domain == "b" for _, domain, _ in measurer.calls)
    assert measured_suites == (verdict == "PROMOTE"), "suites are asked only where limits hold"


def test_an_unproven_limit_holds(world, kit):
    world.gate, world.config = kit.suite("a/gate", 60), world.config.model_copy(update={"n": 60})
    world.limits = (Objective("cost", "minimise", "", ceiling=50.0),)
    measurer = world.measurer({e.id: WIN if i % 2 else TIE for i, e in enumerate(world.gate)})
    measurer.costs = {e.id: (10, 10 if i % 2 else 88) for i, e in enumerate(world.gate)}
    decision = world.run({}, measurer=measurer)
    assert (decision.verdict, decision.limits[0].status) == ("HOLD", "unproven")
