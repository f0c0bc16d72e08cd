"""A scorer that rewards junk is found before money is spent.

What a scorer rewards is what a search finds. So each scorer is asked about answers whose verdict
is known without a model: the empty one, random text, the input repeated, one constant answer,
all answers at once, and the right one.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from fitness.probes.anchor import Anchor
from fitness.probes.finding import Finding
from fitness.reading import Answer
from fitness.scorers import is_built_in, score_with
from fitness.suites import Example, Suite

PASS = 0.5
"""Score from which an answer counts as rewarded."""

_SAMPLE = 12
_TOLERATED = 0.1
_MOST_LISTED = 50
_WORDS = (1, 30)


@dataclass(frozen=True)
class _Group:
    """Examples of one domain under one scorer."""

    suite: Suite
    scorer: str
    examples: tuple[Example, ...]
    everything: tuple[Example, ...]
    is_quality: bool

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Distinct right answers, the most common first."""
        return tuple(t for t, _ in Counter(e.target for e in self.everything).most_common())


@dataclass(frozen=True)
class _Score:
    example: Example
    output: str | None
    score: float | None
    note: str | None

    @property
    def shown(self) -> str:
        text = "no answer" if self.output is None else repr(self.output)
        return text if len(text) <= 50 else f"{text[:46]}...'"


def inspect_scorers(suites: Sequence[Suite], anchors: Sequence[Anchor] = ()) -> tuple[Finding, ...]:
    """Asks every scorer about answers with a known verdict; at most 12 examples each, and
    all the right answers where the scorer is evogate's own.

    An error: a scorer that fails or gives no number in [0, 1] on any of them, rewards the empty
    answer or random text, or contradicts an anchor. A warning: it rewards the repeated input or
    the list of all targets on more than a tenth of the examples, or gives the right answers less
    than one half on average. Scorers of further objectives only have to give numbers.

    Args:
        suites: All suites of the task.
        anchors: Outputs with a known verdict.

    Raises:
        ConfigError: A scorer does not exist.
    """
    groups = _groups(suites)
    found = [finding for group in groups for finding in _inspect(group)]
    found += [
        finding
        for group in groups
        if group.is_quality
        for anchor in anchors
        for finding in _check_anchor(group, anchor, suites)
    ]
    found += [_lost(anchor) for anchor in anchors if _is_lost(anchor, suites)]
    return tuple(found)


def _groups(suites: Sequence[Suite]) -> list[_Group]:
    # Search suites first: what was looked at in public should be what the search may read.
    ordered = sorted(suites, key=lambda suite: suite.role != "search")
    groups: dict[tuple[str, str], _Group] = {}
    for suite in ordered:
        names = [(suite.scorer, True), *((name, False) for _, name in suite.others)]
        for name, is_quality in names:
            key = (suite.domain, name)
            new = _Group(suite, name, suite.examples[:_SAMPLE], (), is_quality)
            old = groups.get(key, new)
            groups[key] = replace(old, everything=(*old.everything, *suite.examples))
    return list(groups.values())


def _inspect(group: _Group) -> Iterator[Finding]:
    answered = group.everything if is_built_in(group.scorer) else group.examples
    right = [_score(group, e, e.target) for e in answered]
    empty = [_score(group, e, out) for e in group.examples for out in ("", None)]
    noise = _noise()
    random = [_score(group, e, out) for e in group.examples for out in noise]
    echo = [_score(group, e, out) for e in group.examples for out in _echoes(e)]
    every = [_score(group, e, out) for e in group.examples for out in _lists(group)]
    broken = [one for one in (*right, *empty, *random, *echo, *every) if one.score is None]
    if broken:
        yield _failure(group, broken[0])
        return
    if not group.is_quality:
        return
    yield from _must_fail(group, "the empty answer", [s for s in empty if s.example.target.strip()])
    yield from _must_fail(group, "random text", random)
    yield from _should_fail(group, "the input repeated", [s for s in echo if _is_junk(s)])
    yield from _should_fail(group, "a list of all targets", every)
    yield from _must_pass(group, right)


def _score(group: _Group, example: Example, output: str | None) -> _Score:
    # A scorer of log-probabilities sees one label that is certain.
    scores = {output: 0.0} if output is not None and output in group.targets else {}
    value, note = score_with(group.scorer, Answer(output, scores), example)
    return _Score(example, output, value, note)


def _noise() -> list[str]:
    # A generator of its own: what is asked never depends on, or moves, the run's streams. Words
    # of six letters hit no short label and no number by chance.
    rng = np.random.default_rng(20261124)
    letters = list(string.ascii_letters)
    return [" ".join("".join(rng.choice(letters, size=6)) for _ in range(n)) for n in _WORDS]


def _echoes(example: Example) -> list[str]:
    texts = [text for text in example.inputs.values() if text.strip()]
    return list(dict.fromkeys([*texts, "\n".join(texts)]))


def _lists(group: _Group) -> list[str]:
    targets = group.targets
    return [", ".join(targets)] if 1 < len(targets) <= _MOST_LISTED else []


def _is_junk(one: _Score) -> bool:
    # Where the answer is the input (copying, "already correct"), repeating it is no junk.
    return (one.output or "").strip() != one.example.target.strip()


def _failure(group: _Group, one: _Score) -> Finding:
    return Finding(
        "error",
        f"{one.note} (answer {one.shown})",
        f"suite {group.suite.name} example {one.example.id}",
        "give every answer a number, the empty one too; an answer without a score would be "
        "left out instead of wrong",
    )


def _rewarded(scores: Sequence[_Score]) -> tuple[_Score | None, float, float]:
    """The best-scored junk, the share that was rewarded, the mean score."""
    if not scores:
        return None, 0.0, 0.0
    values = [one.score or 0.0 for one in scores]
    best = scores[int(np.argmax(values))]
    return best, sum(v >= PASS for v in values) / len(values), sum(values) / len(values)


def _must_fail(group: _Group, what: str, scores: Sequence[_Score]) -> Iterator[Finding]:
    best, share, mean = _rewarded(scores)
    if best is not None and max(share, mean) > _TOLERATED:
        yield _junk("error", group, what, best, share, mean)


def _should_fail(group: _Group, what: str, scores: Sequence[_Score]) -> Iterator[Finding]:
    best, share, mean = _rewarded(scores)
    if best is not None and share > _TOLERATED:
        yield _junk("warning", group, what, best, share, mean)


def _junk(
    level: Literal["error", "warning"],
    group: _Group,
    what: str,
    best: _Score,
    share: float,
    mean: float,
) -> Finding:
    return Finding(
        level,
        f"scorer {group.scorer:.60} rewards {what}: {share:.0%} of the tries pass, {mean:.2f} on "
        f"average; {best.shown} got {best.score:.2f}",
        f"suite {group.suite.name} example {best.example.id}",
        "make the scorer stricter; a search finds whatever it rewards",
    )


def _must_pass(group: _Group, right: Sequence[_Score]) -> Iterator[Finding]:
    values = [one.score or 0.0 for one in right]
    if values and sum(values) / len(values) < PASS:
        worst = right[int(np.argmin(values))]
        yield Finding(
            "warning",
            f"scorer {group.scorer:.60} gives the targets themselves {np.mean(values):.2f} on "
            f"average; {worst.shown} got {worst.score:.2f}",
            f"suite {group.suite.name} example {worst.example.id}",
            "a right answer should pass, unless targets are no answers (tests, rules)",
        )


def _check_anchor(group: _Group, anchor: Anchor, suites: Sequence[Suite]) -> Iterator[Finding]:
    for example in _answered(group, anchor, suites):
        one = _score(group, example, anchor.output)
        if one.score is None:
            yield _failure(group, one)
            return
        if (one.score >= PASS) != (anchor.verdict == "pass"):
            yield Finding(
                "error",
                f"scorer {group.scorer:.60} contradicts an anchor: {one.shown} must "
                f"{anchor.verdict} and got {one.score:.2f}",
                f"suite {group.suite.name} example {example.id}",
                "mend the scorer, or the anchor",
            )
            return


def _answered(group: _Group, anchor: Anchor, suites: Sequence[Suite]) -> Sequence[Example]:
    if anchor.target is not None:
        return [replace(e, id="anchor", target=anchor.target) for e in group.examples[:1]]
    if anchor.example is None:
        return group.examples
    return [
        example
        for suite in suites
        if (suite.domain, suite.scorer) == (group.suite.domain, group.scorer)
        for example in suite
        if example.id == anchor.example
    ]


def _is_lost(anchor: Anchor, suites: Sequence[Suite]) -> bool:
    return anchor.example is not None and not any(
        example.id == anchor.example for suite in suites for example in suite
    )


def _lost(anchor: Anchor) -> Finding:
    return Finding(
        "error",
        f"an anchor answers example {anchor.example!r}, which no suite has",
        "anchors",
        "name an example of the data, or give target instead",
    )
