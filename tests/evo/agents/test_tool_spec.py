"""What a model is told of a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from evo.agents.tools import ToolSpec, tool
from evo.agents.tools.observed import observe
from evo.agents.tools.prompt import describe
from genomes.errors import ConfigError


class Place(BaseModel):
    town: str


def book(
    where: Place,
    nights: int,
    board: Literal["none", "full"] = "none",
    tags: list[str] | None = None,
) -> str:
    """Books a room.

    It is paid later.

    Args:
        where: The place.
        nights (int): How many.
    Returns:
        other: Not an argument.
    """
    return f"{where}{nights}{board}{tags}"


def test_the_schema_is_that_of_the_type_hints_and_the_docstring():
    spec = tool(book, tool_class="Travel").spec
    assert (spec.name, spec.description, spec.tool_class) == ("book", "Books a room.", "Travel")
    properties = spec.parameters["properties"]
    assert spec.args == ("where", "nights", "board", "tags")
    assert spec.parameters["required"] == ["where", "nights"]
    assert spec.parameters["additionalProperties"] is False
    assert properties["where"]["properties"]["town"]["type"] == "string"
    assert properties["nights"] == {"type": "integer", "description": "How many."}
    assert properties["board"]["enum"] == ["none", "full"]
    assert describe(spec).splitlines()[0] == (
        '- book(where: object, nights: integer, board?: "none" | "full", '
        "tags?: list of string | null): Books a room."
    )
    assert spec.as_tool.args == spec.args


def test_what_is_given_goes_before_what_is_read():
    def anything(*more: str, **rest: Any) -> None: ...

    assert tool(anything).spec.parameters == {"type": "object", "properties": {}, "required": []}
    schema = {"type": "object", "properties": {"q": {"type": "string"}}}
    given = tool(anything, name="find", description="Finds.", parameters=schema)
    assert given.spec == ToolSpec("find", "Finds.", schema)


def test_functions_that_cannot_be_tools_are_refused_with_a_remedy():
    def hidden(x: int, /) -> None: ...

    class Odd:
        pass

    def odd(x: Odd) -> None: ...

    odd.__annotations__["x"] = Odd
    for wrong in (hidden, odd, lambda: 1):
        with pytest.raises(ConfigError) as caught:
            tool(wrong)
        assert caught.value.remedy


@dataclass
class Score:
    points: int


@dataclass
class Said:
    text: str
    error: str | None = None


@pytest.mark.parametrize(
    ("value", "text", "error"),
    [
        ("plain", "plain", None),
        ({"a": [1, None]}, '{"a": [1, null]}', None),
        (Score(3), '{"points": 3}', None),
        (Said("no", "why"), "no", "why"),
        (None, "null", None),
        ("half \ud800", "half ?", None),
        (b"\x00" * 7, "(binary, 7 bytes, not shown)", None),
        ("a\0b", "(binary, 3 characters, not shown)", None),
    ],
)
def test_what_a_tool_gives_becomes_text(value, text, error):
    seen = observe(lambda: value)
    assert (seen.text, seen.error) == (text, error)


def test_a_coroutine_is_run_and_an_error_without_text_is_named():
    async def later() -> int:
        return 4

    assert observe(later).text == "4"

    class MuteError(Exception):
        def __str__(self) -> str:
            raise ValueError

    def fail() -> None:
        raise MuteError

    assert observe(fail).error == "MuteError: (no text)"
