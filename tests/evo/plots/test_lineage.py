"""The lineage: who came from whom, and a picture in which nothing lies on anything (R42)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Annotation

from evo.plots import ScorePoint, family, lineage_data, lineage_figure, plot_lineage
from evo.plots.dodge import dodge

OPERATORS = ("resample_demos+swap_template", "swap_instruction", "uniform", "restart", "reflect")


def point(
    genome_id: str, quality: float = 0.5, calls: int = 0, *parents: str, **more
) -> ScorePoint:
    return ScorePoint(genome_id, quality, 0.03, 60.0, 100, calls, parents=parents, **more)


def tree(seed: int, generations: int, children: int) -> list[ScorePoint]:
    """A run: the best four breed, qualities are steps of 1/150."""
    rng = np.random.default_rng(seed)
    start = point("seed", 0.61, 150, operator="seed", is_seed=True, key="k0")
    points = [start, replace(start, genome_id="fitted", quality=0.66, is_seed=False)]
    for generation in range(1, generations + 1):
        parents = sorted(points[1:], key=lambda one: -one.quality)[:4]
        for number in range(children):
            operator = OPERATORS[rng.integers(5)]
            count = {"restart": 0, "uniform": 2}.get(operator, 1)
            chosen = [parents[i] for i in rng.permutation(len(parents))[:count]]
            base = chosen[0].quality if chosen else 0.6
            quality = round((base + rng.normal(0.0, 0.03)) * 150) / 150
            name = f"{generation:02d}{number:02d}" * 16
            points.append(point(name, quality, 150 + 170 * generation,
                                *(one.genome_id for one in chosen),
                                operator=operator, key=name))  # fmt: skip
    best = max(points, key=lambda one: one.quality)
    return [replace(one, is_champion=one is best) for one in points]


@given(
    st.lists(
        st.builds(
            lambda name, quality, calls, parents, key, champion: point(
                name, quality, calls, *parents, key=key, is_champion=champion, operator="swap_cue"
            ),
            st.sampled_from("abcdefgh"),
            st.sampled_from([0.1, 0.5, float("nan")]),
            st.integers(0, 3),
            st.lists(st.sampled_from("abcdefghz"), max_size=2),
            st.sampled_from([None, "k", "l"]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_a_store_says_there_is_no_circle(points: list[ScorePoint]) -> None:
    data = lineage_data(points)
    for index, node in enumerate(data.nodes):
        assert all(parent < index for parent in node.parents)
        if node.ancestral:
            assert all(data.nodes[parent].ancestral for parent in node.parents)
    keys = [node.point.key or node.point.genome_id for node in data.nodes]
    assert len(keys) == len(set(keys))
    assert all(node.column < len(data.calls) for node in data.nodes)
    assert list(data.calls) == sorted(set(data.calls))


def test_the_champions_ancestry_and_nothing_else_is_marked() -> None:
    data = lineage_data(
        [
            point("s", 0.5, 0, operator="seed"),
            point("a", 0.6, 10, "s", operator="swap_cue"),
            point("b", 0.6, 10, "s", operator="swap_cue"),
            point("c", 0.7, 20, "a", operator="swap_cue", is_champion=True),
            point("d", 0.8, 20, "c", operator="swap_cue"),
        ]
    )
    assert [node.point.genome_id for node in data.nodes if node.ancestral] == ["s", "a", "c"]
    assert data.edges == ((0, 1), (0, 2), (1, 3), (3, 4))


def test_a_parent_is_found_by_its_call_when_its_reading_was_fitted_anew() -> None:
    data = lineage_data(
        [
            point("a1", 0.6, 10, key="a", operator="restart"),
            point("b", 0.7, 20, "a1", key="b", operator="swap_cue"),
            point("a2", 0.65, 10, key="a", operator="restart"),
        ]
    )
    assert [node.point.genome_id for node in data.nodes] == ["a2", "b"]
    assert data.edges == ((0, 1),)
    assert data.unknown == 0


def test_the_start_stands_beside_itself_with_a_fitted_reading() -> None:
    data = lineage_data(
        [
            point("s", 0.5, 10, key="s", operator="seed", is_seed=True),
            point("f", 0.6, 10, key="s", operator="seed"),
            point("c", 0.7, 20, "f", key="c", operator="swap_cue"),
        ]
    )
    assert [node.family for node in data.nodes] == ["seed", "reading", "edit"]
    assert data.edges == ((0, 1), (1, 2))


def test_a_candidate_and_its_limited_form_are_one_node() -> None:
    candidate = point("c", 0.7, 20, "s", key="k", operator="swap_cue")
    limited = replace(candidate, genome_id="limited", is_champion=True)
    data = lineage_data([point("s", 0.5, 0, operator="seed"), candidate, limited])
    assert [node.point.genome_id for node in data.nodes] == ["s", "limited"]


def test_parents_without_a_record_are_counted() -> None:
    data = lineage_data([point("a", 0.5, 0, "gone", "lost")])
    assert (data.edges, data.unknown) == ((), 2)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("seed", "seed"),
        ("restart", "restart"),
        ("mix_demos", "crossover"),
        ("add_demo", "demonstrations"),
        ("resample_demos+swap_template", "demonstrations"),
        ("swap_template+add_demo", "edit"),
        ("reflection", "other"),
        (None, "other"),
    ],
)
def test_families(operator: str | None, expected: str) -> None:
    assert family(operator) == expected


@given(st.lists(st.floats(0.0, 1.0), max_size=40), st.floats(0.01, 0.5))
def test_markers_of_one_slot_are_apart(heights: list[float], size: float) -> None:
    slots = dodge(heights, size)
    for (a, one), (b, other) in itertools.combinations(zip(heights, slots, strict=True), 2):
        assert one != other or abs(a - b) >= size
    assert not heights or slots[0] == 0


@pytest.mark.parametrize("points", [tree(0, 3, 4), tree(1, 8, 6), tree(2, 4, 20)])
def test_markers_do_not_lie_on_each_other(points: list[ScorePoint]) -> None:
    figure = lineage_figure(lineage_data(points))
    axes = figure.axes[0]
    figure.draw_without_rendering()
    markers = [
        (line, axes.transData.transform(line.get_xydata())[0])
        for line in axes.lines
        if len(line.get_xydata()) == 1 and line.get_marker() not in ("*", "None")
    ]
    assert len(markers) >= len(points) - 3
    for (one, a), (_, b) in itertools.combinations(markers, 2):
        size = one.get_markersize() * figure.dpi / 72
        assert max(abs(a - b)) >= 0.99 * size


@pytest.mark.parametrize("points", [tree(0, 3, 4), tree(1, 8, 6), tree(2, 4, 20)])
def test_labels_cover_neither_each_other_nor_the_edge(points: list[ScorePoint]) -> None:
    figure = lineage_figure(lineage_data(points))
    figure.draw_without_rendering()
    labels = [t for t in figure.axes[0].texts if isinstance(t, Annotation) and t.get_text()]
    shown = [label.get_text() for label in labels]
    assert any(text.startswith("champion 0.") for text in shown)
    assert any(text.startswith("seed 0.") for text in shown)
    boxes = [label.get_window_extent() for label in labels]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other), shown
    inside = figure.axes[0].bbox
    assert all(inside.x0 <= box.x0 and box.x1 <= inside.x1 for box in boxes)
    assert figure.legends[0].get_window_extent().y1 <= inside.y0


def test_a_long_run_gets_a_wider_picture() -> None:
    short, long = (lineage_figure(lineage_data(tree(1, n, 2))) for n in (3, 24))
    assert short.get_figwidth() == 7.0 < long.get_figwidth() <= 14.0


def test_equal_data_give_equal_bytes(tmp_path) -> None:
    one, other = (plot_lineage(tree(1, 3, 4), tmp_path / name) for name in ("a.svg", "b.svg"))
    assert one.read_bytes() == other.read_bytes()
    assert plot_lineage([], tmp_path / "none.png").stat().st_size > 5000
