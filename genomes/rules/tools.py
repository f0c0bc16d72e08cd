"""The tools that rules may speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from genomes.errors import GenomeError
from genomes.rules.condition import WHOLE, Compare
from genomes.rules.rule import Rule
from genomes.rules.selector import Selector, class_of, words_of


class Tool(BaseModel):
    """What rules need to know of one tool.

    Attributes:
        name: As it is called.
        tool_class: Its class or API; empty for what stands before the last dot of the name.
        args: Names of its arguments.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    tool_class: str = ""
    args: tuple[str, ...] = ()

    @property
    def group(self) -> str | None:
        """Its class; ``None`` if it has none."""
        return self.tool_class or class_of(self.name)


class Toolset:
    """All tools of an agent or world, by name.

    Args:
        tools: The tools; of two with one name the first counts.
    """

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        self._selected: dict[Selector, tuple[str, ...]] = {}
        for one in tools:
            self._tools.setdefault(one.name, one)

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, in the given order."""
        return tuple(self._tools)

    def class_of(self, name: str) -> str | None:
        """The class of a tool; for an unknown one what stands before the last dot."""
        known = self._tools.get(name)
        return known.group if known is not None else class_of(name)

    def args_of(self, name: str) -> tuple[str, ...]:
        """The argument names of a tool; empty for an unknown one."""
        known = self._tools.get(name)
        return known.args if known is not None else ()

    def select(self, selector: Selector) -> tuple[str, ...]:
        """The names of the tools that a selector means, in the given order."""
        known = self._selected.get(selector)
        if known is None:
            known = tuple(n for n, one in self._tools.items() if selector.matches(n, one.group))
            self._selected[selector] = known
        return known

    def choices(self, kind: str) -> tuple[str, ...]:
        """What a selector of this kind can name: tools, classes, verbs or words."""
        found: dict[str, None] = {}
        for one in self._tools.values():
            for name in _named(one, kind):
                found.setdefault(name)
        return tuple(found)


def check_tools(rules: Sequence[Rule], tools: Toolset) -> None:
    """Refuses rules that speak of what does not exist.

    Raises:
        GenomeError: A tool, class, verb, word or argument is unknown; with the nearest name.
    """
    for rule in rules:
        for selector in rule.selectors:
            _check_selector(selector, rule, tools)
        if rule.insert is not None and rule.insert.tool not in tools:
            raise _unknown("tool", rule.insert.tool, tools.names, rule)
        _check_roles(rule, tools)


def _check_selector(selector: Selector, rule: Rule, tools: Toolset) -> None:
    if selector.kind != "any" and not tools.select(selector):
        raise _unknown(selector.kind, selector.name, tools.choices(selector.kind), rule)


def _check_roles(rule: Rule, tools: Toolset) -> None:
    sides = {"x": rule.x, "y": rule.y}
    for condition in rule.when:
        for ref in condition.refs if isinstance(condition, Compare) else ():
            side = sides.get(ref.source)
            if side is None or ref.path == WHOLE:
                continue
            meant = tools.select(side)
            known = dict.fromkeys(arg for name in meant for arg in tools.args_of(name))
            # A tool whose arguments nobody listed may take any.
            if all(map(tools.args_of, meant)) and ref.path not in known:
                raise _unknown("argument", ref.path, tuple(known), rule)


def _named(tool: Tool, kind: str) -> Sequence[str]:
    if kind == "tool":
        return (tool.name,)
    if kind == "class":
        return (tool.group,) if tool.group else ()
    words = words_of(tool.name)
    return words if kind == "word" else words[:1]


def _unknown(what: str, name: str, known: Sequence[str], rule: Rule) -> GenomeError:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known[:20]) or 'none'}"
    return GenomeError(f"unknown {what} {name!r} in a rule", where=str(rule), remedy=remedy)
