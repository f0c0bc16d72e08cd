"""``evogate bench policies telecom``: a guarded repair script whose order and guards evolve.

Learned on the official train split from success and failure alone, measured on the official test
split. Two forms: ``steps`` holds the 13 steps of the script that is written by hand, ``calls`` adds
the four calls that bill, resume and hand over, which that script does not make.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from joblib import Parallel, delayed

from benchmarks.lines import Line, emit
from benchmarks.policies.telecom.episodes import Repairs
from benchmarks.policies.telecom.learn import evolve, fewer
from benchmarks.policies.telecom.script import (
    BILLING,
    GUARDS,
    NAMES,
    STEPS,
    UNUSED,
    by_hand,
    ordered,
    whole_document,
)
from benchmarks.worlds.telecom import TelecomWorld, gold, split
from evo.agents.policy import Call
from fitness.stats import mean_interval
from genomes.rules import Rule, parse_rules

Form = Literal["steps", "calls"]

Scores = tuple[float, ...]
"""(n_tasks,) success, in [0, 1]."""

_ORDERS = 20
"""Random orders of the script, and of the gold actions of a task."""

_STEPS: dict[Form, tuple[Call, ...]] = {"steps": STEPS, "calls": (*STEPS, *BILLING)}

line = partial(Line, bench="policies")


@dataclass(frozen=True)
class Learned:
    """What one seed came to.

    Attributes:
        rules: The evolved script, without the rules that change nothing on the train split.
        train: Its success on the train split.
        test: Its success on each test task.
        episodes: Episodes that the search asked for.
    """

    rules: tuple[Rule, ...]
    train: float
    test: Scores
    episodes: int


def main(*, seeds: int = 5, json: bool = False, jobs: int = 2) -> None:
    """Learns both forms once a seed, and measures all scripts on the test split.

    Args:
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        jobs: Processes.
    """
    forms: tuple[Form, ...] = ("steps", "calls")
    # A form's seeds share what the world has shown, so they stay in one process.
    done = Parallel(n_jobs=jobs)(delayed(measure)(form, seeds) for form in forms)
    emit([*(one for lines in done for one in lines), *_gold()], json=json)


def measure(form: Form, seeds: int) -> list[Line]:
    """All lines of one form."""
    _, test = split()
    repairs = Repairs(_STEPS[form])
    hand = tuple(repairs.successes(hand_written(form), test))
    learned = [learn(form, seed, repairs) for seed in range(1, seeds + 1)]
    lines = [
        _success(form, "hand_written", [hand]),
        _success(form, "random_order", [_random_orders(form, repairs, test)]),
        _success(form, "nothing", [tuple(repairs.successes(parse_rules(_never(form)), test))]),
        _success(form, "champion", [one.test for one in learned]),
        _gain(form, [one.test for one in learned], hand),
    ]
    if form == "calls":
        whole = tuple(repairs.successes(whole_document(), test))
        lines.append(_success(form, "whole_document", [whole]))
    return [*lines, *_cost(form, learned), *_rules(form, learned[0])]


def hand_written(form: Form) -> tuple[Rule, ...]:
    """The script by hand; it makes none of the further calls."""
    return by_hand() if form == "steps" else (*by_hand(), *parse_rules(UNUSED))


def learn(form: Form, seed: int, repairs: Repairs) -> Learned:
    """Evolves a script on the train split.

    ``calls`` starts from the script by hand; ``steps`` from its guards under a random order, for
    the order by hand leaves nothing to be found there.
    """
    train, test = split()
    start = hand_written(form) if form == "calls" else shuffled(np.random.default_rng(seed))
    before = repairs.asked
    found = list(evolve(start, train, seed, repairs))[-1]
    episodes = repairs.asked - before
    rules = fewer(found.rules, train, repairs)
    return Learned(
        rules,
        float(np.mean(repairs.successes(rules, train))),
        tuple(repairs.successes(rules, test)),
        episodes,
    )


def shuffled(rng: np.random.Generator) -> tuple[Rule, ...]:
    """The guards by hand under a random order of the steps."""
    names = [NAMES[place] for place in rng.permutation(len(NAMES))]
    return parse_rules((*ordered(names), *GUARDS))


def _random_orders(form: Form, repairs: Repairs, tasks: Sequence[str]) -> Scores:
    rng, unused = np.random.default_rng(0), parse_rules(UNUSED if form == "calls" else ())
    runs = [repairs.successes((*shuffled(rng), *unused), tasks) for _ in range(_ORDERS)]
    return tuple(np.mean(runs, axis=0).tolist())


def _never(form: Form) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"never {call.tool}" for call in _STEPS[form]))


def _gold() -> Iterator[Line]:
    """The gold actions of the test tasks, in their order and in random ones: an easier form, for
    no call is there that the task does not need."""
    _, test = split()
    for method, orders in (("gold", 1), ("gold_random_order", _ORDERS)):
        world, rng = TelecomWorld(), np.random.default_rng(0)
        runs = [
            [_played(world, task, rng if orders > 1 else None) for task in test]
            for _ in range(orders)
        ]
        yield _success("gold", method, [tuple(np.mean(runs, axis=0).tolist())])


def _played(world: TelecomWorld, task: str, rng: np.random.Generator | None) -> float:
    calls = gold(task)
    order = range(len(calls)) if rng is None else rng.permutation(len(calls))
    world.reset(task)
    for place in order:
        world.call(calls[place].tool, calls[place].args)
    return float(world.score().success)


def _success(form: str, method: str, scores: Sequence[Scores]) -> Line:
    return _mean(form, method, "success", scores)


def _gain(form: Form, scores: Sequence[Scores], hand: Scores) -> Line:
    """Champion less the script by hand, paired by task."""
    gains = [tuple(np.subtract(one, hand).tolist()) for one in scores]
    return _mean(form, "champion", "gain_over_hand_written", gains)


def _mean(form: str, method: str, metric: str, scores: Sequence[Scores]) -> Line:
    """Mean over seeds and tasks; the interval is over tasks, which are what generalises."""
    by_task = np.mean(np.asarray(scores, dtype=float), axis=0)
    interval = mean_interval(by_task)
    return line(
        task=f"telecom/{form}",
        method=method,
        split="test",
        metric=metric,
        value=interval.estimate,
        low=interval.low,
        high=min(interval.high, 1.0),  # its normal form may reach beyond
        n=len(by_task),
    )


def _cost(form: Form, learned: Sequence[Learned]) -> Iterator[Line]:
    for metric, values in (
        ("train_success", [one.train for one in learned]),
        ("episodes", [float(one.episodes) for one in learned]),
        ("rules", [float(len(one.rules)) for one in learned]),
    ):
        yield line(
            task=f"telecom/{form}",
            method="champion",
            split="train",
            metric=metric,
            value=float(np.mean(values)),
            n=len(learned),
        )


def _rules(form: Form, one: Learned) -> Iterator[Line]:
    """The script of the first seed, a rule a line."""
    for place, rule in enumerate(one.rules):
        yield line(
            task=f"telecom/{form}",
            method=str(rule),
            seed=1,
            split="train",
            metric="place",
            value=float(place + 1),
        )
