"""Figures without pyplot: no global state, no window system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genomes.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008): told apart with any colour vision; brown is for text, where orange is pale.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "red": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "grey": "#8C8C8C",
    "black": "#333333",
    "brown": "#8F5F00",
}
"""Name to colour; a page may show the same picture in other colours by these names."""

BLUE, ORANGE, RED, GREEN = (PALETTE[name] for name in ("blue", "orange", "red", "green"))
PURPLE, SKY, GREY = (PALETTE[name] for name in ("purple", "sky", "grey"))
BLACK, BROWN = PALETTE["black"], PALETTE["brown"]

# Equal data give equal bytes: no date, no random ids.
_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
_STYLE: Any = {
    "svg.hashsalt": "evogate",
    "font.size": 9.0,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlepad": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


@contextmanager
def style() -> Iterator[None]:
    """Our settings of matplotlib, and the caller's again afterwards."""
    from matplotlib import rc_context

    with rc_context(_STYLE):
        yield


def new_figure(title: str, x: str, y: str) -> tuple[Figure, Axes]:
    """An empty figure of 7 x 4.8 inches with one pair of axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.8), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color="#E6E6E6", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def add_legend(figure: Figure, columns: int = 4) -> None:
    """A legend below the axes, where it covers nothing."""
    figure.legend(loc="outside lower center", ncols=columns, handlelength=1.8, columnspacing=1.4)


def check_suffix(path: Path) -> str:
    """The suffix of a picture's file.

    Raises:
        ConfigError: No picture can be written in that form.
    """
    suffix = path.suffix.lower()
    if suffix not in _METADATA:
        raise ConfigError(
            f"cannot draw a {suffix or 'file without suffix'!r}",
            where=str(path),
            remedy=f"use one of: {', '.join(_METADATA)}",
        )
    return suffix


def save_figure(figure: Figure, path: Path | str) -> Path:
    """Writes PNG, SVG or PDF by suffix; missing folders are made.

    Raises:
        ConfigError: Another suffix, or the file cannot be written.
    """
    target = Path(path)
    suffix = check_suffix(target)
    drawn = BytesIO()
    with style():
        figure.savefig(drawn, format=suffix[1:], metadata=_METADATA[suffix])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(drawn.getvalue())
    except OSError as error:
        raise ConfigError(
            f"cannot write the picture: {error.strerror}", where=str(target)
        ) from error
    return target
