"""Superiority, look by look, on fresh pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from evo.gate.cost_gain import costs_of
from evo.gate.evidence import Look
from evo.gate.gain import GainTest, start_test
from evo.gate.pair import Pair, pair_up
from evo.gate.plan import GatePlan
from evo.gate.quality import hopeless, keeps_quality
from evo.gate.trial import Trial
from fitness.budget import BudgetExhaustedError
from fitness.outcome import Outcome
from fitness.suites import Example
from genomes.errors import DataError

End = Literal["crossed", "futile", "exhausted", "uncovered", "empty", "broken"]


@dataclass(frozen=True)
class Superiority:
    """How the test of the gain ended.

    Attributes:
        end: ``crossed`` the boundary; ``futile`` (no net gain at a futility look);
            ``exhausted`` the planned examples; ``uncovered`` (too many pairs missing);
            ``empty`` (no pair measured); ``broken`` (the budget ran out).
        looks: The trail.
        pairs: All pairs, in order.
        outcomes: The candidate's outcomes, in the same order.
        why: What ran out, if it is broken.
    """

    end: End
    looks: tuple[Look, ...]
    pairs: tuple[Pair, ...]
    outcomes: tuple[Outcome, ...] = ()
    why: str = ""


@dataclass
class _Course:
    """The looks so far, and where the test stands."""

    plan: GatePlan
    test: GainTest
    looks: list[Look] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    crossed: bool = False

    @classmethod
    def start(cls, plan: GatePlan) -> _Course:
        return cls(plan, start_test(plan))

    def look(self, fresh: Sequence[Pair]) -> End | None:
        """Takes in the pairs of a look; whether the plan says stop."""
        self.pairs.extend(fresh)
        self.test, look = self.test.look(fresh)
        self.looks.append(look)
        covered = look.missing <= (1.0 - self.plan.coverage) * look.examples + 1e-9
        # Neither a gain nor a loss may rest on what happened to be measured so far.
        self.crossed = self.crossed or (covered and look.crossed)
        return self._stop(look, covered=covered)

    def end(self, end: End, why: str = "") -> Superiority:
        return Superiority(end, tuple(self.looks), tuple(self.pairs), tuple(self.outcomes), why)

    def _stop(self, look: Look, *, covered: bool) -> End | None:
        plan = self.plan
        if look.missing > (1.0 - plan.coverage) * plan.n + 1e-9:
            return "empty" if look.missing == look.examples else "uncovered"
        last = look.examples == plan.n
        # A lower cost is no gain before the quality has had its say as well.
        if covered and self.crossed and (last or keeps_quality(plan, self.pairs)):
            return "crossed"
        if last:
            return "exhausted"
        if not (covered and look.examples in plan.futility):
            return None
        if look.net <= 0.0 or hopeless(plan, self.pairs):
            return "futile"
        return None


def run_superiority(trial: Trial) -> Superiority:
    """Measures both arms look by look until the plan or the budget says stop."""
    plan, course = trial.plan, _Course.start(trial.plan)
    for begin, end in zip((0, *plan.looks), plan.looks, strict=False):
        try:
            fresh, outcomes = _measure(trial, trial.batch(plan.suite, plan.example_ids[begin:end]))
        except BudgetExhaustedError as error:
            return course.end("broken", error.what)
        course.outcomes.extend(outcomes)
        stop = course.look(fresh)
        if stop is not None:
            return course.end(stop)
    return course.end("empty")


def _measure(trial: Trial, batch: Sequence[Example]) -> tuple[tuple[Pair, ...], Sequence[Outcome]]:
    plan = trial.plan
    old = trial.measure(trial.champion, plan.domain, batch)
    new = trial.measure(trial.candidate, plan.domain, batch)
    pairs = pair_up(batch, old, new)
    if plan.primary != "cost":
        return pairs, new
    spent = zip(costs_of(plan, trial.champion, old), costs_of(plan, trial.candidate, new),
                strict=True)  # fmt: skip
    return tuple(
        pair.model_copy(update={"champion_cost": before, "candidate_cost": after})
        for pair, (before, after) in zip(pairs, spent, strict=True)
    ), new


def replay(plan: GatePlan, pairs: Sequence[Pair]) -> tuple[tuple[Look, ...], End]:
    """Derives looks and end again from stored pairs: what an auditor runs.

    Raises:
        DataError: The pairs are not those of the plan, in its order, up to one of its looks.
    """
    _check_pairs(plan, pairs)
    course = _Course.start(plan)
    stop: End | None = None
    for begin, end in zip((0, *plan.looks), plan.looks, strict=False):
        if end > len(pairs) or stop is not None:
            break
        stop = course.look(pairs[begin:end])
    return tuple(course.looks), stop or "empty"


def _check_pairs(plan: GatePlan, pairs: Sequence[Pair]) -> None:
    ids = [pair.example_id for pair in pairs]
    if ids != list(plan.example_ids[: len(ids)]) or len(ids) not in (0, *plan.looks):
        raise DataError(
            f"the {len(ids)} stored pairs are not those that plan {plan.hash[:12]} asks for",
            remedy="a decision is derived from its own plan and pairs only",
        )
