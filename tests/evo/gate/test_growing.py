"""What an earlier release stored is read as it was, under the same hashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evo.gate import GateDecision, GatePlan, RegressionEvidence, replay
from evo.gate.pair import Pair
from genomes.hashing import content_hash

STORED = json.loads((Path(__file__).parent / "fixtures" / "first_release.json").read_text())


def test_older_plan_and_decision_keep_their_hashes_and_bytes():
    plan = GatePlan.model_validate(STORED["plan"])
    decision = GateDecision.model_validate(STORED["decision"])
    assert plan.hash == STORED["plan_hash"] == decision.plan_hash
    assert decision.id == STORED["decision_id"]
    assert plan.model_dump(mode="json") == STORED["plan"]
    assert content_hash(decision.model_dump(mode="json")) == STORED["decision_id"]


def test_older_decision_is_derived_again_from_its_pairs():
    plan = GatePlan.model_validate(STORED["plan"])
    decision = GateDecision.model_validate(STORED["decision"])
    assert replay(plan, decision.pairs) == (decision.looks, "crossed")


def test_an_older_plan_means_what_it_meant():
    plan = GatePlan.model_validate(STORED["plan"])
    assert (plan.primary, plan.pool_margin, plan.limits, plan.anchor_ids) == (
        "quality",
        None,
        (),
        (),
    )
    assert plan.max_calls == 2 * (40 + 40)


@pytest.mark.parametrize(
    ("field", "value"),
    [("primary", "cost"), ("pool_margin", 0.03), ("replicate", 2), ("anchor_id", "x")],
)
def test_whatever_a_plan_says_beyond_is_hashed(field, value):
    plan = GatePlan.model_validate(STORED["plan"])
    other = GatePlan.model_validate({**STORED["plan"], field: value})
    assert other.hash != plan.hash
    assert other.model_dump(mode="json")[field] == value
    assert GatePlan.model_validate_json(other.model_dump_json()) == other


def test_a_later_field_that_says_something_is_stored_at_every_depth():
    pair = Pair(example_id="e", cluster="c", champion=1.0, candidate=1.0, champion_cost=3.0)
    assert pair.model_dump()["champion_cost"] == 3.0
    assert "candidate_cost" not in pair.model_dump()
    row = RegressionEvidence(
        suite="s",
        domain="d",
        rung="identity",
        status="certified",
        margin=0.1,
        reason="",
        must_pass=2,
    )
    decision = GateDecision.model_validate(STORED["decision"])
    grown = decision.model_copy(update={"regressions": (row,)})
    assert grown.model_dump(mode="json")["regressions"][0]["must_pass"] == 2
