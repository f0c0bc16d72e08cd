"""Holes that a reviewer finds in such gates: each is closed, one test a hole.

A rewind of the champion's folder is the registry's matter (``verify --head``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.gate import (
    AttemptRecord,
    GateConfig,
    GatePlan,
    choose_shard,
    fresh_shards,
    preflight,
    replay,
    run_gate,
    shards,
    spent,
    unspent_shards,
)
from evo.gate.noninferior import Terms, compare
from evo.gate.pair import Pair
from fitness.outcome import Outcome
from fitness.stats import next_share
from genomes.errors import DataError, IntegrityError
from genomes.scoping import scoped

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)
GONE = ((None, 1.0), (1.0, None), (None, None))


def pattern(suite, *blocks):
    pairs = [pair for count, pair in blocks for _ in range(count)]
    return {example.id: pair for example, pair in zip(suite, pairs, strict=True)}


# Creep: the whole line is simulated in test_anchor.py, that of the quality in test_cost.py.


def test_creep_margin_after_margin_is_no_matter_of_the_champion_alone(world, kit):
    suite = kit.suite("b/reg", 200, "regression")
    world.gate, world.regressions = kit.suite("a/gate", 60), (suite,)
    world.config = GateConfig(n=60, regression_margin=0.1)
    scores = pattern(world.gate, (30, WIN), (30, TIE))
    scores |= pattern(suite, (3, LOSS), (20, (0.0, 0.0)), (177, TIE))
    assert world.run(scores).verdict == "PROMOTE"
    older = kit.genome("older")
    world.anchors = {suite.name: older}
    measurer = world.measurer(scores)
    measurer.others = {older.id: {e.id: 1.0 for e in suite}}
    assert world.run({}, measurer=measurer).verdict == "REJECT"


# Missing pairs


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_what_promotes_still_promotes_with_every_missing_pair_lost(world, kit, test, gone):
    """Whatever goes missing, the verdict is no better than if the candidate had lost there."""
    rng = np.random.default_rng(3)
    world.gate = kit.suite("a/gate", 60)
    world.config = GateConfig(n=60, coverage=0.7, test=test)
    for _ in range(25):
        pairs = [WIN, LOSS, TIE, gone]
        drawn = rng.choice(4, size=60, p=[0.3, 0.1, 0.45, 0.15])
        scores = {e.id: pairs[k] for e, k in zip(world.gate, drawn, strict=True)}
        if world.run(scores).promoted:
            worst = {name: LOSS if pair == gone else pair for name, pair in scores.items()}
            patient = world.plan().model_copy(update={"futility": ()})
            assert world.run(worst, plan=patient).promoted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([WIN, LOSS, TIE, *GONE]), min_size=1, max_size=60),
    st.sampled_from([0.05, 0.2, 0.5]),
    st.booleans(),
)
def test_a_missing_pair_never_helps_to_certify(drawn, margin, pass_fail):
    terms = Terms("s", "x", pass_fail, margin, 0.05, 0.05, 0.1)
    pairs = [
        Pair(example_id=str(i), cluster=str(i), champion=old, candidate=new)
        for i, (old, new) in enumerate(drawn)
    ]
    lost = [pair.model_copy(update={"champion": 1.0, "candidate": 0.0}) if pair.missing else pair
            for pair in pairs]  # fmt: skip
    found, worst = compare(terms, (pairs, False)), compare(terms, (lost, False))
    assert found.noninferiority_p == pytest.approx(worst.noninferiority_p)
    assert found.bound == pytest.approx(worst.bound)


# Scope after the fact


def test_a_scope_that_was_not_planned_is_not_deployed(world, kit):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    world.regressions = (kit.suite("b/reg", 100, "regression"),)
    limited = scoped(world.candidate, world.champion, "a")
    scores = pattern(world.gate, (30, WIN), (30, TIE))
    scores |= pattern(world.regressions[0], (20, LOSS), (80, TIE))
    with pytest.raises(IntegrityError, match="fallback"):
        world.run(scores, fallback=limited)
    planned = world.plan().model_copy(update={"fallback_id": limited.id})
    assert planned.hash != world.plan().hash
    decision = world.run(scores, plan=planned, fallback=limited)
    assert (decision.verdict, decision.promoted_id) == ("PROMOTE", limited.id)


# Shards


def record(part, verdict="HOLD", candidate="c", alpha=0.005, lineage="line", ids=()):
    return AttemptRecord(
        attempt_id="1", lineage=lineage, candidate_id=candidate, shard_hash=part.hash, alpha=alpha,
        verdict=verdict, example_ids=ids,
    )  # fmt: skip


def test_renaming_reordering_or_cutting_anew_makes_no_used_example_fresh(kit):
    suite = kit.suite("a/gate", 600)
    config = GateConfig(n=300)
    first, second = shards(suite, 300)
    used = tuple(example.id for example in first)
    past = [record(first, "PROMOTE", ids=used)]
    renamed = replace(suite, name="a/new", examples=suite.examples[::-1])
    assert [p.hash for p in fresh_shards(past, shards(renamed, 300))] == [second.hash]
    recut = config.model_copy(update={"n": 100})
    left = [example.id for part in unspent_shards(recut, [suite], "a", past) for example in part]
    assert len(left) == 300
    assert not set(left) & set(used)
    outlook = preflight(recut, [suite], past, domain="a", lineage="line")
    assert outlook.shards == outlook.fresh_shards == 3


def test_a_shard_retires_at_a_promotion_and_after_five_attempts_of_any_name(kit):
    first, second = shards(kit.suite("a/gate", 600), 300)
    names = [record(first, candidate=f"c{i}", lineage=f"agent {i}") for i in range(5)]
    assert choose_shard(names, [first, second], candidate_id="x") == second
    assert choose_shard([record(first, "PROMOTE")], [first, second], candidate_id="x") == second


def test_each_attempt_draws_its_order_anew_and_looks_between_clusters(world, kit):
    world.gate = kit.suite("a/gate", 120, size=4, independent=False)
    first, second = world.plan(seed=1), world.plan(seed=2)
    assert first.example_ids != second.example_ids
    cluster = {example.id: example.cluster for example in world.gate}
    for plan in (first, second):
        for look in plan.looks[:-1]:
            assert cluster[plan.example_ids[look - 1]] != cluster[plan.example_ids[look]]


# One bit: what is left of the budget is in tests/evo/test_trials.py.


def test_no_course_of_an_attempt_can_need_more_than_what_is_reserved(world, kit):
    rng = np.random.default_rng(8)
    suites = [kit.suite("b/reg0", 60, "regression"), kit.suite("b/reg1", 40, "regression")]
    rows = tuple(replace(e, tags=("must_pass",)) if i < 5 else e for i, e in enumerate(suites[0]))
    world.regressions = (replace(suites[0], examples=rows), suites[1])
    world.gate, older = kit.suite("a/gate", 60), kit.genome("older")
    world.config = GateConfig(n=60, regression_margin=0.3, regression_n=30)
    world.anchors = {"b/reg0": older}
    plan = world.plan()
    everything = [*world.gate, *world.regressions[0], *world.regressions[1]]
    used = []
    for gain in np.linspace(-0.2, 0.6, 12):
        scores = kit.pass_fail(world.gate, rng, gain, 0.65)
        for suite in world.regressions:
            scores |= kit.pass_fail(suite, rng, 0.0, 0.1)
        measurer = world.measurer(scores)
        measurer.others = {older.id: {e.id: 1.0 for e in everything}}
        world.run({}, plan=plan, measurer=measurer, again=measurer)
        used.append(measurer.measured)
    assert max(used) <= plan.max_calls
    assert len(set(used)) > 3, "courses differ, and the reserve does not"


# Few discordant pairs


@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_nine_pairs_that_differ_are_too_few_whatever_they_say(world, kit, test):
    world.gate = kit.suite("a/gate", 40)
    world.config = GateConfig(n=40, test=test)
    plan = world.plan().model_copy(update={"futility": ()})
    decision = world.run(pattern(world.gate, (9, WIN), (31, TIE)), plan=plan)
    assert (decision.verdict, "fewer than 10" in decision.reason) == ("HOLD", True)


# Interval shown


def test_interval_and_verdict_agree(world, kit):
    rng = np.random.default_rng(12)
    world.gate, world.config = kit.suite("a/gate", 100), GateConfig(n=100)
    seen = set()
    for gain in np.linspace(-0.1, 0.3, 25):
        decision = world.run(kit.pass_fail(world.gate, rng, gain, 0.4))
        assert (decision.effect.low > 0.0) == (decision.verdict == "PROMOTE")
        seen.add(decision.verdict)
    assert seen >= {"PROMOTE", "REJECT"}


# A metric that is at its bound must not lock the gate; neither must an empty list of evidence.


def test_a_champion_that_is_always_right_is_told_what_can_still_improve(world, kit):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    decision = world.run(pattern(world.gate, (60, TIE)))
    assert (decision.verdict, "gate.primary: cost" in decision.reason) == ("REJECT", True)
    cost = GateConfig(n=60, primary="cost", quality_margin=0.2)
    measurer = world.measurer(pattern(world.gate, (60, TIE)))
    measurer.costs = {example.id: (100, 50) for example in world.gate}
    world.config = cost
    assert world.run({}, measurer=measurer).verdict == "PROMOTE"


@pytest.mark.parametrize("both", [(1.0, 1.0), (0.0, 0.0)])
@pytest.mark.parametrize("scorer", ["exact", "margin"])
def test_a_suite_at_its_floor_or_ceiling_can_still_be_held(world, kit, both, scorer):
    suite = kit.suite("b/reg", 200, "regression", scorer=scorer)
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    world.regressions = (suite,)
    scores = pattern(world.gate, (30, WIN), (30, TIE)) | dict.fromkeys([e.id for e in suite], both)
    assert world.run(scores).verdict == "PROMOTE"


def test_a_free_champion_does_not_lock_the_gate_for_quality(world, kit):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    measurer = world.measurer(pattern(world.gate, (30, WIN), (30, TIE)))
    measurer.costs = {example.id: (0, 0) for example in world.gate}
    assert world.run({}, measurer=measurer).verdict == "PROMOTE"
    world.config = GateConfig(n=60, primary="cost")
    assert world.run({}, measurer=measurer).verdict == "REJECT"


def test_no_evidence_at_all_locks_nothing_and_proves_nothing(world, kit):
    assert spent([], "line") == ()
    assert next_share([], 0.05, 10) == pytest.approx(0.005)
    assert preflight(GateConfig(), [], [], domain="a", lineage="line").attempts_left == 0
    assert replay(world.plan(), []) == ((), "empty")
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    decision = world.run(pattern(world.gate, (30, WIN), (30, TIE)))
    assert (decision.verdict, decision.regressions) == ("PROMOTE", ())
    terms = Terms("s", "x", True, 0.05, 0.05, 0.05, 0.9)
    assert compare(terms, ([], False)).status == "uncovered"
    assert compare(replace(terms, pass_fail=False), ([], False)).status == "uncovered"
    assert compare(terms).status == "uncovered"


# Bad input: zero, one, all tied, missing, duplicated, NaN; a plan that is changed midway.


@pytest.mark.parametrize("primary", ["quality", "cost"])
@pytest.mark.parametrize("test", ["sign", "eprocess"])
@pytest.mark.parametrize(
    ("n", "pair", "verdicts"),
    [
        (0, TIE, {"INDECISIVE"}),
        (1, WIN, {"HOLD", "INDECISIVE"}),
        (1, TIE, {"HOLD", "INDECISIVE"}),
        (60, TIE, {"REJECT", "INDECISIVE"}),
        (60, (None, None), {"INDECISIVE"}),
        (60, (1.0, None), {"INDECISIVE"}),
    ],
)
def test_poor_input_promotes_nothing_and_says_why(world, kit, primary, test, n, pair, verdicts):
    world.gate = kit.suite("a/gate", n)
    world.config = GateConfig(n=max(n, 1), test=test, primary=primary)
    decision = world.run(pattern(world.gate, (n, pair)))
    assert decision.verdict in verdicts
    assert decision.reason


@pytest.mark.parametrize("arm", [0, 1])
@pytest.mark.parametrize("where", ["gate", "regression"])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 2.0])
def test_scores_that_are_none_are_errors_and_no_verdict(world, kit, where, arm, bad):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    world.regressions = (kit.suite("b/reg", 10, "regression"),)
    scores = pattern(world.gate, (30, WIN), (30, TIE)) | pattern(world.regressions[0], (10, TIE))
    suite = world.gate if where == "gate" else world.regressions[0]
    spoilt = tuple(bad if i == arm else 1.0 for i in (0, 1))
    scores |= {example.id: spoilt for example in suite}
    with pytest.raises(DataError, match="scored"):
        world.run(scores)


def test_duplicated_outcomes_are_errors_and_no_verdict(world):
    def twice(genome, domain, examples):
        outcomes = [Outcome(example.id, 1.0) for example in examples]
        return [*outcomes[:-1], outcomes[0]]

    with pytest.raises(IntegrityError, match="do not match"):
        world.run({}, measurer=twice)


@pytest.mark.parametrize(
    "change",
    [
        {"example_ids": ()},
        {"regression_margin": 0.5},
        {"alpha": 0.4},
        {"primary": "cost"},
        {"looks": (300,)},
    ],
)
def test_a_plan_that_is_changed_midway_is_another_plan(world, kit, rng, change):
    """Its hash is another; so the decision does not fit what was registered, and shows it."""
    plan = world.plan()
    decision = world.run(kit.pass_fail(world.gate, rng, 0.18), plan=plan)
    changed = plan.model_copy(update=change)
    changed = GatePlan.model_validate(changed.model_dump())
    assert changed.hash != plan.hash == decision.plan_hash
    try:
        looks, _ = replay(changed, decision.pairs)
    except DataError:
        return
    assert change.keys() == {"regression_margin"} or looks != decision.looks


def test_what_measures_cannot_change_what_was_planned(world, kit):
    """A measure that meddles with the genome it is given changes nothing of the attempt."""
    plan = world.plan()
    asked = []

    def meddle(genome, domain, examples):
        asked.append(genome.id)
        with pytest.raises(Exception, match="frozen"):
            genome.genes = ()
        return [Outcome(example.id, 1.0) for example in examples]

    decision = run_gate(
        plan, world.champion, world.candidate, [world.gate], meddle, stateless=True,
        register=lambda _: None,
    )  # fmt: skip
    assert set(asked) == {plan.champion_id, plan.candidate_id}
    assert decision.plan_hash == plan.hash


def test_the_interval_of_bets_counts_missing_pairs_as_the_test_does(world, kit):
    """Otherwise a gain that is held, because pairs are missing, would be shown as proven."""
    world.gate = kit.suite("a/gate", 60)
    world.config = GateConfig(n=60, coverage=0.7, test="eprocess")
    plan = world.plan().model_copy(update={"futility": ()})
    ids = plan.example_ids
    shown = 0
    for wins in range(8, 40):
        kinds = [GONE[0]] * 10 + [WIN] * wins + [TIE] * (50 - wins)
        decision = world.run(dict(zip(ids, kinds, strict=True)), plan=plan)
        if decision.effect is not None and len(decision.pairs) == 60:
            assert decision.promoted == (decision.effect.low > 0.0)
            shown += 1
    assert shown > 5
