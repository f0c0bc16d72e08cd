from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from evo.gate import GateConfig, GatePlan
from genomes.errors import ConfigError, DataError, IntegrityError


def test_plan_holds_every_threshold_and_round_trips(world, kit):
    world.regressions = (kit.suite("b/reg", 60, "regression"),)
    plan = world.plan()
    assert (plan.candidate_id, plan.champion_id) == (world.candidate.id, world.champion.id)
    assert plan.n == 300
    assert plan.max_calls == 2 * 360
    again = GatePlan.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert again.hash == plan.hash
    for name in ("min_effect", "coverage", "min_discordant", "regression_margin", "loss_alpha"):
        assert getattr(plan, name) == getattr(world.config, name)


def test_any_change_of_a_threshold_changes_the_hash(world):
    plan = world.plan()
    world.config = GateConfig(regression_margin=0.06)
    assert world.plan().hash != plan.hash


def test_order_is_drawn_anew_for_each_stream_and_is_a_permutation(world):
    first, second = world.plan(seed=1), world.plan(seed=2)
    assert first.example_ids != second.example_ids
    assert sorted(first.example_ids) == sorted(example.id for example in world.gate)
    assert world.plan(seed=1) == first


def test_order_does_not_depend_on_the_order_of_the_file(world):
    plan = world.plan()
    world.gate = replace(world.gate, examples=world.gate.examples[::-1])
    assert world.plan().example_ids == plan.example_ids


def test_looks_are_every_ten_examples_with_futility_at_thirds_and_half(world):
    plan = world.plan()
    assert plan.looks == tuple(range(10, 301, 10))
    assert plan.futility == (100, 150, 200)


@pytest.mark.parametrize(("n", "looks"), [(0, ()), (1, (1,)), (9, (9,)), (25, (10, 20, 25))])
def test_small_suites(world, kit, n, looks):
    world.gate = kit.suite("a/gate", n)
    assert world.plan().looks == looks


def test_clusters_stay_together_and_looks_fall_between_them(world, kit):
    world.gate = kit.suite("a/gate", 120, size=4, independent=False)
    plan = world.plan()
    cluster = {example.id: example.cluster for example in world.gate}
    course = [cluster[name] for name in plan.example_ids]
    changes = {i for i in range(1, 120) if course[i] != course[i - 1]} | {120}
    assert len(changes) == 30
    assert set(plan.looks) <= changes
    assert plan.test == "eprocess"


@pytest.mark.parametrize(
    ("more", "config", "expected"),
    [
        ({}, {}, "sign"),
        ({"scorer": "normalised"}, {}, "sign"),
        ({"scorer": "regex:^{target}"}, {}, "sign"),
        ({"scorer": "margin"}, {}, "eprocess"),
        ({"scorer": "mine:score"}, {}, "eprocess"),
        ({"scorer": "mine:score"}, {"test": "sign"}, "sign"),
        ({"abstain_value": 0.5}, {}, "eprocess"),
        ({"independent": False}, {}, "eprocess"),
        ({}, {"min_effect": 0.02}, "eprocess"),
        ({}, {"test": "eprocess"}, "eprocess"),
    ],
)
def test_test_follows_the_outcomes(world, kit, more, config, expected):
    world.gate, world.config = kit.suite("a/gate", 20, **more), GateConfig(**config)
    assert world.plan().test == expected


@pytest.mark.parametrize(
    ("more", "config"),
    [({"independent": False}, {"test": "sign"}), ({}, {"test": "sign", "min_effect": 0.02})],
)
def test_sign_test_is_refused_where_it_is_not_valid(world, kit, more, config):
    world.gate, world.config = kit.suite("a/gate", 20, **more), GateConfig(**config)
    with pytest.raises(ConfigError, match="sign test"):
        world.plan()


def test_used_up_budget_is_refused(world):
    world.alpha = 0.0
    with pytest.raises(IntegrityError, match="used up"):
        world.plan()


def test_other_roles_may_not_judge(world, kit):
    world.gate = kit.suite("a/search", 20, "search")
    with pytest.raises(DataError, match="role"):
        world.plan()


@pytest.mark.parametrize("change", ["id", "inputs"])
def test_duplicates_are_refused_with_their_ids(world, change):
    first, second, *rest = world.gate.examples
    value = first.id if change == "id" else dict(first.inputs)
    twin = replace(second, **{change: value})
    world.gate = replace(world.gate, examples=(first, twin, *rest))
    with pytest.raises(DataError, match=f"equal {change}: {twin.id}"):
        world.plan()


def test_config_refuses_unknown_keys_and_wild_values():
    for bad in ({"alfa": 0.05}, {"alpha": 0.0}, {"alpha": 0.7}, {"coverage": 1.2}, {"n": 0}):
        with pytest.raises(ValidationError):
            GateConfig(**bad)


def test_regression_examples_can_be_limited(world, kit):
    world.regressions = (kit.suite("b/reg", 60, "regression"),)
    world.config = GateConfig(regression_n=25)
    part = world.plan(seed=np.random.default_rng(3).integers(9)).regressions[0]
    assert len(set(part.example_ids)) == 25
