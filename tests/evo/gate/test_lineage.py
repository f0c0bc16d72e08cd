"""False and true promotions over whole lineages, through the gate as a user runs it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from evo.gate import AttemptRecord, GateConfig, make_plan, run_gate, spent
from fitness.stats import next_share

CONFIG = GateConfig()


def live(kit, gains, rng, *, draw=None, suite=None, config=CONFIG):
    """One lineage: each challenger meets a fresh shard until the budget is used up."""
    suite = suite or kit.suite("a/gate", config.n)
    champion = kit.genome("start")
    history: list[AttemptRecord] = []
    for index, gain in enumerate(gains):
        alpha = next_share(spent(history, "line"), config.alpha, config.attempts_budget)
        if alpha == 0.0:
            break
        candidate = kit.genome(f"challenger {index}")
        plan = make_plan(
            config,
            attempt_id=str(index),
            champion=champion,
            candidate=candidate,
            shard=suite,
            regressions=(),
            alpha=alpha,
            rng=rng,
        )
        scores = draw(suite, rng, gain) if draw else kit.pass_fail(suite, rng, gain)
        decision = run_gate(
            plan,
            champion,
            candidate,
            [suite],
            kit.Measurer(champion, scores),
            stateless=True,
            register=lambda _: None,
        )
        history.append(AttemptRecord.of(plan, decision, "line"))
        champion = candidate if decision.promoted else champion
    return history


def promotions(history):
    return sum(attempt.verdict == "PROMOTE" for attempt in history)


def within(found: int, trials: int, level: float) -> bool:
    return found / trials <= level + 3.5 * math.sqrt(level * (1 - level) / trials)


def test_two_hundred_null_challengers(kit):
    """R22: a lineage stops at ten attempts, and few lineages promote anything."""
    rng = np.random.default_rng(22)
    lineages = [live(kit, [0.0] * 200, rng) for _ in range(20)]
    assert {len(history) for history in lineages if not promotions(history)} == {10}
    assert within(sum(promotions(history) > 0 for history in lineages), 20, 0.05)


def test_harmful_challengers_are_never_promoted(kit):
    rng = np.random.default_rng(23)
    assert sum(promotions(live(kit, [-0.05] * 10, rng)) for _ in range(8)) == 0


@pytest.mark.parametrize(("gain", "power"), [(0.10, 0.86), (0.12, 0.98)])
def test_planted_gains_are_promoted_with_the_declared_power(kit, gain, power):
    """R23."""
    rng = np.random.default_rng(24)
    trials = 50
    found = sum(promotions(live(kit, [gain], rng)) for _ in range(trials))
    assert found / trials >= power - 3.5 * math.sqrt(power * (1 - power) / trials)


def test_recycling_helps_a_line_of_true_gains(kit):
    rng = np.random.default_rng(25)
    histories = [live(kit, [0.08] * 10, rng) for _ in range(8)]
    assert np.mean([promotions(history) for history in histories]) >= 6.0
    for history in histories:
        for earlier, later in itertools.pairwise(history):
            passed_on = earlier.alpha if earlier.verdict == "PROMOTE" else 0.0
            assert later.alpha == pytest.approx(0.005 + passed_on)


def skewed(suite, rng, gain):
    # +.02 usually, -.98 rarely; the mean is the gain.
    rare = rng.random(len(suite)) < 0.02 - gain
    return {e.id: (0.98, 0.0 if hit else 1.0) for e, hit in zip(suite, rare, strict=True)}


def clustered(suite, rng, gain):
    common = np.repeat(rng.normal(0, 0.25, len(suite) // 4), 4)
    differences = np.clip(common + rng.normal(gain, 0.25, len(suite)), -0.5, 0.5)
    return {e.id: (0.5, 0.5 + d) for e, d in zip(suite, differences, strict=True)}


@pytest.mark.parametrize("draw", [skewed, clustered])
def test_awkward_null_data_stay_within_the_level(kit, draw):
    rng = np.random.default_rng(26)
    config = GateConfig(attempts_budget=1, n=200)
    suite = kit.suite("a/gate", 200, size=4, scorer="margin", independent=draw is skewed)
    trials = 60
    runs = [live(kit, [0.0], rng, draw=draw, suite=suite, config=config) for _ in range(trials)]
    assert within(sum(map(promotions, runs)), trials, 0.05)


def test_futility_never_adds_a_promotion(kit):
    """Every attempt that is promoted with futility looks is promoted without them."""
    rng = np.random.default_rng(27)
    suite, champion, candidate = kit.suite("a/gate", 100), kit.genome("old"), kit.genome("new")
    for _ in range(40):
        plan = make_plan(
            CONFIG,
            attempt_id="1",
            champion=champion,
            candidate=candidate,
            shard=suite,
            regressions=(),
            alpha=0.2,
            rng=rng,
        )
        scores = kit.pass_fail(suite, rng, 0.03, discordance=0.4)
        verdicts = []
        for futility in (plan.futility, ()):
            decision = run_gate(
                plan.model_copy(update={"futility": futility}),
                champion,
                candidate,
                [suite],
                kit.Measurer(champion, scores),
                stateless=True,
                register=lambda _: None,
            )
            verdicts.append(decision.verdict)
        assert verdicts[0] != "PROMOTE" or verdicts[1] == "PROMOTE"


def test_losses_that_go_missing_do_not_raise_the_level(kit):
    """An agent that breaks off where it would have lost: no gain, and nearly no loss to be seen."""
    rng = np.random.default_rng(28)
    config = GateConfig(attempts_budget=1, n=100, coverage=0.8)
    suite = kit.suite("a/gate", 100)

    def hiding(suite, rng, gain):
        pairs = kit.pass_fail(suite, rng, gain)
        return {name: (1.0, None) if pair == (1.0, 0.0) else pair for name, pair in pairs.items()}

    runs = [live(kit, [0.0], rng, draw=hiding, suite=suite, config=config) for _ in range(80)]
    assert within(sum(map(promotions, runs)), 80, 0.05)
