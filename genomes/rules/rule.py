"""One rule of a policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from genomes.rules.condition import Called, Compare, Condition, Const, Ref
from genomes.rules.selector import NAME, Selector, quoted

Kind = Literal[
    "before",
    "first",
    "last",
    "at_most",
    "requires",
    "never_after",
    "never",
    "prefer",
    "retry",
    "stop",
    "ask",
    "refuse",
]


@dataclass(frozen=True)
class Form:
    """What a kind of rule consists of: ``must``, ``may`` or ``none`` for each part."""

    x: str
    y: str = "none"
    count: str = "none"
    insert: str = "none"
    text: str = "none"
    when: str = "may"


FORMS: dict[Kind, Form] = {
    "before": Form("must", "must"),
    "first": Form("must"),
    "last": Form("must"),
    "at_most": Form("must", count="must"),
    "requires": Form("must", "must", insert="may"),
    "never_after": Form("must", "must"),
    "never": Form("must"),
    "prefer": Form("must", "may"),
    "retry": Form("must", count="must"),
    "stop": Form("none", when="must"),
    "ask": Form("may", text="may"),
    "refuse": Form("may", text="may"),
}
"""The typed skeleton of every kind of rule."""

MOST = 999
"""Largest count and priority."""


@dataclass(frozen=True)
class Insertion:
    """A call that the engine may make on its own.

    Attributes:
        tool: Its name.
        args: (name, value) pairs; a value is a constant or an argument of the call that needs
            it, such as ``x.folder``.
    """

    tool: str
    args: tuple[tuple[str, Ref | Const], ...] = ()

    def __post_init__(self) -> None:
        names = [name for name, _ in self.args]
        if len(set(names)) < len(names):
            raise ValueError(f"an argument of {self.tool} is given twice")
        for name, value in self.args:
            if isinstance(value, Ref) and (value.source != "x" or value.path == "*"):
                raise ValueError(f"{name}={value}: only arguments of x can be handed on")

    def __str__(self) -> str:
        args = ", ".join(f"{_name(name)}={value}" for name, value in self.args)
        return f"{_name(self.tool)}({args})"


@dataclass(frozen=True)
class Rule:
    """One typed rule; ``str`` prints it as the one line that ``parse_rule`` reads.

    Attributes:
        kind: What it says; see ``FORMS`` for the parts of each kind.
        x: The first call that it speaks of.
        y: The second: later for ``before``, earlier for ``requires`` and ``never_after``, less
            liked for ``prefer``.
        count: Most calls (``at_most``) or further tries (``retry``).
        insert: What may be inserted where ``requires`` finds nothing.
        text: What is said to the user (``ask``, ``refuse``).
        when: Conditions that must all hold.
        domains: Where it acts; empty for everywhere.
        priority: The higher decides first where two rules disagree.

    Raises:
        ValueError: Its parts do not fit its kind.
    """

    kind: Kind
    x: Selector | None = None
    y: Selector | None = None
    count: int | None = None
    insert: Insertion | None = None
    text: str | None = None
    when: tuple[Condition, ...] = ()
    domains: tuple[str, ...] = ()
    priority: int = 0

    def __post_init__(self) -> None:
        for part, need in vars(FORMS[self.kind]).items():
            given = getattr(self, part) not in (None, ())
            if (need == "must" and not given) or (need == "none" and given):
                verb = "needs" if need == "must" else "takes no"
                raise ValueError(f"{self.kind.replace('_', ' ')} {verb} {_PARTS[part]}")
        self._check_numbers()
        self._check_refs()
        self._check_text()

    def _check_numbers(self) -> None:
        for what, number in (("count", self.count or 0), ("priority", self.priority)):
            if not 0 <= number <= MOST:
                raise ValueError(f"{what} {number} lies outside 0 to {MOST}")
        if self.kind == "retry" and not self.count:
            raise ValueError("retry needs at least 1 try")

    def _check_text(self) -> None:
        line = str(self)
        if "{{" in line:
            raise ValueError("a rule may not hold {{, the mark of a placeholder")

    def _check_refs(self) -> None:
        known = {"x": self.x, "y": self.y}
        for condition in self.when:
            for ref in condition.refs if isinstance(condition, Compare) else ():
                if ref.is_role and known[ref.source] is None:
                    raise ValueError(f"{condition}: the rule has no {ref.source}")
        if self.when and len(set(map(str, self.when))) < len(self.when):
            raise ValueError("a condition is given twice")

    @property
    def joins(self) -> bool:
        """Whether a condition compares arguments of two calls."""
        return any(isinstance(one, Compare) and one.joins for one in self.when)

    @property
    def specificity(self) -> int:
        """How narrow it is: 2 for a tool, 1 for a class, verb or word, 1 for each condition."""
        selectors = [one for one in (self.x, self.y) if one is not None]
        return sum(2 - one.breadth for one in selectors) + len(self.when)

    def acts_in(self, domain: str) -> bool:
        """Whether the rule is in scope for ``domain``."""
        return not self.domains or domain in self.domains

    @property
    def bare(self) -> Rule:
        """The rule without scope and priority: what an agent reads in its own domain."""
        return replace(self, domains=(), priority=0)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """All selectors, those of conditions included."""
        asked = tuple(one.what for one in self.when if isinstance(one, Called))
        return tuple(one for one in (self.x, self.y) if one is not None) + asked

    def __str__(self) -> str:
        scope = f"in {', '.join(map(_name, self.domains))}: " if self.domains else ""
        when = f" when {' and '.join(map(str, self.when))}" if self.when else ""
        priority = f" priority {self.priority}" if self.priority else ""
        return f"{scope}{_body(self)}{when}{priority}"


_PARTS = {
    "x": "a first call",
    "y": "a second call",
    "count": "a number",
    "insert": "a call to insert",
    "text": "a text",
    "when": "a condition",
}


def _body(rule: Rule) -> str:
    said = f" {quoted(rule.text)}" if rule.text is not None else ""
    whom = f" for {rule.x}" if rule.x is not None else ""
    insert = f" or insert {rule.insert}" if rule.insert is not None else ""
    over = f" over {rule.y}" if rule.y is not None else ""
    return {
        "before": f"{rule.x} before {rule.y}",
        "first": f"{rule.x} first",
        "last": f"{rule.x} last",
        "at_most": f"at most {rule.count} {rule.x}",
        "requires": f"{rule.x} requires {rule.y}{insert}",
        "never_after": f"never {rule.x} after {rule.y}",
        "never": f"never {rule.x}",
        "prefer": f"prefer {rule.x}{over}",
        "retry": f"retry {rule.x} {rule.count} times",
        "stop": "stop",
        "ask": f"ask{said}{whom}",
        "refuse": f"refuse{said}{whom}",
    }[rule.kind]


def _name(name: str) -> str:
    return name if NAME.fullmatch(name) else quoted(name)
