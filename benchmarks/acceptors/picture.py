"""The measurements at a glance: what a rule lets through, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.acceptors.rules import RULES
from benchmarks.lines import Line
from evo.plots import save_figure
from evo.plots.canvas import BLACK, BLUE, GREY, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Panel(NamedTuple):
    """One measurement of all rules; ``scale`` turns it into what the axis shows."""

    title: str
    task: str
    metric: str
    scale: float = 100.0


PANELS: tuple[Panel, ...] = (
    Panel("Any false promotion among\n60 proposals without effect, %", "line-60-null", "any_false"),
    Panel("+15 here, -8 there:\npromoted for both, %", "narrow+15-8", "promoted"),
    Panel("Many tiny gains, rare disasters,\nmean -3: promoted, %", "harmful-3-skewed", "promoted"),
    Panel("True gain of 8 points:\npromoted, %", "planted+8", "promoted"),
    Panel("Examples used to\ndecide on it", "planted+8", "examples", 1.0),
    Panel("True gain after 60 mixed\nproposals, points", "line-60-mixed", "true_gain"),
)
SHOWN = ("evogate", "evogate-screened", *(name for name in RULES if not name.startswith("evogate")))


class Dot(NamedTuple):
    """A value with its interval."""

    method: str
    value: float
    low: float
    high: float


def panel_data(panel: Panel, lines: Sequence[Line]) -> tuple[Dot, ...]:
    """The rules that have the measurement, in the order of ``SHOWN``."""
    found = {line.method: line for line in lines
             if (line.task, line.metric) == (panel.task, panel.metric)}  # fmt: skip
    return tuple(
        Dot(name, *(panel.scale * (value or 0.0) for value in _ends(found[name])))
        for name in SHOWN
        if name in found
    )


def _ends(line: Line) -> tuple[float, float | None, float | None]:
    return line.value, line.low, line.high


def draw(lines: Sequence[Line], path: Path) -> Path:
    """Draws the picture into a file; PNG, SVG or PDF by suffix."""
    return save_figure(figure_of(lines), path)


def figure_of(lines: Sequence[Line]) -> Figure:
    """Six panels, a row a rule in each; this gate is blue."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(9.0, 6.6), dpi=150, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(2, 3, sharey=True)
        for place, panel in zip(axes.flat, PANELS, strict=True):
            _draw_panel(place, panel, panel_data(panel, lines))
        figure.suptitle(
            "Above: less is better. Below: what it costs and what it brings.",
            x=0.01, ha="left", fontsize=10.0,
        )  # fmt: skip
    return figure


def _draw_panel(axes: Axes, panel: Panel, dots: Sequence[Dot]) -> None:
    axes.set_title(panel.title, loc="left", fontsize=9.0)
    axes.set_yticks(range(len(SHOWN)), SHOWN)
    axes.set_ylim(len(SHOWN) - 0.5, -0.5)
    axes.grid(axis="x", color="#E6E6E6", linewidth=0.6)
    axes.set_axisbelow(True)
    for dot in dots:
        row = SHOWN.index(dot.method)
        color = BLUE if dot.method.startswith("evogate") else BLACK
        axes.plot([dot.low, dot.high], [row, row], color=GREY, linewidth=2.2, solid_capstyle="butt")
        axes.plot([dot.value], [row], "o", color=color, markersize=5.0)
    if panel.metric in ("promoted", "any_false"):
        axes.set_xlim(-4.0, 104.0)
    elif panel.metric == "true_gain":
        axes.axvline(0.0, color=GREY, linewidth=0.8)
    else:
        axes.set_xlim(left=0.0)
