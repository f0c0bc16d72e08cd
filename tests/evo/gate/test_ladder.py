from __future__ import annotations

import numpy as np
import pytest

from evo.gate import GateConfig
from genomes.errors import DataError

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)


def blocks(suite, *parts):
    pairs = [pair for count, pair in parts for _ in range(count)]
    return {example.id: pair for example, pair in zip(suite, pairs, strict=True)}


@pytest.fixture
def ready(world, kit, rng):
    """A world with a clear gain in domain a and one regression suite in domain b."""
    world.regressions = (kit.suite("b/reg", 200, "regression"),)
    world.gain = kit.pass_fail(world.gate, rng, 0.18)
    return world


def run(world, *parts, stateless=True):
    measurer = world.measurer(world.gain | blocks(world.regressions[0], *parts))
    return world.run({}, measurer=measurer, stateless=stateless), measurer


def test_scoped_change_passes_by_identity_without_a_call(ready, kit):
    ready.champion, ready.candidate = kit.genome("old", ("a",)), kit.genome("new", ("a",))
    decision, measurer = run(ready, (200, LOSS))
    evidence = decision.regressions[0]
    assert decision.verdict == "PROMOTE"
    assert (evidence.rung, evidence.status, evidence.n) == ("identity", "certified", 0)
    assert {domain for _, domain, _ in measurer.calls} == {"a"}


def test_identity_proves_nothing_for_an_agent_with_state(ready, kit):
    ready.champion, ready.candidate = kit.genome("old", ("a",)), kit.genome("new", ("a",))
    decision, _ = run(ready, (200, LOSS), stateless=False)
    assert decision.verdict == "REJECT"
    assert decision.regressions[0].rung == "score_test"


def test_harmless_change_is_certified(ready):
    decision, _ = run(ready, (5, WIN), (5, LOSS), (190, TIE))
    evidence = decision.regressions[0]
    assert decision.verdict == "PROMOTE"
    assert evidence.passed
    assert evidence.noninferiority_p <= 0.05
    assert evidence.bound > -0.05


def test_significant_loss_vetoes(ready):
    decision, _ = run(ready, (2, WIN), (12, LOSS), (186, TIE))
    assert decision.verdict == "REJECT"
    assert decision.regressions[0].status == "lost"
    assert "significant loss" in decision.reason


def test_small_but_significant_loss_vetoes_inside_the_margin(ready, kit):
    ready.regressions = (kit.suite("b/reg", 1000, "regression"),)
    decision, _ = run(ready, (0, WIN), (8, LOSS), (992, TIE))
    evidence = decision.regressions[0]
    assert evidence.noninferiority_p <= 0.05
    assert (evidence.status, decision.verdict) == ("lost", "REJECT")


def test_underpowered_suite_holds_and_says_what_it_could_exclude(ready, kit):
    ready.regressions = (kit.suite("b/reg", 40, "regression"),)
    decision, _ = run(ready, (2, WIN), (2, LOSS), (36, TIE))
    evidence = decision.regressions[0]
    assert (decision.verdict, evidence.status) == ("HOLD", "underpowered")
    assert evidence.bound < -0.05
    assert f"above {-evidence.bound:.1%}" in decision.reason


def test_wider_margin_certifies_the_same_data(ready, kit):
    ready.regressions = (kit.suite("b/reg", 40, "regression"),)
    ready.config = GateConfig(regression_margin=0.15)
    assert run(ready, (2, WIN), (2, LOSS), (36, TIE))[0].verdict == "PROMOTE"


def test_empty_suite_gives_no_licence(ready, kit):
    ready.regressions = (kit.suite("b/reg", 0, "regression"),)
    decision, _ = run(ready)
    assert (decision.verdict, decision.regressions[0].status) == ("INDECISIVE", "uncovered")


def test_missing_regression_pairs_count_as_losses_and_low_coverage_is_indecisive(ready):
    decision, _ = run(ready, (185, TIE), (15, (1.0, None)))
    assert (decision.verdict, decision.regressions[0].missing) == ("HOLD", 15)
    decision, _ = run(ready, (170, TIE), (30, (None, 1.0)))
    assert (decision.verdict, decision.regressions[0].status) == ("INDECISIVE", "uncovered")


def test_suites_are_measured_only_after_the_gain(ready, kit, rng):
    ready.gain = kit.pass_fail(ready.gate, rng, 0.0)
    decision, measurer = run(ready, (200, TIE))
    assert decision.verdict != "PROMOTE"
    assert {domain for _, domain, _ in measurer.calls} == {"a"}
    assert decision.regressions == ()


def test_all_suites_must_pass_and_the_first_loss_ends_the_measuring(ready, kit):
    suites = tuple(kit.suite(f"b/reg{i}", 100, "regression") for i in range(3))
    ready.regressions = suites
    fine = blocks(suites[0], (100, TIE)) | blocks(suites[2], (100, TIE))
    measurer = ready.measurer(ready.gain | fine | blocks(suites[1], (10, LOSS), (90, TIE)))
    decision = ready.run({}, measurer=measurer)
    assert decision.verdict == "REJECT"
    assert [part.status for part in decision.regressions] == ["certified", "lost"]


def test_graded_and_clustered_suites_are_judged_by_betting(ready, kit, rng):
    ready.regressions = (kit.suite("b/reg", 300, "regression", scorer="margin"),)
    noise = rng.normal(0, 0.02, 300)
    harmless = [(1, (0.5, 0.5 + d)) for d in noise]
    decision, _ = run(ready, *harmless)
    evidence = decision.regressions[0]
    assert (decision.verdict, evidence.rung) == ("PROMOTE", "eprocess")
    assert evidence.bound > -0.05
    harmful = [(1, (0.5, 0.5 + d)) for d in rng.normal(-0.1, 0.1, 300)]
    assert run(ready, *harmful)[0].regressions[0].status == "lost"


def test_graded_score_in_a_pass_fail_suite_is_refused(ready):
    with pytest.raises(DataError, match="graded"):
        run(ready, (200, (0.5, 0.5)))


def test_narrow_gain_with_broad_loss_is_refused(world, kit):
    """R36: +15 points at home, -8 in the other domain, never for all domains."""
    rng = np.random.default_rng(36)
    world.alpha = 0.005
    world.regressions = (kit.suite("b/reg", 200, "regression"),)
    verdicts = []
    for _ in range(30):
        home = kit.pass_fail(world.gate, rng, 0.15)
        away = kit.pass_fail(world.regressions[0], rng, -0.08)
        verdicts.append(world.run(home | away).verdict)
    assert "PROMOTE" not in verdicts
    world.champion, world.candidate = kit.genome("old", ("a",)), kit.genome("new", ("a",))
    scoped = [world.run(kit.pass_fail(world.gate, rng, 0.15)).verdict for _ in range(15)]
    assert scoped.count("PROMOTE") >= 12
