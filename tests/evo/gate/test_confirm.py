"""A decision that a hand has written, or changed, does not follow from its evidence."""

from __future__ import annotations

import pytest

from evo.gate import GateConfig, LimitPlan, RegressionEvidence
from evo.gate.confirm import confirm
from evo.gate.sequential import Superiority, replay
from evo.gate.verdict import Findings, judge
from genomes.errors import IntegrityError

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)


@pytest.fixture
def decided(world, kit):
    """A plan and its decision to promote; a regression suite is certified by its own test."""
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    world.regressions = (kit.suite("b/reg", 200, "regression"),)
    scores = {example.id: WIN if n % 2 else TIE for n, example in enumerate(world.gate)}
    scores |= {example.id: TIE for example in world.regressions[0]}
    plan = world.plan()
    decision = world.run(scores, plan=plan)
    assert decision.promoted
    return plan.model_dump(mode="json"), decision.model_dump(mode="json")


def test_what_the_gate_decided_follows(decided):
    confirm(*decided)


def pairs(decision, **first):
    return [{**decision["pairs"][0], **first}, *decision["pairs"][1:]]


def row(decision, **change):
    return [{**decision["regressions"][0], **change}]


FORGED = [
    (lambda d: {"pairs": []}, "counts"),
    (lambda d: {"pairs": [], "wins": 0, "ties": 0}, "looks"),
    (lambda d: {"pairs": [], "looks": [], "wins": 0, "ties": 0}, "verdict is INDECISIVE"),
    (lambda d: {"pairs": d["pairs"][::-1]}, "not those that plan"),
    (lambda d: {"wins": d["wins"] + 1}, "counts"),
    (lambda d: {"looks": d["looks"][:-1]}, "looks"),
    (lambda d: {"alpha": 0.0}, "alpha"),
    (lambda d: {"plan_hash": "p" * 64}, "another plan"),
    (lambda d: {"attempt_id": "2"}, "attempt_id"),
    (lambda d: {"promoted_id": "c" * 64}, "not planned"),
    (lambda d: {"regressions": []}, "verdict is INDECISIVE"),
    (lambda d: {"regressions": row(d, status="lost")}, "verdict is REJECT"),
    (lambda d: {"regressions": row(d, losses=30)}, "other counts"),
    (lambda d: {"regressions": row(d, noninferiority_p=0.5)}, "own figures"),
    (lambda d: {"regressions": row(d, noninferiority_p=None)}, "own figures"),
    (lambda d: {"regressions": row(d, suite="c/reg")}, "no evidence"),
    (lambda d: {"broken_off": True}, "verdict is INDECISIVE"),
    (lambda d: {"trail": 1}, "none of the gate"),
    (lambda d: {"pairs": pairs(d, champion=None)}, "counts"),
]


@pytest.mark.parametrize(("change", "what"), FORGED, ids=range(len(FORGED)))
def test_what_was_changed_by_hand_does_not_follow(decided, change, what):
    plan, decision = decided
    with pytest.raises(IntegrityError, match=what):
        confirm(plan, {**decision, **change(decision)})


def test_a_rejection_that_was_made_a_promotion_does_not_follow(world, kit):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    scores = {example.id: LOSS if n % 3 else WIN for n, example in enumerate(world.gate)}
    plan = world.plan()
    decision = world.run(scores, plan=plan)
    forged = decision.model_copy(update={"verdict": "PROMOTE", "promoted_id": plan.candidate_id})
    with pytest.raises(IntegrityError, match="verdict is REJECT"):
        confirm(plan.model_dump(mode="json"), forged.model_dump(mode="json"))


def test_a_plan_that_was_made_easier_is_another_plan(decided):
    plan, decision = decided
    with pytest.raises(IntegrityError, match="another plan"):
        confirm({**plan, "alpha": 0.2}, {**decision, "alpha": 0.2})
    with pytest.raises(IntegrityError, match="none of the gate"):
        confirm(None, decision)


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"limits": (LimitPlan(objective="cost", ceiling=1.0),)}, "cost"),
        ({"primary": "cost", "cost": "length"}, "the quality"),
    ],
)
def test_what_a_plan_asks_for_and_nobody_has_shown_is_no_success(world, kit, change, lacking):
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    plan = world.plan().model_copy(update=change)
    found = world.run({example.id: WIN for example in world.gate})
    costs = {"champion_cost": 9.0, "candidate_cost": 1.0}
    told = tuple(one.model_copy(update=costs) for one in found.pairs)
    gain = Superiority("crossed", replay(plan, told)[0], told)
    verdict, why = judge(plan, Findings(gain))
    assert verdict == "INDECISIVE"
    assert f"{lacking} gave no evidence" in why


def test_a_suite_without_the_comparison_with_the_best_version_is_not_enough(decided, world):
    plan, decision = world.plan(), decided[1]
    part = plan.regressions[0].model_copy(update={"anchor_id": "a" * 64})
    evidence = RegressionEvidence.model_validate(decision["regressions"][0])
    gain = Superiority("crossed", (), ())
    anchored = plan.model_copy(update={"regressions": (part,)})
    assert judge(anchored, Findings(gain, (evidence,)))[0] == "INDECISIVE"
    assert judge(plan, Findings(gain, (evidence,)))[0] == "PROMOTE"
