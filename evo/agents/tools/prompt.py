"""What a model is told besides the genome's text: the tools, how to call them, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evo.agents.tools.spec import ToolSpec
from genomes.conduct import Conduct

HOW = """\
To call tools, reply with one JSON object a call, one a line, and nothing behind them:
{"tool": "NAME", "args": {"ARGUMENT": "value"}}
You are then told what the calls gave. When the work is done, reply with a line
ANSWER: the answer"""
ASK = (
    "If the request lacks something that only the user knows, reply with a line\nASK: the question"
)
CONFIDENCE = "End each answer with a line\nCONFIDENCE: a number from 0 to 1, how sure you are of it"
PLAN = "First write a short plan of the tool calls that you will make. Call no tool yet."
GO = "Carry out the plan."
CHECK = (
    "Before this counts: check with the tools, where needed, that everything that was asked for "
    "has been done, and mend what is missing. Then give the final answer again."
)
REVIEW = "Review your answer once against the request, then give the final answer, changed or not."
CLOSED = "No more tool calls are possible. Give the final answer now, behind ANSWER:"
UNSURE = "You are not sure enough yet. Go on working with the tools, then answer again."
QUESTION = "I need more information to go on."
REFUSAL = "I cannot do that."


def introduction(specs: Sequence[ToolSpec], conduct: Conduct | None) -> str:
    """The tools and how to call them; equal for all examples that have the same tools."""
    listed = "\n".join(map(describe, specs)) or "(none)"
    sure = conduct is not None and (
        conduct.answer_above is not None
        or conduct.ask_below is not None
        or conduct.abstain_below is not None
    )
    return "\n\n".join([f"You can call these tools:\n{listed}", HOW, ASK, *([CONFIDENCE] * sure)])


def describe(spec: ToolSpec) -> str:
    """A tool in a line, with a line for each argument that has a description."""
    properties: Mapping[str, Any] = spec.parameters.get("properties", {})
    required = spec.parameters.get("required", ())
    shown = [
        f"{name}{'' if name in required else '?'}: {_type(schema)}"
        for name, schema in properties.items()
    ]
    told = [
        f"    {name}: {schema['description']}"
        for name, schema in properties.items()
        if isinstance(schema, Mapping) and schema.get("description")
    ]
    what = f": {spec.description}" if spec.description else ""
    return "\n".join([f"- {spec.name}({', '.join(shown)}){what}", *told])


def _type(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return "any"
    if "enum" in schema:
        return " | ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items'))}"
    return str(schema.get("type", "any"))
