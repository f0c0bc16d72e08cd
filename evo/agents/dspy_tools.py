"""Tools of a DSPy program: which words of it are locked, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LONGEST = 2_000
"""Characters of one line of a trace."""


def locked_span(program: Any, predictor: Any) -> str:
    """The part of a predictor's own instructions that describes its tools; empty without tools.

    A program that calls tools keeps them under ``tools``, as ``dspy.ReAct`` does, and tells the
    model of them in a predictor's instructions, behind those of its ``signature``.
    """
    own = str(predictor.signature.instructions)
    for _, module in program.named_sub_modules():
        tools = getattr(module, "tools", None)
        if not tools or not any(part is predictor for part in vars(module).values()):
            continue
        names = tools if isinstance(tools, Mapping) else [getattr(one, "name", "") for one in tools]
        if all(str(name) in own for name in names):
            task = getattr(getattr(module, "signature", None), "instructions", "")
            return own.removeprefix(task).strip()
    return ""


def trajectory_lines(prediction: Any) -> tuple[str, ...]:
    """What a program did with its tools, as lines of a trace; empty if it does not tell."""
    try:
        told = prediction["trajectory"]
    except (KeyError, TypeError):
        return ()
    if not isinstance(told, Mapping):
        return ()
    lines: list[str] = []
    for key, value in told.items():
        kind, _, number = str(key).rpartition("_")
        if kind == "tool_name":
            args = told.get(f"tool_args_{number}") or {}
            given = ", ".join(f"{name}={one!r}" for name, one in args.items())
            lines.append(f"call: {value}({given})")
        elif kind == "observation":
            failed = str(value).startswith("Execution error")
            lines.append(f"{'error' if failed else 'observed'}: {value}")
    return tuple(" ".join(line.split())[:_LONGEST] for line in lines)
