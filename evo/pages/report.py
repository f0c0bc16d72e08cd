"""The report of a run as one self-contained file: no network, no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evo.gate.more import more_lines
from evo.pages.content import Content, facts, headline, report_content
from evo.pages.rungs import rung_rows
from evo.pages.svg import inline_svg
from evo.pages.words import budget_text, interval_text, money_text, time_text
from evo.plots import FAMILIES
from evo.plots.course import course_data, course_figure
from evo.plots.lineage import lineage_figure
from evo.plots.lineage_data import lineage_data
from evo.plots.pareto import pareto_data, pareto_figure
from evo.plots.progress import progress_data, progress_figure
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from jinja2 import Environment

    from evo.gate.explain import Explanation
    from evo.pages.records import RunRecords
    from evo.storage import Store

SECTIONS = (
    ("audit", "Champion against seed"),
    ("gate", "Gate attempts"),
    ("changes", "What the champion changed"),
    ("progress", "Best so far"),
    ("front", "Pareto front"),
    ("lineage", "Lineage"),
    ("gaps", "Gaps"),
    ("operators", "Operators"),
    ("hypotheses", "Hypotheses"),
    ("spending", "Spending"),
)
"""(anchor, title) of the sections, in order."""

_TONE = {
    "PROMOTE": "good",
    "REJECT": "bad",
    "HOLD": "warn",
    "INDECISIVE": "warn",
    "held": "good",
    "better": "good",
    "fell short": "bad",
    "worse": "bad",
}
_SHOWN = 20
_MANY = 14  # columns from which the lineage is drawn wider than the other pictures


def write_report(store: Store, run: str, path: Path | str) -> Path:
    """Writes the report of one run; missing folders are made.

    Equal records give equal bytes: no date of writing is in it.

    Args:
        store: The workspace store.
        run: Id of the run, its beginning, or ``latest``.
        path: The file.

    Raises:
        ConfigError: There is no such run, or the file cannot be written.
    """
    target = Path(path)
    text = report_html(report_content(store, run))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"cannot write the report: {error.strerror}", where=str(target)
        ) from error
    return target


def report_html(content: Content) -> str:
    """The page. All text that comes from models, data or users is escaped."""
    from markupsafe import Markup

    environment = _environment()
    columns = len(lineage_data(content.run.history).calls)
    style = environment.get_template("style.jinja").render()
    return environment.get_template("report.jinja").render(
        **{name: getattr(content, name) for name in Content.__dataclass_fields__},
        style=Markup(style),  # noqa: S704 (ours)
        policy=_policy(style),
        headline=headline(content),
        facts=tuple(facts(content)),
        promoted=content.promoted,
        sections=SECTIONS,
        pictures={name: Markup(svg) for name, svg in _drawn(content).items()},  # noqa: S704
        broad=columns > _MANY,
        names=FAMILIES,
        tone=_TONE,
        shown=_SHOWN,
        interval=interval_text,
        rungs=rung_rows,
        more=more_lines,
        budget=budget_text,
    )


def _drawn(content: Content) -> Mapping[str, str]:
    return {**pictures(content.run), **attempt_pictures(content.explained)}


def attempt_pictures(attempts: Sequence[Explanation]) -> Mapping[str, str]:
    """``attempt-1``, ``attempt-2``, ...: the course of each attempt that measured anything."""
    return {
        f"attempt-{number}": inline_svg(
            course_figure(course_data(one)),
            f"attempt-{number}",
            f"Gain with its interval at {len(one.course)} looks; {one.verdict}",
        )
        for number, one in enumerate(attempts, start=1)
        if one.course
    }


def pictures(records: RunRecords) -> Mapping[str, str]:
    """The pictures of ``evogate plot`` as elements of the page."""
    progress = progress_data(records.points, baselines=records.baselines, marks=records.marks)
    lineage = lineage_data(records.history)
    front = pareto_data(records.points)
    return {
        "progress": inline_svg(
            progress_figure(progress, title=""),
            "progress",
            f"Best quality so far against calls; {len(progress.measured)} genomes measured",
        ),
        "pareto": inline_svg(
            pareto_figure(front, title=""),
            "pareto",
            f"Quality against cost; {len(front.front)} genomes on the front, "
            f"{len(front.dominated)} dominated",
        ),
        "lineage": inline_svg(
            lineage_figure(lineage, title=""),
            "lineage",
            f"Lineage of {len(lineage.nodes)} genomes in {len(lineage.calls)} generations",
        ),
    }


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure": _figure, "money": money_text, "time": time_text}
    return environment


def _figure(value: Any, form: str) -> str | None:
    """A number in printf form; ``None`` stays, for the page's dash."""
    return None if value is None else form % value


def _policy(style: str) -> str:
    """Nothing may be loaded or run, and no style but ours applies."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
