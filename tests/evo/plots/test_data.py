"""What the pictures show, without drawing them (R44)."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.plots import Baseline, GateMark, ScorePoint, pareto_data, progress_data

ROOT = Path(__file__).parents[3]


def point(genome_id, quality, cost=50.0, calls=0, **more):
    return ScorePoint(genome_id, quality, more.pop("se", 0.02), cost, 100, calls, **more)


scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
costs = st.sampled_from([10.0, 20.0, 30.0, None, math.inf])
some_points = st.lists(
    st.builds(point, st.sampled_from("abcdefgh"), scores, costs, se=st.just(0.1)), max_size=20
)


def beats(one, other):
    no_worse = one.quality >= other.quality and one.cost <= other.cost
    return no_worse and (one.quality, one.cost) != (other.quality, other.cost)


@given(some_points)
def test_the_front_is_what_nothing_beats(points):
    data = pareto_data(points)
    latest = {p.genome_id: p for p in points}
    shown = [p for p in latest.values() if p.cost is not None and math.isfinite(p.cost)]
    expected = {p.genome_id for p in shown if not any(beats(o, p) for o in shown)}
    assert {p.genome_id for p in data.front} == expected
    assert {p.genome_id for p in data.points} == {p.genome_id for p in shown}
    assert len(data.points) + data.unpriced == len(latest)
    assert [p.cost for p in data.front] == sorted(p.cost for p in data.front)


def test_the_last_measurement_of_a_genome_counts():
    data = pareto_data([point("a", 0.9), point("b", 0.7), point("a", 0.6)])
    assert [p.genome_id for p in data.front] == ["b"]
    assert [p.quality for p in data.dominated] == [0.6]


def test_an_unknown_cost_never_looks_cheap():
    data = pareto_data([point("a", 0.5), point("b", 0.9, None), point("c", 0.9, math.nan)])
    assert [p.genome_id for p in data.points] == ["a"]
    assert data.unpriced == 2


def test_seed_and_champion_are_found_in_front_and_rest():
    data = pareto_data(
        [point("a", 0.5, is_seed=True), point("b", 0.9, 20.0, is_champion=True), point("c", 0.4)]
    )
    assert data.seed.genome_id == "a"
    assert data.champion.genome_id == "b"
    assert data.seed in data.dominated
    assert pareto_data([]).seed is None


def test_the_best_so_far_rises_with_better_genomes():
    data = progress_data(
        [point("b", 0.7, calls=20), point("a", 0.5, calls=10), point("c", 0.6, calls=30)]
    )
    assert [(p.genome_id, p.calls) for p in data.best] == [("a", 10), ("b", 20)]
    assert [p.genome_id for p in data.measured] == ["a", "b", "c"]
    assert data.calls == 30


def test_a_lucky_first_block_does_not_stay_a_record():
    data = progress_data(
        [
            point("a", 0.6, calls=10),
            point("b", 0.9, calls=20),
            point("b", 0.5, calls=30),
            point("c", 0.7, calls=40),
        ]
    )
    assert [(p.genome_id, p.quality, p.calls) for p in data.best] == [
        ("a", 0.6, 10),
        ("b", 0.9, 20),
        ("a", 0.6, 30),
        ("c", 0.7, 40),
    ]


def test_the_picture_reaches_to_the_last_call_of_all():
    base = Baseline("best_of_n", ((10.0, 0.5), (70.0, 0.6)))
    mark = GateMark(90, "REJECT")
    assert progress_data([point("a", 0.5, calls=40)], baselines=[base]).calls == 70
    data = progress_data(
        [], baselines=[base, Baseline("seed", ())], marks=[mark, GateMark(5, "HOLD")]
    )
    assert data.calls == 90
    assert data.baselines == (base,)
    assert [m.calls for m in data.marks] == [5, 90]
    assert data.best == ()


@pytest.mark.parametrize("quality", [math.nan, math.inf])
def test_what_is_no_number_is_left_out(quality):
    assert progress_data([point("a", quality), point("b", 0.5)]).best[0].genome_id == "b"
    assert len(pareto_data([point("a", quality), point("b", 0.5)]).points) == 1


def test_data_needs_no_matplotlib_and_drawing_no_pyplot(tmp_path):
    script = (
        "import sys; from evo.plots import ScorePoint, pareto_data, plot_pareto\n"
        "points = [ScorePoint('a', 0.5, None, 10.0, 1, 1)]\n"
        "pareto_data(points); print('matplotlib' in sys.modules)\n"
        "plot_pareto(points, sys.argv[1]); print('matplotlib.pyplot' in sys.modules)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "front.png")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ended.stdout.split() == ["False", "False"]
