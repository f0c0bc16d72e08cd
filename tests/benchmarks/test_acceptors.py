import json
import math

import numpy as np
import pytest

from benchmarks.acceptors import bench, lineages, measure, picture, summary, tables
from benchmarks.acceptors.lineages import LINEAGES, Lineage, follow, propose
from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling
from benchmarks.acceptors.rules import RULES, VARIANTS, Evogate, Pace, Promptline
from benchmarks.acceptors.rules.harness_evolve import noise_band
from benchmarks.acceptors.rules.resampling import bootstrap_means, pooled_permutation_p
from benchmarks.acceptors.scenarios import SCENARIOS, Scenario
from evo.gate import GateConfig
from fitness.stats import sign_test, wilson

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def stream(wins=0, losses=0, ties=0, *, passes=True, again=None, **more):
    """Pass/fail pairs in the order wins, losses, ties; ties pass or fail in both arms."""
    champion = np.array([0.0] * wins + [1.0] * losses + [float(passes)] * ties)
    candidate = np.array([1.0] * wins + [0.0] * losses + [float(passes)] * ties)
    again = champion if again is None else again
    return Pairs(champion, candidate, again, len(champion), **more)


def decide(name, pairs, past=(), seed=0):
    return {**RULES, **VARIANTS}[name].decide(pairs, past, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("name", "pairs", "accepted", "used"),
    [
        # One win among three is enough; with a loss beside it, it is not.
        ("gepa", stream(1, 0, 2), True, 3),
        ("gepa", stream(1, 1, 1), False, 3),
        ("gepa", stream(0, 0, 3), False, 3),
        # Mean .1, standard error .0333; t quantile 1.005: above. Half of it: below.
        ("cap-evolve", stream(30, 20, 50), True, 100),
        ("cap-evolve", stream(26, 24, 50), False, 100),
        ("cap-evolve", stream(0, 0, 100), False, 100),
        # P(Bin(10, .5) >= 8) = .0547 and P(>= 9) = .0107.
        ("mcnemar", stream(8, 2, 90), False, 100),
        ("mcnemar", stream(9, 1, 90), True, 100),
        ("mcnemar", stream(0, 0, 100), False, 100),
        # t = 1.4 and 2.2 against 1.66.
        ("t-test", stream(30, 20, 50), False, 100),
        ("t-test", stream(32, 17, 51), True, 100),
        # 1.5**8 = 25.6 is the first power above 20.
        ("pace", stream(20, 0, 0), True, 8),
        ("pace", stream(7, 0, 0), False, 7),
        ("promptline", stream(0, 0, 100), False, 50),
        ("promptline", stream(100, 0, 0), True, 100),
        ("harness-evolve", stream(0, 0, 100), False, 100),
        # Too few pairs that differ.
        ("evogate", stream(9, 0, 291), False, 300),
        ("evogate", stream(0, 0, 300), False, 100),
        ("evogate", stream(0, 60, 240), False, 100),
        # 2**-20 is below .005 * (20 / 300)**2, 2**-10 is above .005 * (10 / 300)**2.
        ("evogate", stream(300, 0, 0), True, 20),
    ],
)
def test_known_answers(name, pairs, accepted, used):
    ruling = decide(name, pairs)
    assert (ruling.accepted, len(ruling.used)) == (accepted, used)


def test_gepa_validated_wants_both():
    pairs = stream(1, 2, 0)  # the minibatch is everything, and lower
    assert not decide("gepa-validated", pairs).accepted
    # Lower on the holdout: some minibatches are higher, none is accepted.
    rulings = [decide("gepa-validated", stream(40, 60), seed=seed) for seed in range(20)]
    assert not any(ruling.accepted for ruling in rulings)
    assert {len(ruling.used) for ruling in rulings} == {3, 100}


def test_self_edit_needs_a_relative_gain_of_five_percent():
    """+4 points on 90 % is less than 5 %; on 10 % it is 40 %, but then p decides."""
    assert not decide("agent-self-edit", stream(40, 0, 960)).accepted
    assert decide("agent-self-edit", stream(60, 0, 940)).accepted
    assert decide("agent-self-edit", stream(40, 0, 960, passes=False)).accepted
    assert not decide("agent-self-edit", stream(0, 0, 100)).accepted


def test_self_edit_ignores_the_pairing():
    """Equal wins and losses, but a champion in the middle makes the pooled scores vary more."""
    high, middle = stream(30, 10, 260), stream(30, 10, 130)
    half = np.concatenate([middle.champion, np.zeros(130)])
    other = Pairs(half, np.concatenate([middle.candidate, np.zeros(130)]), half, 300)
    assert decide("agent-self-edit", high).accepted
    assert not decide("agent-self-edit", other).accepted


def test_the_band_comes_from_the_first_champion():
    """400 examples, 10 % turned over: sd .316, standard error .0158, band .0316."""
    again = np.array([1.0] * 20 + [0.0] * 20 + [1.0] * 360)
    again[:20], again[20:40] = 0.0, 1.0
    champion = np.array([1.0] * 20 + [0.0] * 20 + [1.0] * 360)
    quiet = Pairs(champion, champion, again, 400)
    assert noise_band(quiet) == pytest.approx(2 * math.sqrt(0.1) / 20)
    assert noise_band(stream(0, 0, 400)) == pytest.approx(2 * math.sqrt(3) / 400)
    first = decide("harness-evolve", quiet)
    assert first.repeated == 400
    later = decide("harness-evolve", stream(12, 0, 388), [first])
    assert (later.accepted, later.repeated) == (False, 0)
    assert decide("harness-evolve", stream(13, 0, 387), [first]).accepted


def test_the_permutation_p_value_is_that_of_a_brute_force():
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 2, 40).astype(float), np.ones(40)
    second[:10] = 0.0
    pooled = np.concatenate([first, second])
    observed = abs(second.mean() - first.mean())
    dealt = [rng.permutation(pooled) for _ in range(20_000)]
    found = np.mean([abs(d[:40].mean() - d[40:].mean()) >= observed - 1e-9 for d in dealt])
    assert pooled_permutation_p(first, second) == pytest.approx(found, abs=0.012)
    # The normal limit agrees on graded scores.
    first, second = rng.random(40), rng.random(40) + 0.1
    pooled, observed = np.concatenate([first, second]), abs(second.mean() - first.mean())
    dealt = [rng.permutation(pooled) for _ in range(5_000)]
    found = np.mean([abs(d[:40].mean() - d[40:].mean()) >= observed for d in dealt])
    assert pooled_permutation_p(first, second) == pytest.approx(found, abs=0.025)


def test_both_ways_to_resample_have_the_same_law():
    rng = np.random.default_rng(4)
    few = np.repeat([1.0, -1.0, 0.0], [30, 20, 50])
    many = few + 1e-9 * np.arange(100)
    ends = [np.quantile(bootstrap_means(v, rng), [0.1, 0.5, 0.9]) for v in (few, many)]
    assert ends[0] == pytest.approx(ends[1], abs=0.02)


def test_the_second_half_confirms():
    """A first half that shines and a second that does not: promptline declines."""
    champion = np.array([0.0] * 50 + [1.0] * 50)
    pairs = Pairs(champion, np.ones(100), champion, 100)
    ruling = Promptline().decide(pairs, (), np.random.default_rng(0))
    assert (ruling.accepted, len(ruling.used)) == (False, 100)


def test_pace_holds_its_level_whatever_the_order():
    """Ville: at most .05 of the nulls ever reach 20; far fewer here, so twice that is a bug."""
    draw = BY_NAME["null"].draw
    rulings = [
        Pace().decide(draw(np.random.default_rng([5, i])), (), np.random.default_rng([6, i]))
        for i in range(400)
    ]
    assert sum(ruling.accepted for ruling in rulings) <= 40


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenarios_have_the_effect_they_state(scenario: Scenario):
    drawn = [scenario.draw(np.random.default_rng([7, i])) for i in range(200)]
    means = np.array([pairs.differences.mean() for pairs in drawn])
    stated = {"null": 0.0, "narrow+15-8": 0.035, "narrow+15+0": 0.075}.get(scenario.name)
    if stated is None:
        digits = scenario.name.replace("null", "").replace("-", " ").replace("+", " ").split()
        size = next((int(word) for word in digits if word.isdigit()), 0)
        stated = (-1 if scenario.family == "harmful" else 1) * size / 100
    assert abs(means.mean() - stated) <= 4 * means.std() / math.sqrt(200) + 1e-12
    for pairs in drawn[:5]:
        assert len(pairs.champion) == len(pairs.again) == pairs.size
        for arm in (pairs.champion, pairs.candidate, pairs.again):
            assert np.all((arm >= 0.0) & (arm <= 1.0))
            assert not pairs.pass_fail or set(arm) <= {0.0, 1.0}


def test_clusters_correlate_by_a_half():
    drawn = [BY_NAME["null-clustered"].draw(np.random.default_rng([8, i])) for i in range(200)]
    rows = np.concatenate([pairs.differences.reshape(-1, 4) for pairs in drawn])
    assert np.corrcoef(rows[:, 0], rows[:, 1])[0, 1] == pytest.approx(0.5, abs=0.04)


def test_graded_differences_have_the_stated_spread():
    drawn = np.concatenate(
        [BY_NAME["graded+8"].draw(np.random.default_rng([9, i])).differences for i in range(100)]
    )
    assert drawn.std() == pytest.approx(0.35, abs=0.01)


def test_no_rule_uses_more_examples_than_all_may():
    for scenario in SCENARIOS:
        pairs = scenario.draw(np.random.default_rng(10))
        for name in RULES:
            ruling = decide(name, pairs)
            assert len(ruling.used) <= pairs.size
            assert len(set(ruling.used.tolist())) == len(ruling.used)


def share(found, what="everywhere"):
    return sum(getattr(verdict, what) for verdict in found)


def test_the_bars_of_this_gate_at_small_size():
    """Nothing without an effect beyond its share, nothing harmful, the power that was measured."""
    rules = {"evogate": RULES["evogate"]}
    names = ("null", "null-clustered", "null-skewed", "harmful-5", "planted+12", "narrow+15-8")
    chosen = [BY_NAME[name] for name in names]
    found = measure.measure_decisions(rules, chosen, seeds=[1], size=60, jobs=1)
    hits = {name: share(found[name, "evogate"]) for name in names}
    assert max(hits["null"], hits["null-clustered"], hits["null-skewed"]) <= 3
    assert hits["harmful-5"] == hits["narrow+15-8"] == 0
    assert wilson(hits["planted+12"], 60, 0.999).high >= 0.97
    assert share(found["narrow+15-8", "evogate"], "own") >= 40


def test_the_error_budget_ends_a_line():
    """Ten attempts without a gain, five a shard, then nothing is measured any more."""
    pairs = lineage_pairs(np.random.default_rng(11), gain=-0.1)
    past: list[Ruling] = []
    for index in range(12):
        past.append(decide("evogate", pairs, past, index))
    assert [ruling.refused for ruling in past] == [False] * 10 + [True] * 2
    assert [ruling.shard for ruling in past[:10]] == [0] * 5 + [1] * 5
    assert all(ruling.alpha == pytest.approx(0.005) for ruling in past[:10])
    assert not len(past[-1].used)


def test_a_promotion_retires_its_shard_and_passes_its_share_on():
    pairs = lineage_pairs(np.random.default_rng(12), gain=0.15)
    first = decide("evogate", pairs)
    second = decide("evogate", pairs, [first])
    assert first.accepted
    assert (first.shard, second.shard) == (0, 1)
    assert second.alpha == pytest.approx(0.01)
    apart = decide("evogate-no-recycling", pairs, [first])
    assert apart.alpha == pytest.approx(0.005)
    assert decide("evogate-harmonic", pairs).alpha == pytest.approx(0.05 * 6 / math.pi**2)


def test_what_does_not_look_promising_costs_no_share():
    pairs = lineage_pairs(np.random.default_rng(13), gain=-0.1)
    ruling = decide("evogate-screened", pairs)
    assert (ruling.alpha, ruling.accepted, len(ruling.used)) == (0.0, False, lineages.SEARCH)
    assert ruling.used.min() == lineages.SHARDS * 300  # search examples, never the gate's


def lineage_pairs(rng, gain):
    champion = (rng.random(lineages.SHARDS * 300 + lineages.SEARCH) < 0.5).astype(float)
    candidate, _ = propose(rng, champion, 0.5, gain)
    return Pairs(champion, candidate, champion, 300, search=lineages.SEARCH)


def test_the_true_effect_is_what_a_proposal_does():
    rng = np.random.default_rng(14)
    champion = (rng.random(200_000) < 0.3).astype(float)
    candidate, effect = propose(rng, champion, 0.3, 0.08)
    assert effect == pytest.approx(0.08)
    assert (candidate - champion).mean() == pytest.approx(0.08, abs=0.005)
    assert (candidate != champion).mean() == pytest.approx(0.2, abs=0.005)


class AcceptAll:
    def decide(self, pairs, past, rng):
        return Ruling(True, pairs.holdout, pairs.holdout_gain)


def test_a_course_counts_truth_and_calls():
    line = Lineage("test", 0.5, lambda rng: np.array([0.08, 0.0, -0.05]))
    course = follow(line, AcceptAll(), [1])
    assert (course.promotions, course.false, course.harmful) == (3, 2, 1)
    assert course.true_gain == pytest.approx(0.03)
    # Three candidates on 300 examples; the first champion's 300, and then its scores are known.
    assert (course.calls, course.examples, course.distinct) == (1200, 900, 300)


def test_all_rules_meet_the_same_proposals():
    """The first decision of a line sees the same pairs, whoever decides."""
    seen = []

    class Recorder:
        def decide(self, pairs, past, rng):
            seen.append(pairs.differences.copy())
            return Ruling(False)

    for _ in range(2):
        follow(LINEAGES[1], Recorder(), [3, 4])
    assert len(seen) == 120
    assert all(np.array_equal(a, b) for a, b in zip(seen[:60], seen[60:], strict=True))


SIZES = measure.Sizes(decisions=4, lines=1)


@pytest.fixture(scope="module")
def lines():
    return bench.measure(range(1, 2), SIZES, 1)


def test_the_number_of_processes_changes_nothing(lines):
    assert bench.measure(range(1, 2), SIZES, 2) == lines


def test_every_rule_is_on_every_scenario(lines):
    shown = {(line.task, line.method) for line in lines}
    tasks = [scenario.name for scenario in SCENARIOS] + [lineage.name for lineage in LINEAGES]
    assert {(task, name) for task in tasks for name in RULES} <= shown
    assert {line.bench for line in lines} == {"acceptors"}
    assert all(line.low <= line.value + 1e-12 and line.value <= line.high + 1e-12 for line in lines
               if line.metric in ("promoted", "any_false"))  # fmt: skip


def test_command_prints_json_lines_and_leaves_tables_and_a_picture(
    tmp_path, capsys, monkeypatch, lines
):
    monkeypatch.setattr(bench, "measure", lambda *_: lines)
    bench.main(seeds=1, json=True, out=tmp_path)
    rows = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert len(rows) == len(lines)
    assert {row["method"] for row in rows} == {*RULES, *VARIANTS}
    assert len((tmp_path / "acceptors.jsonl").read_text().splitlines()) == len(rows)
    assert "| evogate |" in (tmp_path / "acceptors.md").read_text()
    assert (tmp_path / "acceptors.png").read_bytes().startswith(b"\x89PNG")
    bench.main(seeds=1)
    assert "Promoted though harmful" in capsys.readouterr().out


def test_no_column_of_the_tables_is_empty(lines):
    for grid in tables.GRIDS:
        for row in tables.rows_of(grid, lines):
            assert all(row)
            assert len(row) == len(grid.columns) + 1


def test_the_picture_shows_what_was_measured(lines):
    for panel in picture.PANELS:
        dots = picture.panel_data(panel, lines)
        assert len(dots) >= len(RULES) - 1
        known = {(line.task, line.method, line.metric): line for line in lines}
        for dot in dots:
            line = known[panel.task, dot.method, panel.metric]
            assert dot.value == pytest.approx(panel.scale * line.value)


def test_shares_get_wilson_intervals():
    found = [measure.Verdict(i < 3, False, 300, 600) for i in range(10)]
    promoted = summary.decision_lines({("null", "x"): found})[0]
    assert (promoted.value, promoted.low, promoted.high) == tuple(wilson(3, 10))
    assert (promoted.n, promoted.calls) == (10, 600)


def test_one_attempt_with_the_whole_budget_is_the_sign_test_at_that_level():
    """What it accepts at the last look alone has a smaller p-value than alpha."""
    rule = Evogate(GateConfig(attempts_budget=1, look_every=300))
    for wins in range(20, 60):
        pairs = stream(wins, 20, 280 - wins)
        accepted = rule.decide(pairs, (), np.random.default_rng(0)).accepted
        assert accepted == (sign_test(wins, 20) <= 0.05)
