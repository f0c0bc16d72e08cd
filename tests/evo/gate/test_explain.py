"""A decision as it is read: interval and verdict agree, and nothing is promised (R18, R21)."""

from __future__ import annotations

import numpy as np
import pytest

from evo.gate import AttemptRecord, GateConfig
from evo.gate.explain import Explanation, explain
from evo.gate.more import not_worse_size
from evo.gate.outlook import share_of
from evo.plots import course_data
from fitness.stats import Spent, noninferiority_power


def read(kit: type, gain: float, seed: int = 3, missing: int = 0, **config: object) -> Explanation:
    world = kit.World(config=GateConfig(**config), alpha=0.02)
    scores = kit.pass_fail(world.gate, np.random.default_rng(seed), gain)
    scores |= dict.fromkeys(list(scores)[:missing], (None, 1.0))
    decision, plan = world.run(scores), world.registered[0]
    row = {
        "run_id": "r", "lineage": "t/a", "plan_json": plan.model_dump_json(),
        "decision_json": decision.model_dump_json(),
    }  # fmt: skip
    return explain(row, [AttemptRecord.of(plan, decision, "t/a")], world.config)


@pytest.mark.parametrize("test", ["sign", "eprocess"])
@pytest.mark.parametrize("missing", [0, 8])
def test_interval_and_boundary_agree_with_each_look(kit: type, test: str, missing: int) -> None:
    crossed = 0
    for seed, gain in enumerate((0.0, 0.08, 0.14)):
        found = read(kit, gain, seed, missing, test=test)
        for point in found.course:
            if point.wins + point.losses >= found.plan.min_discordant:
                # The ends come from a bisection to about 1e-7.
                assert point.crossed == (point.low > -1e-6), point
            if point.boundary is not None:
                assert point.crossed == (point.estimate >= point.boundary - 1e-12)
            crossed += point.crossed
    assert crossed


def test_the_last_point_is_the_effect_of_the_decision(kit: type) -> None:
    for test in ("sign", "eprocess"):
        found = read(kit, 0.1, test=test)
        effect, last = found.decision.effect, found.course[-1]
        assert (last.estimate, last.low, last.high) == pytest.approx(
            (effect.estimate, effect.low, effect.high)
        )


def test_many_looks_are_thinned_and_the_last_stays(kit: type) -> None:
    found = read(kit, 0.02, look_every=1, alpha=0.02)
    assert len(found.course) <= 60
    assert found.course[-1].examples == found.used


def test_the_axis_holds_what_matters(kit: type) -> None:
    data = course_data(read(kit, 0.14))
    assert data.low < 0.0 < data.high
    for point in data.points:
        assert data.low <= point.estimate <= data.high


@pytest.mark.parametrize(("differ", "true"), [(0.05, 0.0), (0.1, 0.0), (0.1, 0.02), (0.2, -0.01)])
def test_pairs_for_a_certificate(differ: float, true: float) -> None:
    n = not_worse_size(0.05, differ, true, 0.05)
    assert n is not None
    assert 0.8 <= noninferiority_power(n, 0.05, differ, difference=true) < 0.87


def test_no_number_of_pairs_shows_what_is_not_so() -> None:
    assert not_worse_size(0.05, 0.1, -0.05, 0.05) is None
    assert not_worse_size(0.001, 0.3, 0.0, 0.05) is None


def test_shares_of_later_attempts() -> None:
    config = GateConfig()
    assert [share_of(config, (), k) for k in (1, 10)] == pytest.approx([0.005, 0.005])
    assert share_of(config, (), 11) == 0.0
    won = (Spent(0.005, promoted=True),)
    assert share_of(config, won, 2) == pytest.approx(0.01)
    assert share_of(config, won, 1) == pytest.approx(0.005)
