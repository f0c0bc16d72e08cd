"""Rules that cannot hold together, found before an agent meets them, and explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from genomes.rules.condition import Compare, Condition, Const, Ref
from genomes.rules.rule import Rule
from genomes.rules.tools import Toolset

ContradictionKind = Literal["cycle", "unreachable", "first_and_last", "mute"]


@dataclass(frozen=True)
class Contradiction:
    """Rules that cannot hold together.

    Attributes:
        kind: ``cycle`` of orders, ``unreachable`` tool, ``first_and_last`` at once, or ``mute``:
            a rule that contradicts itself.
        rules: The rules.
        why: One sentence.
    """

    kind: ContradictionKind
    rules: tuple[Rule, ...]
    why: str

    def __str__(self) -> str:
        return f"{self.why}: {'; '.join(map(str, self.rules))}"


def contradictions(rules: Sequence[Rule], tools: Toolset) -> tuple[Contradiction, ...]:
    """All contradictions that can be seen without running anything.

    Orders contradict each other at equal conditions, scope, priority and specificity: otherwise
    one of them decides. What is required and what is forbidden contradict whatever the priority.
    """
    found = [*_mute(rules, tools), *_cycles(rules, tools), *_unreachable(rules, tools)]
    return tuple({str(one): one for one in found}.values())


def _mute(rules: Sequence[Rule], tools: Toolset) -> Iterator[Contradiction]:
    for rule in rules:
        if rule.y is not None and not rule.when and rule.kind in ("before", "prefer"):
            first, second = set(tools.select(rule.x or rule.y)), set(tools.select(rule.y))
            if first == second and len(first) > 0:
                yield Contradiction("mute", (rule,), "the rule says both orders of every pair")


def _cycles(rules: Sequence[Rule], tools: Toolset) -> Iterator[Contradiction]:
    groups: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.kind in _ORDERS:
            key = (_when(rule), frozenset(rule.domains), rule.priority, rule.specificity)
            groups[key].append(rule)
    for group in groups.values():
        if len(group) > 1:
            yield from _cycle(group, tools)


def _cycle(group: Sequence[Rule], tools: Toolset) -> Iterator[Contradiction]:
    both = _first_and_last(group, tools)
    if both is not None:
        yield both
        return
    edges = [(rule, _edges(rule, tools)) for rule in group]
    path = _shortest(edges, tools.names)
    if path is not None:
        names = " before ".join(name for name, _ in path)
        used = tuple(dict.fromkeys(rule for _, rule in path))
        if len(used) > 1:
            yield Contradiction("cycle", used, f"a cycle: {names} before {path[0][0]}")


def _first_and_last(group: Sequence[Rule], tools: Toolset) -> Contradiction | None:
    for one in group:
        for other in group:
            if one.kind == "first" and other.kind == "last" and one.x and other.x:
                shared = set(tools.select(one.x)) & set(tools.select(other.x))
                if shared:
                    why = f"{min(shared)} is to be first and last"
                    return Contradiction("first_and_last", (one, other), why)
    return None


def _edges(rule: Rule, tools: Toolset) -> dict[str, frozenset[str]]:
    """Tool to the tools that must follow it; pairs that the rule orders both ways left out."""
    x = frozenset(tools.select(rule.x)) if rule.x else frozenset()
    everything = frozenset(tools.names)
    if rule.kind == "first":
        return dict.fromkeys(x, everything - x)
    if rule.kind == "last":
        return dict.fromkeys(everything - x, x)
    y = frozenset(tools.select(rule.y)) if rule.y else frozenset()
    early, late = (y, x) if rule.kind == "requires" else (x, y)
    # The conditions of a cycle are the same for all its rules, so a pair ordered both ways by
    # one rule is no contradiction of two.
    both = early & late
    return {name: late - both - {name} if name in both else late - {name} for name in early}


def _shortest(
    edges: Sequence[tuple[Rule, dict[str, frozenset[str]]]], names: Sequence[str]
) -> list[tuple[str, Rule]] | None:
    """The shortest cycle as (tool, rule that puts it before the next); ``None`` if none."""
    after: dict[str, dict[str, Rule]] = defaultdict(dict)
    for rule, one in edges:
        for name, others in one.items():
            for other in others:
                after[name].setdefault(other, rule)
    best: list[tuple[str, Rule]] | None = None
    for start in names:
        found = _back_to(start, after) if after.get(start) else None
        if found is not None and (best is None or len(found) < len(best)):
            best = found
            if len(best) == 2:  # none is shorter
                break
    return best


def _back_to(start: str, after: dict[str, dict[str, Rule]]) -> list[tuple[str, Rule]] | None:
    came: dict[str, str] = {}
    frontier = [start]
    while frontier:
        nearer: list[str] = []
        for name in frontier:
            for other in after.get(name, {}):
                if other == start:
                    return _path(start, name, came, after)
                if other not in came:
                    came[other] = name
                    nearer.append(other)
        frontier = nearer
    return None


def _path(
    start: str, end: str, came: dict[str, str], after: dict[str, dict[str, Rule]]
) -> list[tuple[str, Rule]]:
    names = [end]
    while names[-1] != start:
        names.append(came[names[-1]])
    names.reverse()
    return [(a, after[a][b]) for a, b in zip(names, [*names[1:], start], strict=True)]


def _unreachable(rules: Sequence[Rule], tools: Toolset) -> Iterator[Contradiction]:
    banned = {name: rule for rule in rules if _bans(rule) for name in _meant(rule, tools)}
    needs = [rule for rule in rules if rule.kind == "requires" and not rule.when]
    for rule in needs:
        required = tools.select(rule.y) if rule.y else ()
        if required and all(name in banned and _meet(banned[name], rule) for name in required):
            clash = tuple(dict.fromkeys((rule, *(banned[name] for name in required))))
            yield Contradiction(
                "unreachable", clash, f"{rule.x} requires {rule.y}, which is forbidden"
            )
        for other in rules:
            same = other.kind == "never_after" and (other.x, other.y) == (rule.x, rule.y)
            if same and not other.when and _meet(rule, other):
                why = f"{rule.x} requires {rule.y} and may never follow it"
                yield Contradiction("unreachable", (rule, other), why)
    yield from _mutual(needs, tools)


def _mutual(needs: Sequence[Rule], tools: Toolset) -> Iterator[Contradiction]:
    """Single tools that wait for each other and that nothing inserts."""
    waits = [
        (rule, {name: frozenset(tools.select(rule.y)) for name in _meant(rule, tools)})
        for rule in needs
        if rule.insert is None and rule.y is not None and len(tools.select(rule.y)) == 1
    ]
    path = _shortest(waits, tools.names)
    if path is not None:
        names = ", ".join(name for name, _ in path)
        used = tuple(dict.fromkeys(rule for _, rule in path))
        yield Contradiction("unreachable", used, f"each waits for another: {names}")


def _bans(rule: Rule) -> bool:
    return not rule.when and (rule.kind == "never" or (rule.kind == "at_most" and rule.count == 0))


def _meant(rule: Rule, tools: Toolset) -> tuple[str, ...]:
    return tools.select(rule.x) if rule.x else ()


def _meet(one: Rule, other: Rule) -> bool:
    return not one.domains or not other.domains or bool(set(one.domains) & set(other.domains))


def _when(rule: Rule) -> frozenset[str]:
    """The conditions in terms of the earlier and the later call, whichever is x."""
    swapped = rule.kind == "requires"
    return frozenset(_told(one, swapped) for one in rule.when)


def _told(condition: Condition, swapped: bool) -> str:
    if not isinstance(condition, Compare):
        return str(condition)
    left = _side(condition.left, swapped)
    right = "" if condition.right is None else _side(condition.right, swapped)
    if condition.op in ("=", "!=") and right < left:
        left, right = right, left
    return f"{left} {condition.op} {right}"


def _side(part: Ref | Const, swapped: bool) -> str:
    if not isinstance(part, Ref) or not part.is_role:
        return str(part)
    role = part.source if not swapped else ("y" if part.source == "x" else "x")
    return f"{role}.{part.path}"


_ORDERS = ("before", "first", "last", "requires", "never_after")
