"""What a run says before it starts and after it has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evo.forecast import Forecast, PartForecast
    from evo.gate import Preflight
    from evo.run import Estimate


def gate_lines(outlook: Preflight) -> Iterator[str]:
    """What the gate can still do and detect, in plain sentences."""
    if not outlook.attempts_left:
        yield "gate: no attempt is left; what would decide is used up, so nothing can be promoted"
        return
    yield (
        f"gate: {outlook.attempts_left} attempts left, {outlook.n} unseen examples each, "
        f"error share {outlook.alpha:.3g}; {outlook.fresh_shards} of {outlook.shards} shards "
        f"fresh; at most {outlook.max_calls} calls an attempt"
    )
    for one in outlook.detectable:
        if one.difference is None:
            found = "finds no gain with 80 % power"
        else:
            found = f"finds a gain of {one.difference:+.3f} with 80 % power"
        yield f"  {found} where {one.discordance:.0%} of the answers differ"
    for part in outlook.regressions:
        yield (
            f"  {part.suite}: {part.n} examples, margin {part.margin:.3g}; a harmless change "
            f"passes with probability {part.harmless_passes:.2f}"
        )


def show_estimate(estimate: Estimate) -> None:
    """Prints what a run would cost and what its gate could find."""
    from evo.cli.output import emit, emit_table, note

    parts = estimate.allotment
    total = "unlimited" if parts.total is None else f"at most {parts.total}"
    emit(f"{estimate.name}: {total} calls; what is stored already costs nothing")
    columns = ("", "calls, at most", "tokens, about", "money, about", "seconds, about")
    emit_table(columns, (_part(part) for part in estimate.costs.parts))
    emit(f"one attempt at the gate: up to {parts.attempt} calls")
    for line in _basis(estimate.costs):
        emit(line)
    for line in gate_lines(estimate.gate):
        emit(line)
    for finding in estimate.warnings:
        note(f"warning: {finding.line()}")


def _part(part: PartForecast) -> tuple[object, ...]:
    from evo.pages.words import money_text

    calls = "unlimited" if part.calls is None else part.calls
    figures = (part.tokens, money_text(part.money), _whole(part.seconds))
    return (part.purpose, calls, *("unknown" if figure is None else figure for figure in figures))


def _basis(costs: Forecast) -> Iterator[str]:
    if costs.basis == "run":
        yield "tokens, money and seconds: as a call took in the latest run with these models"
    else:
        yield "tokens: four bytes each in the seed's prompts, and replies of full length"
    if costs.proposals:
        yield (
            "the model of proposals shares the calls of the search; its prompts are longer, and "
            "its price may be another"
        )


def show_result(summary: Mapping[str, Any]) -> None:
    """Prints the summary of a run (``Result.summary``): scores, attempts, files, what is next."""
    from evo.cli.output import emit, emit_table

    emit(f"\nrun {summary['run']}: {summary['status']}, {summary['reason']}")
    columns = ("", "score (95 %)", "examples", "against the seed (95 %)", "calls", "tokens", "s")
    title = "On audit examples, which neither search nor gate has seen"
    emit_table(columns, (_arm(arm) for arm in summary["arms"]), title=title)
    for line in (*_written(summary), *_attempts(summary), *_files(summary)):
        emit(line)


def end(summary: Mapping[str, Any]) -> None:
    """Ends the command with the code for what waits for a person, and says what to do.

    Raises:
        Exit: A promotion waits for approval.
    """
    import typer

    from evo.champion.approval import remedy
    from evo.cli.exit_codes import PENDING
    from evo.cli.output import note

    if summary["status"] == "pending":
        attempt = summary["gate"][-1]["attempt"]
        note(f"attempt {attempt} waits for approval: {remedy(attempt)}")
        raise typer.Exit(PENDING)


def _arm(arm: Mapping[str, Any]) -> tuple[object, ...]:
    gain = _interval(arm["difference"], arm["difference_low"], arm["difference_high"], sign="+")
    score = _interval(arm["score"], arm["low"], arm["high"])
    spent = (arm["calls"], arm["tokens"], _whole(arm["seconds"]))
    return (arm["name"], score, arm["n"], gain, *spent)


def _whole(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:.0f}"


def _interval(
    value: float | None, low: float | None, high: float | None, *, sign: str = ""
) -> str | None:
    if value is None or low is None or high is None:
        return None
    return f"{value:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def _written(summary: Mapping[str, Any]) -> Iterator[str]:
    """What came of asking a model for proposals, refused replies included."""
    for operator, row in summary.get("written", {}).items():
        counts = ", ".join(f"{n} {kind}" for kind, n in row["counts"].items() if n)
        yield f"proposals of {operator}: {counts}; {row['calls']} calls, {row['tokens']} tokens"


def _attempts(summary: Mapping[str, Any]) -> Iterator[str]:
    if not summary["gate"]:
        yield "gate: no attempt"
    for number, decision in enumerate(summary["gate"], start=1):
        yield f"gate attempt {number}: {decision['verdict']}, {decision['reason']}"


def _files(summary: Mapping[str, Any]) -> Iterator[str]:
    stored = summary["calls"] - summary["bought"]
    lost = summary["spend"].get("lost")
    extra = f"; {lost['calls']} were paid for and have no answer" if lost else ""
    yield (
        f"calls: {summary['calls']} counted, {stored} of them answered by the store for nothing"
        f"{extra}"
    )
    for path in summary["files"]:
        yield f"wrote {path}"
    yield "next: evogate champion show, or: evogate export --to markdown"
