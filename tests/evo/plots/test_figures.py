"""Pictures: readable, the same bytes for the same data, and no surprise about files (R45)."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.text import Annotation

from evo.plots import (
    Baseline,
    GateMark,
    ScorePoint,
    pareto_data,
    pareto_figure,
    plot_pareto,
    plot_progress,
    progress_data,
    progress_figure,
)
from genomes.errors import ConfigError

BASELINES = (
    Baseline("seed", ((0, 0.6),)),
    Baseline("reading", ((0, 0.68),)),
    Baseline("best_of_n", ((200, 0.61), (900, 0.7))),
)
MARKS = (GateMark(500, "REJECT"), GateMark(500, "INDECISIVE"), GateMark(900, "PROMOTE"))


def cloud(seed: int, size: int = 50) -> list[ScorePoint]:
    rng = np.random.default_rng(seed)
    costs = rng.choice([45.0, 60.0, 120.0, 200.0], size) + rng.normal(0.0, 6.0, size)
    quality = 0.5 + 0.05 * np.log(costs / 40.0) + rng.normal(0.0, 0.06, size)
    points = [
        ScorePoint(f"{seed:02d}{i:02d}" * 16, float(q), float(s), float(c), 100, 20 * i, "swap")
        for i, (q, c, s) in enumerate(
            zip(quality, costs, rng.uniform(0.02, 0.06, size), strict=True)
        )
    ]
    points[0] = replace(points[0], is_seed=True)
    best = max(points, key=lambda p: p.quality)
    return [replace(p, is_champion=p is best) for p in points]


def staircase(steps: int) -> list[ScorePoint]:
    return [
        ScorePoint(f"{i:02d}" * 32, 0.6 + 0.008 * i, 0.02, 60.0 + 2 * i, 1, i,
                   is_seed=i == 0, is_champion=i == steps - 4)
        for i in range(steps)
    ]  # fmt: skip


def texts(figure) -> list[Annotation]:
    figure.draw_without_rendering()
    return [
        text for text in figure.axes[0].texts if isinstance(text, Annotation) and text.get_text()
    ]


@pytest.mark.parametrize("points", [*map(cloud, range(6)), staircase(16), staircase(5)])
def test_labels_cover_neither_each_other_nor_the_edge(points):
    figure = pareto_figure(pareto_data(points))
    labels = texts(figure)
    shown = [label.get_text() for label in labels]
    assert any(text.startswith("champion 0.") for text in shown)
    assert any(text.startswith("seed 0.") for text in shown)
    boxes = [label.get_window_extent() for label in labels]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other), shown
    inside = figure.axes[0].bbox
    for box in boxes:
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1
        assert inside.y0 <= box.y0
        assert box.y1 <= inside.y1


@pytest.mark.parametrize("points", [*map(cloud, range(3)), staircase(16)])
def test_labels_of_the_front_cover_no_point(points):
    figure = pareto_figure(pareto_data(points))
    axes = figure.axes[0]
    labels = texts(figure)
    pixels = axes.transData.transform([(p.cost, p.quality) for p in points])
    for label in labels:
        if label.get_text().startswith(("seed", "champion")):
            continue
        box = label.get_window_extent()
        assert not any(box.contains(x, y) for x, y in pixels), label.get_text()


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pareto_figure(pareto_data(cloud(1))),
        lambda: progress_figure(progress_data(cloud(1), baselines=BASELINES, marks=MARKS)),
    ],
    ids=["pareto", "progress"],
)
def test_the_legend_is_outside_of_the_axes_and_inside_the_picture(figure):
    figure = figure()
    figure.draw_without_rendering()
    box = figure.legends[0].get_window_extent()
    assert box.y1 <= figure.axes[0].bbox.y0
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1


def test_seed_champion_front_and_rest_are_in_the_legend():
    figure = pareto_figure(pareto_data(cloud(1)))
    names = {text.get_text().split(" ")[0] for text in figure.legends[0].get_texts()}
    assert names == {"seed", "champion", "front", "dominated"}


def test_every_baseline_and_verdict_is_in_the_legend_once():
    figure = progress_figure(progress_data(cloud(1), baselines=BASELINES, marks=MARKS))
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    for name in ("seed", "reading alone", "best of N", "gate: REJECT", "gate: PROMOTE"):
        assert names.count(name) == 1


def test_a_seed_in_force_is_one_mark():
    only = replace(cloud(1)[0], is_champion=True, is_seed=True)
    figure = pareto_figure(pareto_data([only]))
    assert [text.get_text() for text in texts(figure)] == [f"seed = champion {only.quality:.3f}"]


@pytest.mark.parametrize("se", [None, math.inf, math.nan, 0.0])
def test_an_unknown_error_has_no_bar(tmp_path, se):
    points = [replace(point, quality_se=se) for point in cloud(2, 5)]
    assert plot_pareto(points, tmp_path / "a.png").stat().st_size > 5000
    assert plot_progress(points, tmp_path / "b.png").stat().st_size > 5000


@pytest.mark.parametrize("points", [[], [replace(cloud(1)[0], cost=None)], cloud(1)[:1]])
def test_little_data_still_gives_a_picture(tmp_path, points):
    plot_pareto(points, tmp_path / "a.svg")
    plot_progress(points, tmp_path / "b.svg", baselines=BASELINES)
    assert (tmp_path / "b.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("suffix", "magic"),
    [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("PNG", b"\x89PNG")],
)
def test_the_suffix_decides_and_equal_data_give_equal_bytes(tmp_path, suffix, magic):
    drawn = []
    for name in ("one", "two"):
        path = plot_pareto(cloud(1, 6), tmp_path / name / f"front.{suffix}")
        drawn.append(path.read_bytes())
    assert drawn[0].startswith(magic)
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("name", ["front.jpg", "front", "front.html"])
@pytest.mark.parametrize("plot", [plot_pareto, plot_progress])
def test_another_suffix_is_refused_before_drawing(tmp_path, plot, name):
    with pytest.raises(ConfigError, match="cannot draw") as caught:
        plot(cloud(1, 6), tmp_path / name)
    assert caught.value.remedy == "use one of: .png, .svg, .pdf"
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ConfigError, match="cannot write the picture"):
        plot_pareto(cloud(1, 6), tmp_path / "folder.png")


def test_the_callers_settings_are_left_alone(tmp_path):
    before = dict(mpl.rcParams)
    plot_pareto(cloud(1, 6), tmp_path / "a.png")
    assert dict(mpl.rcParams) == before


def test_costs_far_apart_are_drawn_on_a_log_axis():
    near, far = cloud(1, 6), [replace(p, cost=20.0 * 3.0**i) for i, p in enumerate(cloud(1, 6))]
    assert pareto_figure(pareto_data(near)).axes[0].get_xscale() == "linear"
    assert pareto_figure(pareto_data(far)).axes[0].get_xscale() == "log"
