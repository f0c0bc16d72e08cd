"""A lower cost at a quality that is not worse, as what an attempt must show."""

from __future__ import annotations

import numpy as np
import pytest

from evo.gate import GateConfig, GateDecision, replay
from fitness.outcome import Outcome
from genomes.errors import DataError

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)


@pytest.fixture
def cheap(world, kit):
    world.gate = kit.suite("a/gate", 200)
    world.config = GateConfig(n=200, primary="cost", quality_margin=0.1)
    return world


def quality(suite, *parts):
    pairs = [pair for count, pair in parts for _ in range(count)]
    return {example.id: pair for example, pair in zip(suite, pairs, strict=True)}


def tokens(suite, rng, ratio, *, noise=0.1):
    costs = {}
    for example in suite:
        base = 100 * np.exp(rng.normal(0, 0.3))
        costs[example.id] = (round(base), round(base * ratio * np.exp(rng.normal(0, noise))))
    return costs


def run(world, scores, costs, **more):
    measurer = world.measurer(scores)
    measurer.costs = costs
    return world.run({}, measurer=measurer, **more), measurer


def test_a_cheaper_equal_genome_is_promoted_with_the_saving(cheap, rng):
    scores = quality(cheap.gate, (4, WIN), (4, LOSS), (192, TIE))
    plan = cheap.plan()
    decision, _ = run(cheap, scores, tokens(cheap.gate, rng, 0.8), plan=plan)
    assert decision.verdict == "PROMOTE"
    saving, kept = decision.saving, decision.quality[0]
    assert saving.candidate < saving.champion
    assert 0.1 < saving.low < saving.estimate < 0.3
    assert (kept.status, kept.n, kept.margin) == ("certified", 200, 0.1)
    assert kept.noninferiority_p <= plan.alpha
    assert "tokens" in decision.reason
    again = GateDecision.model_validate_json(decision.model_dump_json())
    assert again == decision
    assert replay(plan, again.pairs) == (again.looks, "crossed")


def test_a_cheaper_worse_genome_is_refused(cheap, rng):
    scores = quality(cheap.gate, (5, WIN), (45, LOSS), (150, TIE))
    decision, _ = run(cheap, scores, tokens(cheap.gate, rng, 0.5))
    assert decision.verdict == "REJECT"


def test_a_quality_that_is_not_proven_holds(cheap, rng):
    scores = quality(cheap.gate, (35, WIN), (43, LOSS), (122, TIE))
    patient = cheap.plan().model_copy(update={"futility": ()})
    decision, _ = run(cheap, scores, tokens(cheap.gate, rng, 0.5), plan=patient)
    assert (decision.verdict, decision.quality[0].status) == ("HOLD", "underpowered")


def test_the_quality_is_tested_at_the_share_of_the_attempt(cheap, rng):
    scores = quality(cheap.gate, (14, WIN), (22, LOSS), (164, TIE))
    costs = tokens(cheap.gate, rng, 0.5)
    assert run(cheap, scores, costs)[0].verdict == "PROMOTE"
    cheap.alpha = 0.005
    assert run(cheap, scores, costs)[0].verdict == "HOLD"


def test_no_lower_cost_is_futile_and_a_minimum_saving_must_be_exceeded(cheap, rng):
    scores = quality(cheap.gate, (200, TIE))
    decision, _ = run(cheap, scores, tokens(cheap.gate, rng, 1.05))
    assert (decision.verdict, decision.examples_used) == ("REJECT", 70)
    cheap.config = cheap.config.model_copy(update={"min_effect": 0.15})
    assert run(cheap, scores, tokens(cheap.gate, rng, 0.9))[0].verdict == "REJECT"
    assert run(cheap, scores, tokens(cheap.gate, rng, 0.6))[0].verdict == "PROMOTE"


def test_equal_costs_are_no_gain(cheap, rng):
    costs = {example.id: (50, 50) for example in cheap.gate}
    assert run(cheap, quality(cheap.gate, (200, TIE)), costs)[0].verdict == "REJECT"


def test_rare_disasters_that_cost_more_in_all_are_refused(cheap, rng):
    """Cheaper in 98 of 100 answers, and dearer together."""
    costs = {e.id: (100, 50 if i % 50 else 9000) for i, e in enumerate(cheap.gate)}
    decision, _ = run(cheap, quality(cheap.gate, (200, TIE)), costs)
    assert decision.saving.cheaper == 196
    assert (decision.verdict, "together" in decision.reason) == ("REJECT", True)


@pytest.mark.parametrize(
    ("costs", "verdict"), [((None, None), "INDECISIVE"), ((100, None), "INDECISIVE")]
)
def test_an_unknown_cost_is_no_low_cost(cheap, costs, verdict):
    table = {example.id: costs for example in cheap.gate}
    decision, _ = run(cheap, quality(cheap.gate, (200, TIE)), table)
    assert decision.verdict == verdict
    assert "tokens are known" in decision.reason
    assert decision.saving is None


def test_few_missing_costs_count_against_the_candidate(cheap, rng):
    costs = tokens(cheap.gate, rng, 0.5)
    for example in cheap.gate.examples[:10]:
        costs[example.id] = (100, None)
    decision, _ = run(cheap, quality(cheap.gate, (200, TIE)), costs)
    assert decision.verdict == "PROMOTE"
    assert decision.looks[-1].missing == 10


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_costs_that_are_no_costs_are_refused(cheap, bad):
    table = {example.id: (100, bad) for example in cheap.gate}
    with pytest.raises(DataError, match="cost"):
        run(cheap, quality(cheap.gate, (200, TIE)), table)


def test_no_gain_in_cost_is_shown_too_often(cheap, kit):
    """Null: costs move by a third up and down, quality is the same."""
    rng = np.random.default_rng(31)
    cheap.gate, cheap.config = kit.suite("a/gate", 60), cheap.config.model_copy(update={"n": 60})
    scores = quality(cheap.gate, (60, TIE))
    promoted = 0
    for _ in range(60):
        costs = {e.id: tuple(rng.permutation([60, 100]).tolist()) for e in cheap.gate}
        promoted += run(cheap, scores, costs)[0].promoted
    assert promoted <= 8  # 60 at .05: more has a probability below .003


def test_a_shorter_prompt_is_known_and_not_sampled(cheap, kit):
    cheap.config = cheap.config.model_copy(update={"cost": "length"})
    cheap.champion, cheap.candidate = kit.genome("a long rule, and more"), kit.genome("a rule")
    scores = quality(cheap.gate, (200, TIE))
    decision, _ = run(cheap, scores, {})
    assert (decision.verdict, decision.saving.equal) == ("PROMOTE", 0)
    cheap.champion, cheap.candidate = cheap.candidate, cheap.champion
    assert run(cheap, scores, {})[0].verdict == "REJECT"


def test_graded_quality_may_stop_before_the_end(cheap, rng, kit):
    cheap.gate = kit.suite("a/gate", 200, scorer="margin")
    same = {example.id: (0.5, 0.5) for example in cheap.gate}
    decision, _ = run(cheap, same, tokens(cheap.gate, rng, 0.5))
    assert decision.verdict == "PROMOTE"
    assert decision.examples_used < 200


def test_creep_of_quality_is_refused_by_the_best_version(cheap, rng, kit):
    """Cheaper again and again, each a little worse: the second step is seen from the best."""
    older = kit.genome("older")
    cheap.anchors = {"a": older}
    plan = cheap.plan()
    assert plan.anchor_id == older.id
    assert plan.max_calls == 3 * 200
    scores = quality(cheap.gate, (8, LOSS), (12, (0.0, 0.0)), (180, TIE))
    costs = tokens(cheap.gate, rng, 0.6)
    measurer = cheap.measurer(scores)
    measurer.costs, measurer.others = costs, {older.id: {e.id: 1.0 for e in cheap.gate}}
    decision = cheap.run({}, measurer=measurer)
    assert [one.status for one in decision.quality] == ["certified", "lost"]
    assert decision.verdict == "REJECT"
    assert measurer.measured <= plan.max_calls
    cheap.anchors = {}
    assert run(cheap, scores, costs)[0].verdict == "PROMOTE"


def test_the_cost_needs_no_anchor_where_quality_is_primary(world, kit):
    world.anchors = {"a": kit.genome("older")}
    assert world.plan().anchor_id is None


def test_outcomes_without_costs_are_stored_as_before(world):
    plan = world.plan()
    decision = world.run({e.id: TIE for e in world.gate}, plan=plan)
    assert "champion_cost" not in decision.model_dump()["pairs"][0]
    assert "primary" not in plan.model_dump()
    assert Outcome("e", 1.0).tokens is None
