"""A plan that contradicts itself or its suites is refused before anything is measured."""

from __future__ import annotations

import math

import pytest

from evo.gate import GateConfig
from genomes.errors import IntegrityError


@pytest.fixture
def ready(world, kit):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    world.regressions = (kit.suite("b/reg", 40, "regression"),)
    return world


def refused(world, plan, what):
    measurer = world.measurer({})
    with pytest.raises(IntegrityError, match=what):
        world.run({}, plan=plan, measurer=measurer)
    assert measurer.calls == []
    assert world.registered == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"alpha": 0.7}, "alpha is 0.7"),
        ({"alpha": math.nan}, "alpha is nan"),
        ({"regression_alpha": 0.9}, "regression_alpha"),
        ({"loss_alpha": 0.0}, "loss_alpha"),
        ({"regression_margin": math.nan}, "regression_margin"),
        ({"pool_margin": 1.0}, "pool_margin"),
        ({"coverage": 0.0}, "coverage"),
        ({"min_effect": math.nan}, "min_effect"),
        ({"min_effect": 0.1}, "minimum effect"),
        ({"min_discordant": 0}, "count"),
        ({"looks": (10, 10, 60)}, "ascend"),
        ({"looks": (20, 10, 60)}, "ascend"),
        ({"looks": (0, 60)}, "ascend"),
        ({"looks": (10, 20)}, "last look"),
        ({"looks": ()}, "last look"),
        ({"futility": (25,)}, "between looks"),
        ({"example_keys": ("0" * 16,)}, "keys"),
        ({"clustered": True}, "clusters"),
        ({"domain": "b"}, "domain"),
    ],
)
def test_what_contradicts_itself_is_refused(ready, change, what):
    refused(ready, ready.plan().model_copy(update=change), what)


def test_examples_of_a_plan_are_in_its_suite_and_used_once(ready):
    plan = ready.plan()
    ids = plan.example_ids
    for broken, what in (((*ids[:-1], ids[0]), "twice"), ((*ids[:-1], "other"), "not in")):
        update = {"example_ids": broken, "example_keys": ()}
        refused(ready, plan.model_copy(update=update), what)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"example_ids": ("b/reg-1", "b/reg-1")}, "twice"),
        ({"example_ids": ("a/gate-1",)}, "not in"),
        ({"clustered": True}, "clusters"),
        ({"domain": "a"}, "domain"),
        ({"must_pass": ("b/reg-1",)}, "critical"),
    ],
)
def test_regression_suites_are_checked_as_their_suites_say(ready, change, what):
    plan = ready.plan()
    part = plan.regressions[0].model_copy(update=change)
    refused(ready, plan.model_copy(update={"regressions": (part,)}), what)


def test_a_score_test_on_graded_scores_is_refused(ready, kit):
    ready.regressions = (kit.suite("b/reg", 40, "regression", scorer="token_f1"),)
    plan = ready.plan()
    part = plan.regressions[0].model_copy(update={"test": "sign"})
    refused(ready, plan.model_copy(update={"regressions": (part,)}), "score test")


def test_a_suite_named_twice_is_refused(ready):
    plan = ready.plan()
    refused(ready, plan.model_copy(update={"regressions": plan.regressions * 2}), "suite twice")


def test_looks_fall_between_whole_clusters(ready, kit):
    ready.gate = kit.suite("a/gate", 60, size=4, independent=False)
    plan = ready.plan()
    looks = (*plan.looks[:-1], plan.looks[-1] - 1, plan.looks[-1])
    refused(ready, plan.model_copy(update={"looks": looks}), "look falls")
    ids = list(plan.example_ids)
    ids[0], ids[5] = ids[5], ids[0]
    torn = plan.model_copy(update={"example_ids": tuple(ids), "example_keys": ()})
    refused(ready, torn, "torn")
    sign = plan.model_copy(update={"test": "sign"})
    refused(ready, sign, "sign test")
