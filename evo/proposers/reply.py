"""The reply that a model must give: typed edits with a labelled hypothesis, as one JSON object."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evo.proposers.tally import Refusal

Label = Literal[
    "instruction_unclear",
    "boundary_unclear",
    "knowledge_missing",
    "answer_form",
    "reasoning_steps",
    "answer_bias",
    "distraction",
    "too_long",
    "other",
]
"""The closed list of hypotheses: what is wrong with the present text."""

LABELS: dict[Label, str] = {
    "instruction_unclear": "the task is not said clearly",
    "boundary_unclear": "it is not said where one answer ends and another begins",
    "knowledge_missing": "a definition or fact is missing",
    "answer_form": "the form of the answer is not said clearly",
    "reasoning_steps": "steps of thought are missing or wrong",
    "answer_bias": "the wording favours one answer",
    "distraction": "superfluous text misleads",
    "too_long": "the same can be said in fewer words",
    "other": "none of these",
}


class Edit(BaseModel):
    """A new text for one gene.

    Attributes:
        gene: Id of the gene.
        text: Its whole new text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gene: str
    text: str


class Reply(BaseModel):
    """What a model proposes.

    Attributes:
        label: What it holds to be wrong; one of the closed list.
        hypothesis: One sentence: why the edits should help.
        edits: New texts; one for each gene at most.
        expected: How many more of 100 examples it expects to be right, from -100 to 100.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Label
    hypothesis: str = Field(max_length=1000)
    edits: tuple[Edit, ...]
    expected: float = Field(ge=-100, le=100, allow_inf_nan=False)


def wire_schema(genes: Sequence[str], most: int) -> dict[str, Any]:
    """The JSON schema of a reply that may edit up to ``most`` of ``genes``.

    Written out, since grammars and providers know little more than types and choices; the
    hypothesis comes before the edits, so that it leads to them. Only the hypothesis is bounded in
    length: a grammar would close a text that runs on in the middle of a word, as if it were whole.
    """
    edit = _object(gene={"type": "string", "enum": list(genes)}, text={"type": "string"})
    return _object(
        label={"type": "string", "enum": list(get_args(Label))},
        hypothesis={"type": "string", "maxLength": 200},
        edits={"type": "array", "items": edit, "minItems": 1, "maxItems": most},
        expected={"type": "integer", "minimum": -100, "maximum": 100},
    )


def read(text: str, *, full: bool) -> Reply | Refusal:
    """Reads a reply strictly; only a code fence and a leading block of thought may surround it.

    Args:
        text: What the model said.
        full: Whether it used up all tokens that it was allowed.
    """
    body = _body(text)
    if not body.startswith("{"):
        return _without_json(text, full)
    try:
        reply = Reply.model_validate_json(body, strict=True)
    except ValidationError as error:
        return _refused(error, full)
    said = next((kind for edit in reply.edits if (kind := _talk(edit.text))), None)
    return said or reply


_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"```[A-Za-z]*[ \t]*\n(.*)", re.DOTALL)
_DECLINED = re.compile(
    r"\A\W*(?:(?:i'?m|i am) (?:so |very |really )?sorry|sorry\b|i (?:can'?t|cannot|can not|won'?t)"
    r" |i'?m (?:unable|not able)|i am (?:unable|not able)|as an ai\b|unfortunately,? i )",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"\A\W*(?:(?:sure|certainly|of course|absolutely)[,!.]|here(?:'s| is| are) (?:the|an?|my|your)"
    r" (?:new|revised|improved|rewritten|updated|shorter|shortened|modified|edited|final)\b)",
    re.IGNORECASE,
)


def _body(text: str) -> str:
    body = _THOUGHT.sub("", text).strip()
    fenced = None if body.startswith("{") else _FENCED.search(body)
    return fenced.group(1).rpartition("```")[0].strip() or fenced.group(1) if fenced else body


def _without_json(text: str, full: bool) -> Refusal:
    if _DECLINED.match(text.replace("\u2019", "'")):
        return Refusal("refusal", f"it said: {_start(text)}")
    if full:
        return Refusal("truncated", "it used up its tokens before any JSON")
    return Refusal("prose", f"no JSON object: {_start(text)}")


def _refused(error: ValidationError, full: bool) -> Refusal:
    first = error.errors(include_url=False)[0]
    if first["type"] != "json_invalid":
        where = ".".join(str(part) for part in first["loc"])
        return Refusal("malformed", f"{where}: {first['msg']}")
    if full or "EOF" in first["msg"]:  # where the parser came to the end of the text
        return Refusal("truncated", "the JSON object has no end")
    return Refusal("malformed", first["msg"])


def _talk(text: str) -> Refusal | None:
    """Talk about the text where the text should stand: it must never become a prompt."""
    text = text.replace("\u2019", "'")
    if _DECLINED.match(text):
        return Refusal("refusal", f"an edit says: {_start(text)}")
    return Refusal("prose", f"an edit says: {_start(text)}") if _PREAMBLE.match(text) else None


def _start(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else f"{line[:60]}...")


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
