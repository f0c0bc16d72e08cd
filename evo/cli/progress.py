"""How a run shows that it works: JSON lines, plain lines, or a live bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal

from evo.cli.output import console, emit_json, is_plain, note
from evo.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from evo.events import Event

Mode = Literal["auto", "rich", "plain", "none"]
Listener = Callable[["Event"], None]


def view(mode: Mode, *, as_json: bool) -> AbstractContextManager[Listener]:
    """A listener for a run; leave the context when the run has ended.

    Args:
        mode: ``auto`` takes the live bar on a terminal, plain lines elsewhere, nothing with
            ``-q``.
        as_json: One JSON line an event on standard output; nothing else is shown then unless
            ``mode`` asks for it.
    """
    if mode == "auto":
        mode = "none" if as_json or is_quiet() else "plain" if is_plain(sys.stderr) else "rich"
    shown: AbstractContextManager[Listener] = nullcontext(_silent)
    if mode == "plain":
        shown = nullcontext(_plain)
    elif mode == "rich":
        shown = LiveView()
    return _Both(shown) if as_json else shown


class _Both(AbstractContextManager[Listener]):
    """JSON lines on standard output beside another view."""

    def __init__(self, other: AbstractContextManager[Listener]) -> None:
        self._other = other

    def __enter__(self) -> Listener:
        listener = self._other.__enter__()

        def both(event: Event) -> None:
            if event.kind != "progress":
                emit_json({"event": event.kind, **event.data}, indent=None)
            listener(event)

        return both

    def __exit__(self, *error: Any) -> None:
        self._other.__exit__(*error)


class LiveView(AbstractContextManager[Listener]):
    """A bar of the calls spent, with the last generation and verdict beside it."""

    def __init__(self) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._progress = Progress(
            TextColumn("[bold]calls[/bold]"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console(stderr=True),
        )
        self._task = self._progress.add_task("starting", total=None)

    def __enter__(self) -> Listener:
        self._progress.start()
        return self._show

    def __exit__(self, *_: Any) -> None:
        self._progress.stop()

    def _show(self, event: Event) -> None:
        data = event.data
        if event.kind == "launch":
            self._progress.update(self._task, total=(data.get("budget") or {}).get("calls"))
        if data.get("calls") is not None:
            self._progress.update(self._task, completed=int(data["calls"]))
        if event.kind == "progress":
            return
        # The bar itself shows the calls.
        line = describe(event.kind, {key: data[key] for key in data if key != "calls"})
        if event.kind == "generation":
            self._progress.update(self._task, description=line)
        else:
            from rich.markup import escape

            self._progress.console.print(escape(line))


def describe(kind: str, data: Mapping[str, Any]) -> str:
    """One event in one line."""
    if kind == "warning":
        return f"warning: {data['what']}"
    head = f"generation {data['generation']}" if "generation" in data else kind
    if "verdict" in data:
        return f"{head}: {data['verdict']}, {data.get('reason', '')}".rstrip(", ")
    return f"{head}: {', '.join(_parts(data))}"


def _parts(data: Mapping[str, Any]) -> list[str]:
    plain = {k: v for k, v in data.items() if v is not None and k != "generation"}
    return [f"{_word(key)} {_value(value)}" for key, value in plain.items() if _short(value)]


def _short(value: Any) -> bool:
    return isinstance(value, (int, float, str)) and len(str(value)) <= 80


def _word(key: str) -> str:
    return key.replace("_", " ")


def _value(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _plain(event: Event) -> None:
    if event.kind == "progress":  # a line a generation, not a line a call
        return
    note(describe(event.kind, event.data))


def _silent(event: Event) -> None:
    pass
