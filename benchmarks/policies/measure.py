"""One learned policy on one split: what it does on held-out tasks, at each mark of the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.policies.baselines import Counts, best_of_n, in_given_order
from benchmarks.policies.episodes import Case, Episodes, as_written, shuffled, split, successes
from benchmarks.policies.learn import (
    SHUFFLES,
    WHOLE,
    Found,
    Language,
    evolve,
    fewer,
    random_rules_of,
)
from genomes.rules import Rule
from genomes.rules.minimise import Contribution, contributions
from genomes.rules.policy import Ties

MARKS = (2_000, 5_000, 10_000, 20_000)
TIES: tuple[Ties, ...] = ("alphabetical", "hash")
Scores = tuple[float, ...]


@dataclass(frozen=True)
class Measured:
    """One search and its rivals.

    Attributes:
        salt: Of the split; empty for the fixed one.
        seed: Of search and shuffles.
        held: Held-out tasks.
        scores: (method, default order) to success on each held-out task.
        at: (``episodes`` or ``results``, mark, default order) to the mean success of the policy
            that was best when that much was spent.
        rules: The evolved rules, after minimisation.
        train: Success of these on the search cases.
        episodes: Episodes that the search ran, minimisation included.
        results: Results that it asked for.
        worth: What each rule changes on the search cases, ``None`` where not asked for.
    """

    salt: str
    seed: int
    held: tuple[str, ...]
    scores: Mapping[tuple[str, Ties], Scores]
    at: Mapping[tuple[str, int, Ties], float]
    rules: tuple[str, ...]
    train: float
    episodes: int
    results: int
    worth: tuple[Contribution, ...] = ()


def measure(salt: str, seed: int, language: Language = WHOLE, *, rivals: bool = True) -> Measured:
    """Learns on the training tasks of a split and is judged on the others.

    Args:
        salt: Of the split; empty for the fixed one.
        seed: Of search and shuffles.
        language: What rules may say.
        rivals: Whether the methods to compare with are measured too.
    """
    train, held = split(salt)
    cases, judge, episodes = shuffled(train, SHUFFLES, seed), as_written(held), Episodes()
    path = list(evolve(cases, seed, episodes, language=language))
    rules = fewer(path[-1].rules, cases, episodes)
    spent = episodes.run, episodes.asked
    scores = {("champion", ties): _held(rules, judge, ties) for ties in TIES}
    if rivals:
        scores |= _rivals(train, held, cases, seed, path[-1].asked)
    return Measured(
        salt=salt,
        seed=seed,
        held=held,
        scores=scores,
        at=_anytime(path, cases, judge) if rivals else {},
        rules=tuple(map(str, rules)),
        train=float(np.mean(successes(rules, cases, episodes, "given"))),
        episodes=spent[0],
        results=spent[1],
        worth=contributions(rules, lambda left: successes(left, cases, episodes, "given")),
    )


def _held(rules: Sequence[Rule], judge: Sequence[Case], ties: Ties) -> Scores:
    return tuple(successes(rules, judge, Episodes(), ties))


def _rivals(
    train: Sequence[str], held: Sequence[str], cases: Sequence[Case], seed: int, results: int
) -> dict[tuple[str, Ties], Scores]:
    judge, counts = as_written(held), Counts(train)
    seeds = random_rules_of(np.random.default_rng(seed))
    drawn, _ = best_of_n(cases, seed, results)
    found: dict[tuple[str, Ties], Scores] = {}
    for ties in TIES:
        found["default", ties] = _held((), judge, ties)
        found["seed", ties] = _held(seeds, judge, ties)
        found["best_of_n", ties] = _held(drawn, judge, ties)
        found["counts", ties] = tuple(counts.successes(judge, Episodes(), ties))
    shuffles = np.array(in_given_order(shuffled(held, SHUFFLES, seed), Episodes()))
    found["random", "given"] = tuple(shuffles.reshape(SHUFFLES, len(held)).mean(axis=0).tolist())
    return found


def _anytime(
    path: Sequence[Found], cases: Sequence[Case], judge: Sequence[Case]
) -> dict[tuple[str, int, Ties], float]:
    found: dict[tuple[str, int, Ties], float] = {}
    least: dict[tuple[Rule, ...], tuple[Rule, ...]] = {}
    for what in ("episodes", "results"):
        for mark in MARKS:
            spent = [one for one in path if _spent(one, what) <= mark]
            if not spent:
                continue
            rules = spent[-1].rules
            least[rules] = least.get(rules) or fewer(rules, cases, Episodes())
            for ties in TIES:
                found[what, mark, ties] = float(np.mean(_held(least[rules], judge, ties)))
    return found


def _spent(one: Found, what: str) -> int:
    return one.episodes if what == "episodes" else one.asked
