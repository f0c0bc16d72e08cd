"""The gate as a whole: each hole that a reviewer may look for is closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evo.gate import AttemptRecord, GateConfig, GateDecision, replay, run_gate
from fitness.outcome import Outcome
from genomes import Demo, DemoGene, Domain
from genomes.errors import DataError, IntegrityError

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)


def pattern(suite, *blocks):
    """Scores for the examples of a suite: (count, pair) blocks in the order of the suite."""
    pairs = [pair for count, pair in blocks for _ in range(count)]
    return {example.id: pair for example, pair in zip(suite, pairs, strict=True)}


def test_clear_gain_is_promoted_early_and_only_after_registration(world, kit, rng):
    measurer = world.measurer(kit.pass_fail(world.gate, rng, 0.18))
    seen: list[int] = []
    plan = world.plan()
    decision = run_gate(
        plan,
        world.champion,
        world.candidate,
        [world.gate],
        measurer,
        stateless=True,
        register=lambda registered: seen.append(measurer.measured),
    )
    assert decision.verdict == "PROMOTE"
    assert decision.promoted
    assert seen == [0]
    assert decision.examples_used < 300
    assert decision.plan_hash == plan.hash
    assert decision.effect.low > 0
    assert measurer.measured == 2 * decision.examples_used
    assert decision.wins + decision.losses + decision.ties == decision.examples_used


def test_decision_survives_json_with_its_id_and_is_derived_again(world, kit, rng):
    plan = world.plan()
    decision = world.run(kit.pass_fail(world.gate, rng, 0.1), plan=plan)
    again = GateDecision.model_validate_json(decision.model_dump_json())
    assert again == decision
    assert again.id == decision.id
    assert replay(plan, again.pairs)[0] == again.looks
    for number in (f"{decision.wins} won", f"{decision.losses} lost"):
        assert number in decision.reason


def test_replay_refuses_pairs_of_another_order(world, kit, rng):
    decision = world.run(kit.pass_fail(world.gate, rng, 0.1))
    with pytest.raises(DataError, match="stored pairs"):
        replay(world.plan(), decision.pairs[::-1])
    with pytest.raises(DataError, match="stored pairs"):
        replay(world.plan(), decision.pairs[:-3])


def test_all_ties_are_refused(world):
    decision = world.run(pattern(world.gate, (300, TIE)))
    assert decision.verdict == "REJECT"
    assert decision.examples_used == 100


def test_champion_at_the_ceiling_cannot_be_beaten(world, rng):
    scores = {e.id: (1.0, float(rng.random() < 0.97)) for e in world.gate}
    assert world.run(scores).verdict == "REJECT"


def test_floor_of_both_arms_is_no_gain(world):
    assert world.run(pattern(world.gate, (300, (0.0, 0.0)))).verdict == "REJECT"


@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_no_examples_prove_nothing(world, kit, test):
    world.gate, world.config = kit.suite("a/gate", 0), GateConfig(test=test)
    decision = world.run({})
    assert decision.verdict == "INDECISIVE"
    assert decision.effect is None


@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_one_won_example_is_too_few(world, kit, test):
    world.gate, world.config = kit.suite("a/gate", 1), GateConfig(test=test)
    decision = world.run(pattern(world.gate, (1, WIN)))
    assert decision.verdict == "HOLD"
    assert "fewer than 10" in decision.reason


def test_nine_wins_of_nine_are_held_and_ten_promoted(world, kit):
    # P(9 of 9) = .002 would do at alpha .05; so few pairs are not trusted.
    world.gate = kit.suite("a/gate", 9)
    assert world.run(pattern(world.gate, (9, WIN))).verdict == "HOLD"
    world.gate = kit.suite("a/gate", 10)
    assert world.run(pattern(world.gate, (10, WIN))).verdict == "PROMOTE"


def test_positive_trend_without_proof_is_held_and_negative_rejected(world, kit):
    world.gate = kit.suite("a/gate", 60)
    world.config = GateConfig(look_every=60)
    held = world.run(pattern(world.gate, (14, WIN), (10, LOSS), (36, TIE)))
    assert held.verdict == "HOLD"
    assert held.minimum_detectable > held.effect.estimate
    assert world.run(pattern(world.gate, (10, WIN), (10, LOSS), (40, TIE))).verdict == "REJECT"


@pytest.mark.parametrize("arm", [0, 1])
def test_missing_pairs_count_against_the_candidate(world, kit, arm):
    world.gate = kit.suite("a/gate", 60)
    world.config = GateConfig(look_every=60, coverage=0.8)
    clear = pattern(world.gate, (18, WIN), (6, LOSS), (36, TIE))
    assert world.run(clear).verdict == "PROMOTE"
    gone = tuple(None if index == arm else 1.0 for index in (0, 1))
    holey = pattern(world.gate, (18, WIN), (6, LOSS), (26, TIE), (10, gone))
    decision = world.run(holey)
    assert decision.verdict == "HOLD"
    assert decision.missing == 10
    assert decision.ties == 26


@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_low_coverage_is_indecisive_and_stops_early(world, rng, test):
    world.config = GateConfig(test=test)
    scores = {e.id: (None, 1.0) if rng.random() < 0.5 else WIN for e in world.gate}
    decision = world.run(scores)
    assert decision.verdict == "INDECISIVE"
    assert decision.examples_used <= 90


@pytest.mark.parametrize("test", ["sign", "eprocess"])
def test_nothing_measured_is_indecisive(world, test):
    world.config = GateConfig(test=test)
    decision = world.run(pattern(world.gate, (300, (None, None))))
    assert decision.verdict == "INDECISIVE"
    assert "no pair" in decision.reason


def test_crash_of_one_arm_promotes_nothing(world):
    def crash(genome, domain, examples):
        if genome == world.candidate:
            raise RuntimeError("evaluator died")
        return [Outcome(example.id, 0.0) for example in examples]

    with pytest.raises(RuntimeError, match="died"):
        world.run({}, measurer=crash)
    broken = AttemptRecord.of(world.registered[0], None, "line")
    assert (broken.verdict, broken.alpha) == ("INDECISIVE", 0.05)


@pytest.mark.parametrize("score", [float("nan"), 1.2, -0.1, float("inf")])
def test_scores_that_are_no_scores_are_refused(world, score):
    with pytest.raises(DataError, match="scored"):
        world.run(pattern(world.gate, (300, (0.0, score))))


def test_graded_score_under_a_pass_fail_plan_is_refused(world):
    with pytest.raises(DataError, match="eprocess"):
        world.run(pattern(world.gate, (300, (0.0, 0.4))))


@pytest.mark.parametrize("fault", ["short", "shuffled"])
def test_outcomes_of_other_examples_are_refused(world, fault):
    def other(genome, domain, examples):
        outcomes = [Outcome(example.id, 1.0) for example in examples]
        return outcomes[:-1] if fault == "short" else outcomes[::-1]

    with pytest.raises(IntegrityError, match="do not match"):
        world.run({}, measurer=other)


def test_copy_of_the_champion_is_never_promoted_even_by_a_lucky_agent(world):
    world.candidate = world.champion
    lucky = pattern(world.gate, (300, WIN))
    for stateless in (True, False):
        measurer = world.measurer(lucky)
        decision = world.run(lucky, stateless=stateless, measurer=measurer)
        assert (decision.verdict, measurer.measured, decision.alpha) == ("REJECT", 0, 0.0)


def test_change_in_another_domain_alone_is_no_gain_here(world, kit):
    world.champion = kit.genome("rule", scope=("b",))
    world.candidate = kit.genome("other rule", scope=("b",))
    assert world.run(pattern(world.gate, (300, WIN))).verdict == "REJECT"


def test_candidate_and_suite_are_frozen_by_the_plan(world, kit):
    plan = world.plan()
    scores = pattern(world.gate, (300, WIN))
    changed = replace(world.gate.examples[0], target="no")
    original = world.gate
    world.gate = replace(original, examples=(changed, *original.examples[1:]))
    with pytest.raises(IntegrityError, match="has changed"):
        world.run(scores, plan=plan)
    world.gate, world.candidate = original, kit.genome("newer")
    with pytest.raises(IntegrityError, match="plan names"):
        world.run(scores, plan=plan)
    assert world.registered == []


def test_host_contract_cannot_change(world):
    wider = Domain(name="c", inputs=("text",))
    world.candidate = world.candidate.model_copy(
        update={"domains": (*world.candidate.domains, wider)}
    )
    world.candidate = type(world.candidate).model_validate(world.candidate.model_dump())
    with pytest.raises(IntegrityError, match="domains"):
        world.run({})


def test_demonstration_taken_from_the_gate_is_refused(world):
    shown = world.gate.examples[5]
    demo = DemoGene(
        id="demos",
        demos=(Demo(example_id=shown.id, inputs=tuple(shown.inputs.items()), target=shown.target),),
    )
    world.candidate = world.candidate.with_genes((*world.candidate.genes, demo))
    with pytest.raises(IntegrityError, match=shown.id):
        world.run({})


def test_both_arms_meet_the_same_examples_in_one_batch_a_look(world, kit, rng):
    measurer = world.measurer(kit.pass_fail(world.gate, rng, 0.0))
    world.run({}, measurer=measurer)
    assert [arm for arm, _, _ in measurer.calls[:4]] == ["champion", "candidate"] * 2
    assert {count for _, _, count in measurer.calls} == {10}


def test_graded_gain_is_promoted_and_skewed_harm_is_not(world, kit, rng):
    world.gate = kit.suite("a/gate", 300, scorer="margin")
    gains = np.clip(rng.normal(0.12, 0.3, 300), -0.5, 0.5)
    graded = {e.id: (0.5, 0.5 + g) for e, g in zip(world.gate, gains, strict=True)}
    decision = world.run(graded)
    assert decision.verdict == "PROMOTE"
    assert decision.effect.method == "betting"
    assert decision.effect.low > 0
    # +.02 nearly always and -.9 in 3 %: more wins than losses by far, and no gain in the mean.
    rare = {e.id: (0.9, 0.92 if rng.random() > 0.03 else 0.0) for e in world.gate}
    decision = world.run(rare)
    assert decision.wins > 10 * decision.losses
    assert decision.verdict != "PROMOTE"


def test_minimum_effect_must_be_exceeded(world, rng):
    scores = {e.id: (0.5, 0.5 + rng.normal(0.06, 0.05)) for e in world.gate}
    world.config = GateConfig(min_effect=0.03)
    assert world.run(scores).verdict == "PROMOTE"
    world.config = GateConfig(min_effect=0.08)
    assert world.run(scores).verdict == "REJECT"


def test_order_of_pairs_within_a_look_moves_no_boundary(world, kit, rng):
    plan = world.plan()
    decision = world.run(kit.pass_fail(world.gate, rng, 0.04), plan=plan)
    ids = list(plan.example_ids)
    for begin in range(0, 300, 10):
        ids[begin : begin + 10] = rng.permutation(ids[begin : begin + 10]).tolist()
    other = plan.model_copy(update={"example_ids": tuple(ids)})
    by_id = {pair.example_id: pair for pair in decision.pairs}
    pairs = [by_id[name] for name in ids[: len(decision.pairs)]]
    assert replay(other, pairs)[0] == decision.looks


def test_attempt_is_recorded_under_the_content_of_its_shard(world):
    plan = world.plan()
    decision = world.run(pattern(world.gate, (300, WIN)), plan=plan)
    record = AttemptRecord.of(plan, decision, "line")
    assert record.shard_hash == world.gate.hash
    assert record.alpha == plan.alpha
