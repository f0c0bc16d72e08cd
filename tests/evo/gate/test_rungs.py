"""The rungs between identity and the score test: answers, critical examples, the pool."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evo.gate import GateConfig
from evo.gate.disagreement import at_most
from evo.gate.must_pass import must_pass_ids
from fitness.budget import BudgetExhaustedError
from fitness.outcome import Outcome

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)


def blocks(suite, *parts):
    pairs = [pair for count, pair in parts for _ in range(count)]
    return {example.id: pair for example, pair in zip(suite, pairs, strict=True)}


@pytest.fixture
def ready(world, kit):
    """A clear gain in domain a, and a regression suite of 100 in domain b."""
    world.gate = kit.suite("a/gate", 60)
    world.config = GateConfig(n=60, answers_first="always")
    world.regressions = (kit.suite("b/reg", 100, "regression"),)
    world.gain = blocks(world.gate, *((1, WIN if i % 2 else TIE) for i in range(60)))
    return world


class Answers:
    """Answers by table: what the candidate says where it differs from the champion."""

    def __init__(self, champion, said, missing=()):
        self.champion, self.said, self.missing, self.asked = champion, said, missing, 0

    def __call__(self, genome, domain, examples):
        self.asked += len(examples)
        return [self._one(genome, example.id) for example in examples]

    def _one(self, genome, name):
        if name in self.missing:
            return Outcome(name, None, note="infrastructure failed")
        answer = "same" if genome == self.champion else self.said.get(name, "same")
        return Outcome(name, 0.0, answer)


def run(world, *parts, said=(), missing=(), **more):
    suite = world.regressions[0]
    measurer = world.measurer(world.gain | blocks(suite, *parts))
    names = [example.id for example in suite]
    table = {names[i]: "another" for i in said}
    answers = Answers(world.champion, table, {names[i] for i in missing})
    return world.run({}, measurer=measurer, answers=answers, **more), measurer


def scored(measurer, domain="b"):
    return sum(count for _, where, count in measurer.calls if where == domain)


def test_equal_answers_certify_without_a_score(ready):
    decision, measurer = run(ready, (100, LOSS), said=[3])
    row = decision.regressions[0]
    assert (decision.verdict, row.rung, row.disagreements) == ("PROMOTE", "disagreement", 1)
    assert scored(measurer) == 0
    assert row.noninferiority_p == pytest.approx(0.95**100 + 100 * 0.05 * 0.95**99)


def test_too_many_different_answers_are_scored(ready):
    decision, measurer = run(ready, (100, TIE), said=range(6))
    row = decision.regressions[0]
    assert (decision.verdict, row.rung, row.disagreements) == ("PROMOTE", "score_test", 6)
    assert scored(measurer) == 200


def test_missing_answers_differ_and_many_certify_nothing(ready):
    ready.config = ready.config.model_copy(update={"regression_margin": 0.3})
    decision, _ = run(ready, (100, TIE), missing=range(9))
    assert decision.regressions[0].rung == "disagreement"
    assert decision.regressions[0].missing == 9
    decision, _ = run(ready, (100, TIE), missing=range(11))
    assert decision.regressions[0].rung == "score_test"


def test_the_rung_certifies_only_what_the_score_test_certifies():
    """Trying it first adds no error: with all disagreements lost, the score test agrees."""
    from fitness.stats import score_test

    for margin in (0.02, 0.05, 0.1, 0.2):
        for n in range(5, 400, 7):
            for hits in range(n + 1):
                if at_most(hits, n, margin) > 0.05:
                    break
                assert score_test(0, hits, n, margin) <= 0.05, (margin, n, hits)


def test_the_bound_is_that_of_clopper_and_pearson():
    from scipy.stats import beta

    for hits, n in ((0, 59), (1, 93), (4, 200)):
        upper = beta.ppf(0.95, hits + 1, n - hits)
        assert at_most(hits, n, upper) == pytest.approx(0.05)


def test_clusters_are_compared_as_clusters(ready, kit):
    clustered = kit.suite("b/reg", 100, "regression", size=25, independent=False)
    ready.regressions = (clustered,)
    decision, _ = run(ready, (100, TIE))
    assert decision.regressions[0].rung == "eprocess", "four clusters prove nothing"
    assert decision.verdict == "HOLD"


def test_an_anchor_is_compared_as_well(ready, kit):
    suite = ready.regressions[0]
    ready.anchors = {suite.name: kit.genome("older")}

    class Two(Answers):
        def _one(self, genome, name):
            if genome == kit.genome("older"):
                return Outcome(name, 0.0, "long ago")
            return super()._one(genome, name)

    measurer = ready.measurer(ready.gain | blocks(suite, (100, TIE)))
    measurer.others = {kit.genome("older").id: {e.id: 1.0 for e in suite}}
    decision = ready.run({}, measurer=measurer, answers=Two(ready.champion, {}))
    assert decision.regressions[0].rung == "score_test"
    assert decision.regressions[0].anchor.passed


def test_judged_suites_are_compared_first_and_margin_scores_never(world, kit):
    judged = kit.suite("b/judged", 20, "regression", scorer="judge")
    graded = kit.suite("b/graded", 20, "regression", scorer="margin")
    plain = kit.suite("b/plain", 20, "regression")
    world.regressions = (judged, graded, plain)

    def firsts(setting):
        world.config = GateConfig(answers_first=setting)
        return [part.answers_first for part in world.plan().regressions]

    assert firsts("auto") == [True, False, False]
    assert firsts("always") == [True, False, True]
    assert firsts("never") == [False, False, False]


# Critical examples


def critical(suite, *places, tag="must_pass"):
    rows = tuple(replace(e, tags=(tag,)) if i in places else e for i, e in enumerate(suite))
    return replace(suite, examples=rows)


@pytest.mark.parametrize(
    ("tag", "found"),
    [("must_pass", 1), ("must_pass=yes", 1), ("must_pass=TRUE", 1), ("must_pass=no", 0), ("x", 0)],
)
def test_tags_name_critical_examples(kit, tag, found):
    suite = critical(kit.suite("b/reg", 5, "regression"), 2, tag=tag)
    assert len(must_pass_ids(suite)) == found


@pytest.fixture
def guarded(ready):
    ready.config = GateConfig(n=60, regression_margin=0.2)
    ready.regressions = (critical(ready.regressions[0], 0, 1),)
    return ready


def again(world, scores):
    return world.measurer(world.gain | scores)


def test_a_confirmed_critical_loss_vetoes_whatever_the_suite_says(guarded):
    suite = guarded.regressions[0]
    lost = blocks(suite, (1, LOSS), (9, WIN), (90, TIE))
    decision, measurer = run(guarded, (1, LOSS), (9, WIN), (90, TIE), again=again(guarded, lost))
    row = decision.regressions[0]
    assert (decision.verdict, row.rung, row.status) == ("REJECT", "must_pass", "lost")
    assert row.must_pass_lost == (suite.examples[0].id,)
    assert suite.examples[0].id in decision.reason
    assert scored(measurer) == 4, "the rest of the suite is not measured"


def test_a_critical_loss_that_does_not_come_again_is_dismissed_and_named(guarded):
    suite = guarded.regressions[0]
    fine = blocks(suite, (100, TIE))
    decision, _ = run(guarded, (1, LOSS), (99, TIE), again=again(guarded, fine))
    row = decision.regressions[0]
    assert decision.verdict == "PROMOTE"
    assert (row.must_pass, row.must_pass_dismissed) == (2, (suite.examples[0].id,))
    assert row.losses == 1, "the suite's own test still counts it"


def test_without_a_second_answer_one_critical_loss_is_enough(guarded):
    decision, _ = run(guarded, (1, LOSS), (99, TIE))
    assert (decision.verdict, decision.regressions[0].rung) == ("REJECT", "must_pass")


@pytest.mark.parametrize("where", ["first", "again"])
def test_a_critical_example_that_was_not_measured_proves_nothing(guarded, where):
    suite, gone = guarded.regressions[0], (1.0, None)
    first = gone if where == "first" else LOSS
    repeat = blocks(suite, (1, gone), (99, TIE))
    decision, _ = run(guarded, (1, first), (99, TIE), again=again(guarded, repeat))
    row = decision.regressions[0]
    assert (decision.verdict, row.status) == ("INDECISIVE", "uncovered")
    assert suite.examples[0].id in row.reason


def test_critical_examples_of_all_suites_come_before_any_whole_suite(guarded, kit):
    second = critical(kit.suite("b/second", 30, "regression"), 0)
    guarded.regressions = (*guarded.regressions, second)
    scores = blocks(guarded.regressions[0], (100, TIE)) | blocks(second, (1, LOSS), (29, TIE))
    measurer = guarded.measurer(guarded.gain | scores)
    decision = guarded.run({}, measurer=measurer)
    assert [row.suite for row in decision.regressions] == ["b/second"]
    assert scored(measurer) == 6


def test_critical_examples_are_measured_beside_a_sample_and_do_not_bias_it(guarded):
    guarded.config = guarded.config.model_copy(update={"regression_n": 50})
    part = guarded.plan().regressions[0]
    assert len(part.example_ids) == 50
    assert set(part.must_pass) <= set(part.all_ids)
    decision, measurer = run(guarded, (100, TIE))
    assert decision.regressions[0].n == 50
    assert scored(measurer) == 2 * len(part.all_ids) <= guarded.plan().regressions[0].max_calls


def test_a_graded_critical_example_may_move_within_the_margin(guarded):
    suite = replace(guarded.regressions[0], scorer="margin")
    guarded.regressions = (suite,)
    assert run(guarded, (2, (0.9, 0.8)), (98, TIE))[0].verdict == "PROMOTE"
    assert run(guarded, (2, (0.9, 0.6)), (98, TIE))[0].regressions[0].rung == "must_pass"


def test_only_differing_critical_examples_are_scored_where_answers_come_first(ready):
    suite = critical(ready.regressions[0], 0, 1)
    ready.regressions = (suite,)
    decision, measurer = run(ready, (100, TIE), said=[1])
    assert (decision.verdict, scored(measurer)) == ("PROMOTE", 2)
    decision, _ = run(ready, (1, TIE), (1, LOSS), (98, TIE), said=[1])
    assert (decision.verdict, decision.regressions[0].rung) == ("REJECT", "must_pass")


# The pool


@pytest.fixture
def pooled(world, kit):
    world.gate = kit.suite("a/gate", 60)
    world.config = GateConfig(n=60, regression_margin=0.1, pool_margin=0.03)
    world.regressions = tuple(kit.suite(f"b/reg{i}", 200, "regression") for i in range(2))
    world.gain = blocks(world.gate, *((1, WIN if i % 2 else TIE) for i in range(60)))
    return world


def run_pooled(world, *parts):
    scores = [blocks(suite, *parts) for suite in world.regressions]
    return world.run({}, measurer=world.measurer(world.gain | scores[0] | scores[1]))


def test_small_losses_everywhere_are_seen_together(pooled):
    decision = run_pooled(pooled, (4, LOSS), (196, TIE))
    assert [row.status for row in decision.regressions] == ["certified", "certified"]
    assert (decision.verdict, decision.pool.status) == ("REJECT", "lost")
    assert decision.pool.n == 400
    assert "together" in decision.reason
    pooled.config = pooled.config.model_copy(update={"pool_margin": None})
    decision = run_pooled(pooled, (4, LOSS), (196, TIE))
    assert (decision.verdict, decision.pool) == ("PROMOTE", None)


def test_a_harmless_pool_passes_and_an_unproven_one_holds(pooled):
    assert run_pooled(pooled, (2, WIN), (2, LOSS), (196, TIE)).verdict == "PROMOTE"
    decision = run_pooled(pooled, (11, WIN), (12, LOSS), (177, TIE))
    assert [row.status for row in decision.regressions] == ["certified", "certified"]
    assert (decision.verdict, decision.pool.status) == ("HOLD", "underpowered")


def test_one_suite_is_no_pool(pooled):
    pooled.regressions = pooled.regressions[:1]
    scores = blocks(pooled.regressions[0], (200, TIE))
    decision = pooled.run({}, measurer=pooled.measurer(pooled.gain | scores))
    assert (decision.verdict, decision.pool) == ("PROMOTE", None)


def test_a_pool_of_mixed_suites_bets_on_means(pooled, kit):
    graded = kit.suite("b/reg1", 200, "regression", scorer="margin")
    pooled.regressions = (pooled.regressions[0], graded)
    decision = run_pooled(pooled, (200, TIE))
    assert (decision.verdict, decision.pool.status) == ("PROMOTE", "certified")


# The fallback within its own domain


def test_a_suite_in_the_gates_own_domain_must_hold_for_the_fallback_too(world, kit):
    """Elsewhere the fallback changes nothing; at home it is the candidate, and judged as such."""
    world.gate, world.config = kit.suite("a/gate", 60), GateConfig(n=60)
    home, away = kit.suite("a/home", 100, "regression"), kit.suite("b/away", 100, "regression")
    world.regressions = (away, home)
    from genomes.scoping import scoped

    fallback = scoped(world.candidate, world.champion, "a")

    def decide(*at_home):
        plan = world.plan().model_copy(update={"fallback_id": fallback.id})
        gain = blocks(world.gate, *((1, WIN if i % 2 else TIE) for i in range(60)))
        scores = gain | blocks(away, (100, LOSS)) | blocks(home, *at_home)
        return world.run({}, plan=plan, measurer=world.measurer(scores), fallback=fallback)

    kept = decide((100, TIE))
    assert (kept.verdict, kept.promoted_id) == ("PROMOTE", fallback.id)
    assert [row.rung for row in kept.regressions] == ["identity", "score_test"]
    assert decide((20, LOSS), (80, TIE)).verdict == "REJECT"


# Budgets


def exhausted_after(measurer, calls):
    def measure(genome, domain, examples):
        if len(measurer.calls) >= calls:
            raise BudgetExhaustedError("the judge's calls do not fit")
        return measurer(genome, domain, examples)

    return measure


def test_an_exhausted_budget_is_indecisive_wherever_it_comes(ready):
    scores = ready.gain | blocks(ready.regressions[0], (100, TIE))
    whole = ready.measurer(scores)
    assert ready.run({}, measurer=whole).verdict == "PROMOTE"
    for calls in range(len(whole.calls)):
        measurer = ready.measurer(scores)
        decision = ready.run({}, measurer=exhausted_after(measurer, calls))
        assert (decision.verdict, decision.broken_off) == ("INDECISIVE", True)
        assert decision.alpha == ready.alpha, "the share is spent"
        assert "do not fit" in decision.reason
        assert len(decision.pairs) == 10 * min(calls // 2, len(whole.calls) // 2 - 1)
