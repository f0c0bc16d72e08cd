"""What the commands of ``evogate gate`` print; readable on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from evo.cli.records import narrow_lines

if TYPE_CHECKING:
    from evo.aa import Noise
    from evo.gate.course import CoursePoint
    from evo.gate.explain import Explanation
    from evo.gate.outlook import AttemptOutlook
    from evo.pages import RungRow

_WIDTH = 80
_SHORT = 12
_ROWS = 10
_RUNGS = {
    "identity": "identity",
    "disagreement": "comparing answers",
    "must_pass": "each one alone",
    "score_test": "score test",
    "eprocess": "betting e-process",
    "limit": "confidence bound",
}


def explanation_lines(found: Explanation) -> Iterator[str]:
    """An attempt, from the verdict to what more examples could decide."""
    plan = found.plan
    yield f"attempt {plan.attempt_id} of run {found.run_id}: {found.verdict}"
    yield from _wrapped(found.reason, "  ")
    yield f"candidate {plan.candidate_id[:_SHORT]}, champion {plan.champion_id[:_SHORT]}"
    yield f"plan {found.plan_hash[:_SHORT]}, written down {_time(found.registered)}"
    yield ""
    yield from _gain_lines(found)
    yield from _table("the gain at each look", *_course(found.course))
    yield from _rung_lines(found)
    yield from _budget_lines(found)


def _gain_lines(found: Explanation) -> Iterator[str]:
    plan, decision = found.plan, found.decision
    units = "clusters" if plan.clustered else "examples"
    tests = {"sign": "exact sequential sign test", "eprocess": "betting e-process"}
    name = "betting e-process" if plan.primary == "cost" else tests[plan.test]
    what = f"cost ({plan.cost})" if plan.primary == "cost" else "quality"
    yield f"gain in {what}, {name} over {units}, domain {plan.domain}"
    yield f"  used {found.used} of {plan.n} examples"
    if decision is None:
        return
    counts = (decision.wins, decision.losses, decision.ties, decision.missing)
    won, lost, tied, missing = counts
    of = "in score: " if plan.primary == "cost" else ""
    yield f"  {of}{won} won, {lost} lost, {tied} tied, {missing} missing"
    if (effect := decision.effect) is not None:
        kinds = {"repeated": "repeated", "betting": "anytime", "tango": "score"}
        yield (
            f"  {'score' if plan.primary == 'cost' else 'gain'} {effect.estimate:+.3f}, "
            f"{kinds[effect.method]} {100 * effect.level:.3g} % interval {effect.low:+.3f} to "
            f"{effect.high:+.3f}"
        )
    if (saving := decision.saving) is not None:
        yield (
            f"  {saving.cost} {saving.candidate:.4g} instead of {saving.champion:.4g}: "
            f"{saving.estimate:+.1%} saved a pair, at least {saving.low:+.1%}"
        )
    if decision.minimum_detectable is not None:
        yield (
            f"  with so many different pairs the plan finds {decision.minimum_detectable:+.3f} "
            "with 80 % power"
        )


def _course(points: Sequence[CoursePoint]) -> tuple[Sequence[str], list[Sequence[object]]]:
    columns = ("examples", "won", "lost", "missing", "gain", "low", "high", "boundary", "")
    picked = [p for i, p in enumerate(points) if _is_shown(i, len(points)) or p.futility]
    return columns, [
        (
            *(point.examples, point.wins, point.losses, point.missing),
            *(_signed(value) for value in (point.estimate, point.low, point.high, point.boundary)),
            "promotes" if point.crossed else "stops if no gain" if point.futility else "",
        )
        for point in picked
    ]


def _is_shown(index: int, count: int) -> bool:
    """The last look, and from it backwards so many that about ten are shown."""
    step = -(-count // _ROWS)
    return (count - 1 - index) % step == 0


def _rung_lines(found: Explanation) -> Iterator[str]:
    from evo.pages.rungs import rung_rows

    rows = rung_rows(found)
    if not rows:
        yield ""
        yield "nothing else had to hold: no regression suite, no hard limit"
        return
    yield ""
    yield "what had to hold beside the gain, in this order"
    for row in rows:
        yield from _rung(row)
    decision = found.decision
    if decision is not None and decision.promoted_id not in (None, found.plan.candidate_id):
        yield f"promoted for domain {found.plan.domain} alone, as planned"


def _rung(row: RungRow) -> Iterator[str]:
    by = "" if row.rung is None else f", by {_RUNGS.get(row.rung, row.rung)}"
    yield f"  {row.what}: {row.status}{by}"
    counts = [
        *([] if row.n is None else [f"{row.n} pair{'s' if row.n != 1 else ''}"]),
        *(
            f"{count} {name}"
            for count, name in ((row.won, "won"), (row.lost, "lost"), (row.missing, "missing"))
            if count is not None
        ),
    ]
    limits = [
        *([] if row.margin is None else [f"margin {row.margin:.3g}"]),
        *([] if row.p is None else [f"p {row.p:.3f}"]),
        *([] if row.bound is None else [f"bound {row.bound:+.3f}"]),
    ]
    if row.rung == "limit":
        counts = [f"{row.n} examples"]
        limits = [
            f"limit {row.margin:.4g}",
            *([] if row.bound is None else [f"bound {row.bound:.4g}"]),
        ]
    if row.rung == "disagreement":
        counts = [f"{row.lost} of {row.n} answers differ"]
    if counts or limits:
        yield from _wrapped("; ".join(", ".join(one) for one in (counts, limits) if one), "    ")
    if row.reason and (row.tone != "good" or not limits):
        yield from _wrapped(row.reason, "    ")


def _budget_lines(found: Explanation) -> Iterator[str]:
    from evo.gate.more import more_lines
    from evo.pages.words import budget_text

    yield ""
    yield from _wrapped(budget_text(found.budget), "")
    lines = list(more_lines(found.more))
    if lines:
        yield "what more examples could decide, if what was seen is the truth:"
        for line in lines:
            yield from _wrapped(line, "  ")
        yield from _wrapped(
            "A candidate that was picked from many looks better than it is: plan for more. A new "
            "attempt uses unseen examples only: add some, and set gate.n.", "  "
        )  # fmt: skip
    elif found.verdict == "HOLD":
        yield "more examples could decide; nothing here says how many"
    elif found.verdict == "REJECT":
        yield "more examples decide nothing: this candidate is not tested again"
    elif found.verdict == "INDECISIVE":
        yield "evidence is missing, not examples: see the reason above"


def outlook_lines(found: AttemptOutlook) -> Iterator[str]:
    """A plan of an attempt."""
    yield (
        f"attempt {found.attempt} of a budget for {found.attempts} ({found.past} made): "
        f"error share {found.alpha:.3g}"
    )
    if found.alpha <= 0.0:
        yield "no share is left: nothing can be promoted by this attempt"
    what = "clusters" if found.clustered else "examples"
    name = {"sign": "exact sequential sign test", "eprocess": "betting e-process"}[found.test]
    yield f"{found.n} examples, {found.looks} looks, {name} over {what}"
    yield f"at most {found.max_calls} calls, all arms and regression suites"
    yield f"shards of this size: {found.shards}, {found.fresh_shards} of them fresh"
    if found.available < found.n:
        yield from _wrapped(
            f"one attempt has {found.available} unseen gate examples now, not {found.n}: add "
            f"{found.n - found.available}", "",
        )  # fmt: skip
    if not found.sizes:
        return
    shares = tuple(f"{share:.0%} differ" for share in found.shares)
    if found.primary == "cost":
        title = "chance that equal quality is shown to be not worse"
        cells = [[f"{chance:.2f}" for chance in one.equal_passes] for one in found.sizes]
    else:
        title = "smallest true gain found with 80 % power, where so many pairs differ"
        cells = [[_signed(d.difference) or "none" for d in one.detectable] for one in found.sizes]
    rows = [
        (one.n, *values, "this plan" if one.n == found.n else "")
        for one, values in zip(found.sizes, cells, strict=True)
        if values
    ]
    yield from _table(title, ("examples", *shares, ""), rows)


def noise_lines(found: Noise) -> Iterator[str]:
    """What the champion does to itself."""
    yield f"{found.name}: {found.genome_id[:_SHORT]} against itself"
    if found.fixed:
        yield from _wrapped(
            "Both arms are equal by construction: an equal prompt always gets an equal answer "
            "here, so every difference at the gate is one of the prompts.", "",
        )  # fmt: skip
        if not found.n:
            yield "nothing was bought; verify it with --verify 5"
        else:
            yield f"{found.different} of {found.n} answers differ ({found.bought} calls bought)"
        if found.different:
            yield from _wrapped(
                "The answers change all the same, so what the gate takes for safe by identity was "
                "never measured: make the model deterministic, or declare agent.stateless: false.",
                "",
            )  # fmt: skip
        return
    yield (
        f"{found.n} search examples, each arm asked {found.repeat} times; "
        f"{found.bought} calls bought, the rest was stored"
    )
    yield f"{found.different} of {found.pairs + found.missing} answers differ"
    if found.missing:
        yield f"{found.missing} pairs are missing"
    if found.discordance is None or found.difference is None:
        yield "no pair was measured"
        return
    yield f"discordance: the scores of {found.discordance:.1%} of the pairs differ"
    ends = "" if found.low is None else f" (95 %: {found.low:+.3f} to {found.high:+.3f})"
    yield f"mean difference {found.difference:+.3f}{ends}; the truth is 0"
    if found.promoted is not None:
        yield (
            f"the gate's rule at its share of {found.alpha:.3g} promoted "
            f"{round(found.promoted * found.replays)} of {found.replays} replays in random order"
        )
    if found.detectable is not None:
        yield from _wrapped(
            f"where no more pairs differ than by this noise, gate.n examples find a gain of "
            f"{found.detectable:+.3f} with 80 % power", "",
        )  # fmt: skip
    elif found.promoted is not None:
        yield from _wrapped(
            "where no more pairs differ than by this noise, gate.n examples find no gain with "
            "80 % power", "",
        )  # fmt: skip


def _table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    below: Sequence[str] = (),
) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield from narrow_lines(columns, rows, below, _WIDTH)


def _signed(value: float | None) -> str | None:
    return None if value is None else f"{value:+.3f}"


def _time(stamp: str | None) -> str:
    from evo.pages.words import time_text

    return time_text(stamp) or "at an unknown time"


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
