"""Runs the rules over the scenarios; the same result for any number of processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from joblib import Parallel, delayed

from benchmarks.acceptors.lineages import LINEAGES, Course, Lineage, follow
from benchmarks.acceptors.rule import Rule
from benchmarks.acceptors.rules import RULES, VARIANTS
from benchmarks.acceptors.scenarios import SCENARIOS, Scenario

_BLOCKS = 10  # a seed's work is cut into as many parts, whatever the number of processes


class Verdict(NamedTuple):
    """How one decision ended.

    Attributes:
        everywhere: Promoted for all domains.
        own: Promoted for the domain to improve alone.
        examples: Examples used.
        calls: Calls of both arms, with the champion's repeated run.
    """

    everywhere: bool
    own: bool
    examples: int
    calls: int


Verdicts = dict[tuple[str, str], list[Verdict]]
Courses = dict[tuple[str, str], list[Course]]


@dataclass(frozen=True)
class Sizes:
    """How much is simulated for each seed.

    Attributes:
        decisions: Decisions of each rule on each scenario.
        lines: Lines of proposals under each rule.
    """

    decisions: int = 400
    lines: int = 100


def measure_decisions(
    rules: Mapping[str, Rule] = RULES,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    seeds: Sequence[int],
    size: int,
    jobs: int,
) -> Verdicts:
    """(scenario, rule) to verdicts; all rules meet the same pairs."""
    work = [(scenario, seed, part) for scenario in scenarios for seed in seeds
            for part in _parts(size)]  # fmt: skip
    done = Parallel(n_jobs=jobs)(
        delayed(_decide)(dict(rules), scenario, seed, part) for scenario, seed, part in work
    )
    return _collect(done)


def measure_lines(
    lineages: Sequence[Lineage] = LINEAGES,
    *,
    seeds: Sequence[int],
    size: int,
    jobs: int,
) -> Courses:
    """(lineage, rule) to courses; all rules meet the same proposals and luck."""
    work = [(lineage, seed, part) for lineage in lineages for seed in seeds
            for part in _parts(size)]  # fmt: skip
    done = Parallel(n_jobs=jobs)(
        delayed(_follow)(lineage, seed, part) for lineage, seed, part in work
    )
    return _collect(done)


def rules_for(lineage: Lineage) -> dict[str, Rule]:
    """All rules, and the variants of this gate that the lineage tells apart."""
    screened = "evogate-screened"
    if lineage.name == "line-10-gains":
        return {**RULES, **{name: rule for name, rule in VARIANTS.items() if name != screened}}
    return {**RULES, screened: VARIANTS[screened]}


def _parts(size: int) -> list[range]:
    step = -(-size // _BLOCKS)
    return [range(start, min(start + step, size)) for start in range(0, size, step)]


def _collect(done: Sequence[dict[tuple[str, str], list[Any]]]) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for block in done:
        for key, values in block.items():
            found.setdefault(key, []).extend(values)
    return found


def _decide(rules: dict[str, Rule], scenario: Scenario, seed: int, part: range) -> Verdicts:
    found: Verdicts = {(scenario.name, name): [] for name in rules}
    for index in part:
        for name, verdict in _on_one(rules, scenario, [seed, index]):
            found[scenario.name, name].append(verdict)
    return found


def _on_one(
    rules: dict[str, Rule], scenario: Scenario, seed: Sequence[int]
) -> Iterator[tuple[str, Verdict]]:
    key = [*seed, crc32(scenario.name.encode())]
    pairs = scenario.draw(np.random.default_rng(key))
    for name, rule in rules.items():
        ruling = rule.decide(pairs, (), np.random.default_rng([*key, crc32(name.encode())]))
        whole = ruling.accepted and ruling.scope == "all"
        used = len(ruling.used)
        yield name, Verdict(whole, ruling.accepted and not whole, used, 2 * used + ruling.repeated)


def _follow(lineage: Lineage, seed: int, part: range) -> Courses:
    key = crc32(lineage.name.encode())
    return {
        (lineage.name, name): [follow(lineage, rule, [seed, index, key]) for index in part]
        for name, rule in rules_for(lineage).items()
    }
