"""Reading a rule from its one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, get_args

from genomes.rules.condition import OPS, Called, Compare, Condition, Const, Op, Ref, Source
from genomes.rules.rule import Insertion, Rule
from genomes.rules.scan import Scanner
from genomes.rules.selector import NAME, RESERVED, Selector, SelectorKind

_OP = re.compile(r"!=|<=|>=|=|<|>|contains\b")
_PATH = re.compile(r"\*|[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_SOURCE = re.compile(rf"({'|'.join(get_args(Source))})(?![A-Za-z0-9_])")
_KINDS: tuple[SelectorKind, ...] = ("tool", "class", "verb", "word")
_OPS: dict[str, Op] = {op: op for op in OPS}
_SOURCES: dict[str, Source] = {source: source for source in get_args(Source)}


def parse_rules(lines: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of several lines.

    Raises:
        GenomeError: A line is no rule; the message names it.
    """
    return tuple(map(parse_rule, lines))


@lru_cache(maxsize=65536)
def parse_rule(line: str) -> Rule:
    """The rule that a line says; ``str`` of it is the line in its canonical form.

    Raises:
        GenomeError: The line is no rule; the message names the column and what was expected.
    """
    scan = Scanner(line)
    domains = _scope(scan) if scan.word("in") else ()
    parts = _body(scan)
    when = _conditions(scan) if scan.word("when") else ()
    priority = scan.count() if scan.word("priority") else 0
    if not scan.done:
        scan.fail("the end of the line, when or priority")
    return scan.made(lambda: Rule(when=when, domains=domains, priority=priority, **parts), 0)


def _scope(scan: Scanner) -> tuple[str, ...]:
    names = [scan.name("a domain")]
    while scan.symbol(","):
        names.append(scan.name("a domain"))
    if not scan.symbol(":"):
        scan.fail("a colon after the domains")
    return tuple(names)


def _body(scan: Scanner) -> dict[str, Any]:
    for word, read in _STARTS.items():
        if scan.word(word):
            return read(scan)
    x = _selector(scan)
    for word in ("first", "last"):
        if scan.word(word):
            return {"kind": word, "x": x}
    if scan.word("before"):
        return {"kind": "before", "x": x, "y": _selector(scan)}
    if not scan.word("requires"):
        scan.fail("before, requires, first or last")
    return _requires(scan, x)


def _requires(scan: Scanner, x: Selector) -> dict[str, Any]:
    y, insert = _selector(scan), None
    if scan.word("or"):
        if not scan.word("insert"):
            scan.fail("insert")
        insert = _insertion(scan)
    return {"kind": "requires", "x": x, "y": y, "insert": insert}


def _at_most(scan: Scanner) -> dict[str, Any]:
    if not scan.word("most"):
        scan.fail("most")
    return {"kind": "at_most", "count": scan.count(), "x": _selector(scan)}


def _never(scan: Scanner) -> dict[str, Any]:
    x = _selector(scan)
    if scan.word("after"):
        return {"kind": "never_after", "x": x, "y": _selector(scan)}
    return {"kind": "never", "x": x}


def _prefer(scan: Scanner) -> dict[str, Any]:
    x = _selector(scan)
    return {"kind": "prefer", "x": x, "y": _selector(scan) if scan.word("over") else None}


def _retry(scan: Scanner) -> dict[str, Any]:
    x, count = _selector(scan), scan.count()
    if not scan.word("times"):
        scan.fail("times")
    return {"kind": "retry", "x": x, "count": count}


def _said(kind: str) -> Callable[[Scanner], dict[str, Any]]:
    def read(scan: Scanner) -> dict[str, Any]:
        text = scan.string() if scan.line.startswith('"', scan.at) else None
        x = _selector(scan) if scan.word("for") else None
        return {"kind": kind, "text": text, "x": x}

    return read


_STARTS: dict[str, Callable[[Scanner], dict[str, Any]]] = {
    "at": _at_most,
    "never": _never,
    "prefer": _prefer,
    "retry": _retry,
    "stop": lambda _scan: {"kind": "stop"},
    "ask": _said("ask"),
    "refuse": _said("refuse"),
}


def _insertion(scan: Scanner) -> Insertion:
    start = scan.at
    name = scan.name("a tool")
    if not scan.symbol("("):
        scan.fail("( after the tool to insert")
    args: list[tuple[str, Ref | Const]] = []
    while not scan.symbol(")"):
        if args and not scan.symbol(","):
            scan.fail(", or )")
        args.append(_argument(scan))
    return scan.made(lambda: Insertion(name, tuple(args)), start)


def _argument(scan: Scanner) -> tuple[str, Ref | Const]:
    name = scan.name("an argument")
    if not scan.symbol("="):
        scan.fail("= after the argument's name")
    return name, _value(scan)


def _conditions(scan: Scanner) -> tuple[Condition, ...]:
    found = [_condition(scan)]
    while scan.word("and"):
        found.append(_condition(scan))
    return tuple(found)


def _condition(scan: Scanner) -> Condition:
    if scan.word("called"):
        return Called(_selector(scan))
    if scan.word("not"):
        if not scan.word("called"):
            scan.fail("called")
        return Called(_selector(scan), negated=True)
    if scan.word("no"):
        return Compare(_ref(scan), "missing")
    left, sign = _ref(scan), scan.match(_OP)
    return Compare(left, "exists") if sign is None else Compare(left, _OPS[sign], _value(scan))


def _value(scan: Scanner) -> Ref | Const:
    return _ref(scan) if _SOURCE.match(scan.line, scan.at) else scan.const()


def _ref(scan: Scanner) -> Ref:
    start, path = scan.at, ""
    found = _SOURCE.match(scan.line, scan.at)
    if found is None:
        scan.fail(f"a place ({', '.join(_SOURCES)})")
    scan.at = found.end()
    if scan.line.startswith(".", scan.at):
        scan.at += 1
        quote = scan.line.startswith('"', scan.at)
        path = scan.string() if quote else scan.match(_PATH) or scan.fail("a name after the dot")
    scan.move(scan.at)
    return scan.made(lambda: Ref(_SOURCES[found.group(1)], path), start)


def _selector(scan: Scanner) -> Selector:
    start = scan.at
    if scan.word("any"):
        return Selector("any")
    for kind in _KINDS:
        if scan.symbol(f"{kind}:"):
            return scan.made(partial(Selector, kind, scan.name("a name")), start)
    word = NAME.match(scan.line, scan.at)
    if word is None or word.group() in RESERVED:
        scan.fail("a tool, class:C, verb:v, word:w or any")
    scan.move(word.end())
    return Selector("tool", word.group())
