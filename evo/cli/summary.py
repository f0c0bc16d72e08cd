"""What a run says before it starts and after it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evo.gate import Preflight
    from evo.result import Estimate, Interval, Result


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
    from evo.cli.output import emit

    budget = "unlimited" if estimate.budget is None else f"{estimate.budget}"
    emit(
        f"at most {estimate.calls} calls (budget {budget}): {estimate.search} for the search, "
        f"{estimate.gate} for the gate, {estimate.audit} for the report; "
        "stored responses cost nothing"
    )
    for line in gate_lines(estimate.preflight):
        emit(line)


def show_result(result: Result) -> None:
    """Prints the summary of a run: scores, attempts, files, what to try next."""
    from evo.cli.output import emit, emit_table

    emit(f"\n{result.name}, run {result.run_id}: {result.status}")
    emit_table(
        ("", "score (95 %)", "n", "against the seed", "calls", "tokens", "seconds"),
        (
            (
                line.method,
                _interval(line.score),
                line.n,
                line.difference and _interval(line.difference, sign="+"),
                line.calls,
                line.tokens,
                None if line.seconds is None else f"{line.seconds:.0f}",
            )
            for line in result.lines
        ),
        title="On audit examples, which neither search nor gate has seen",
    )
    emit("\n".join(_attempts(result)))
    emit(result.reason)
    emit("\n".join(_files(result)))


def _interval(interval: Interval, *, sign: str = "") -> str:
    return f"{interval.value:{sign}.3f} ({interval.low:{sign}.3f} to {interval.high:{sign}.3f})"


def _attempts(result: Result) -> Iterator[str]:
    if not result.decisions:
        yield "gate: no attempt"
    for number, decision in enumerate(result.decisions, start=1):
        yield f"gate {number}: {decision.verdict}, {decision.reason}"


def _files(result: Result) -> Iterator[str]:
    money = "" if not result.money else f", {result.money:.4f} USD"
    tokens = "" if result.tokens is None else f", {result.tokens} tokens"
    yield (
        f"spent: {result.calls} calls{tokens}{money}, {result.seconds:.0f} seconds; "
        f"{result.reused} responses were stored already"
    )
    for kind, path in result.files.items():
        yield f"{kind}: {path}"
    yield "next: evogate champion show, or: evogate export --to markdown"
