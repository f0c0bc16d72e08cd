"""The champion against itself: how much an agent's answers differ when nothing has changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from pydantic import BaseModel, ConfigDict

from evo.allotment import limits
from evo.build_agent import build_agent
from evo.build_task import build_task
from evo.champion import Registry
from evo.config import BudgetConfig, Config
from evo.gate import GateConfig, GatePlan, Pair, replay
from evo.gate.attempts import lineage_of
from evo.gate.order import draw_order, futility_looks, look_schedule
from evo.gate.outlook import share_of
from evo.gate.pair import pair_up
from evo.gate.plan import choose_test
from evo.gate.preflight import spent
from evo.ledger import ledger
from evo.prices import check_money
from evo.replicates import is_fixed
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget, Cost
from fitness.evaluator import Evaluator, Policy
from fitness.outcome import Outcome
from fitness.protocols import Agent
from fitness.scorers import is_judge
from fitness.stats import mean_interval, minimum_detectable
from fitness.suites import Example, Suite
from genomes import Genome, render
from genomes.errors import ConfigError
from genomes.hashing import content_hash

PURPOSE = "aa"
"""The purpose of these calls in the ledger."""

_FIRST = 1_000_000
"""Replicates from here on are ours: no run has used or will use the answers."""

_REPLAYS = 400


class Noise(BaseModel):
    """What the champion does to itself.

    Attributes:
        name: Name of the agent.
        genome_id: Content hash of what was measured: the champion, or the seed before any run.
        fixed: Whether both arms are equal by construction; then nothing was measured, or only
            ``n`` examples to verify it.
        n: Search examples asked.
        repeat: How often, for each arm.
        bought: Calls made now; what was stored already cost nothing.
        pairs: Pairs with both scores.
        missing: Pairs without.
        different: Pairs whose answers or scores differ.
        discordance: Share of pairs whose scores differ; ``None`` if nothing was measured.
        difference: Mean difference of the scores.
        low: Lower end of its 95 % interval; ``None`` where too little was measured.
        high: Upper end.
        alpha: Share of the error of the next attempt, at which the gate's rule was replayed.
        test: Test of the gain.
        replays: Replays of the rule: random orders, either arm as the candidate.
        promoted: Share of them that promoted; ``None`` if nothing was replayed.
        detectable: Smallest gain that 80 % power finds with as many examples, where as many pairs
            differ; ``None`` for none, or if nothing differs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    genome_id: str
    fixed: bool
    n: int = 0
    repeat: int = 0
    bought: int = 0
    pairs: int = 0
    missing: int = 0
    different: int = 0
    discordance: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    alpha: float = 0.0
    test: str | None = None
    replays: int = 0
    promoted: float | None = None
    detectable: float | None = None


def measure_noise(
    config: Config,
    *,
    n: int | None = None,
    repeat: int = 1,
    verify: int | None = None,
    task: Task | None = None,
    agent: Agent | None = None,
) -> Noise:
    """Asks the champion twice on the same search examples and compares as the gate would.

    Never touches gate, regression or audit examples. The answers are stored as replicates that no
    run uses, so a repetition costs nothing and no run changes by it.

    Args:
        config: Resolved config; its budget limits the calls.
        n: Search examples; ``None`` for ``gate.n``, or all there are.
        repeat: How often each arm is asked.
        verify: Where both arms are equal by construction: examples to ask all the same.
        task: Instead of the one that the config names.
        agent: Instead of the one that the config names.

    Raises:
        ConfigError: No budget; no search examples; or a judge scores them.
        BudgetExhaustedError: The calls do not all fit, and none was made.
        EvogateError: Model, data or store cannot be used.
    """
    task = task or build_task(config)
    agent = agent or build_agent(config.models.task, config.agent)
    suite, genome = _search_suite(task), _champion(config, task)
    if is_fixed(config, agent.stateless, genome, task.domain):
        if verify is None:
            return Noise(name=task.name, genome_id=genome.id, fixed=True)
        return _verified(_Bench(config, task, agent, suite, genome), verify)
    return _measured(_Bench(config, task, agent, suite, genome), n or config.gate.n, repeat)


def _search_suite(task: Task) -> Suite:
    found = [one for one in task.of("search") if one.domain == task.domain and len(one)]
    if not found:
        raise ConfigError(f"domain {task.domain!r} has no search examples", where="suites")
    if is_judge(found[0].scorer):
        raise ConfigError(
            f"suite {found[0].name!r} is scored by a judge, whose own noise would be measured too",
            remedy="measure with a scorer that asks no model",
        )
    return found[0]


def _champion(config: Config, task: Task) -> Genome:
    registry = Registry(config.champions_path / task.name)
    return registry.head().genome if registry.initialised else task.seed


@dataclass(frozen=True)
class _Bench:
    """What is measured, and with what."""

    config: Config
    task: Task
    agent: Agent
    suite: Suite
    genome: Genome

    def examples(self, n: int) -> list[Example]:
        """At most ``n`` examples in a random order, none that the genome shows as demonstration."""
        shown = render(self.genome, self.suite.domain).excludes
        order, _ = draw_order(
            self.suite, len(self.suite), self.rng("order"), by_cluster=not self.suite.independent
        )
        known = {one.id: one for one in self.suite}
        return [known[name] for name in order if name not in shown][:n]

    def rng(self, purpose: str) -> np.random.Generator:
        """A stream of its own for each purpose."""
        digest = int(content_hash(f"aa {purpose}")[:8], 16)
        return np.random.default_rng([self.config.run.seed, digest])

    def ask(
        self, examples: Sequence[Example], repeat: int
    ) -> tuple[list[tuple[list[Outcome], list[Outcome]]], int, float]:
        """Both arms on all examples, ``repeat`` times; calls bought; share of the next attempt."""
        if self.config.budget == BudgetConfig():
            raise ConfigError(
                f"this buys up to {2 * repeat * len(examples)} calls and needs a budget",
                where="--budget",
                remedy=f"give --budget calls={2 * repeat * len(examples)}",
            )
        check_money(self.config, {"models.task.price": self.agent.price})
        policy = Policy(
            self.config.run.jobs, self.config.run.retries,
            max_error_rate=self.config.run.max_error_rate,
        )  # fmt: skip
        run_id = f"aa-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        budget = Budget(limits(self.config))
        with Store(self.config.store_path) as store:
            known = ledger(store, self.config.champions_path)
            past = [one for one in spent(known, lineage_of(self.task)) if one.alpha > 0.0]
            alpha = share_of(self.config.gate, past, len(past) + 1)
            evaluator = Evaluator(self.agent, store, run_id, policy)
            arms = range(_FIRST, _FIRST + 2 * repeat)
            prices = (evaluator.price([self.genome], self.suite, examples, arm) for arm in arms)
            whole = sum(prices, Cost())
            # All or nothing: one arm alone shows nothing.
            budget.reserve(whole)
            budget.settle(whole, Cost())
            rounds = [
                (
                    self._arm(evaluator, budget, examples, _FIRST + 2 * number),
                    self._arm(evaluator, budget, examples, _FIRST + 2 * number + 1),
                )
                for number in range(repeat)
            ]
            return rounds, store.calls_made(run_id), alpha

    def _arm(
        self, evaluator: Evaluator, budget: Budget, examples: Sequence[Example], replicate: int
    ) -> list[Outcome]:
        return evaluator.evaluate(
            [self.genome], self.suite, examples, budget=budget, purpose=PURPOSE,
            replicate=replicate,
        )[0]  # fmt: skip


def _verified(bench: _Bench, n: int) -> Noise:
    examples = bench.examples(n)
    ((first, second),), bought, alpha = bench.ask(examples, 1)
    return Noise(
        name=bench.task.name,
        genome_id=bench.genome.id,
        fixed=True,
        n=len(examples),
        repeat=1,
        bought=bought,
        pairs=len(examples),
        different=sum(map(_differ, first, second)),
        alpha=alpha,
    )


def _differ(one: Outcome, other: Outcome) -> bool:
    return (one.answer, one.score) != (other.answer, other.score)


def _measured(bench: _Bench, n: int, repeat: int) -> Noise:
    examples, gate = bench.examples(n), bench.config.gate
    rounds, bought, alpha = bench.ask(examples, repeat)
    trials = [pair_up(examples, first, second) for first, second in rounds]
    pairs = [pair for trial in trials for pair in trial if not pair.missing]
    differ = sum(pair.difference != 0.0 for pair in pairs)
    gains = [pair.difference for pair in pairs]
    found = mean_interval(gains, clusters=[pair.cluster for pair in pairs])
    whole = len(set(gains)) > 0 and np.isfinite(found.low)
    test = choose_test(gate, bench.suite)
    promoted = list(_replayed(bench, trials, alpha))
    square = float(np.mean(np.square(gains))) if gains else 0.0
    # As in the outlook of a plan: the e-process bets once a cluster.
    clusters = len({one.cluster for one in bench.suite})
    units = max(round(gate.n * clusters / max(len(bench.suite), 1)), 1)
    return Noise(
        name=bench.task.name,
        genome_id=bench.genome.id,
        fixed=False,
        n=len(examples),
        repeat=repeat,
        bought=bought,
        pairs=len(pairs),
        missing=sum(map(len, trials)) - len(pairs),
        different=sum(_differ(*both) for one in rounds for both in zip(*one, strict=True)),
        discordance=differ / len(pairs) if pairs else None,
        difference=found.estimate if pairs else None,
        low=found.low if whole else None,
        high=found.high if whole else None,
        alpha=alpha,
        test=test,
        replays=len(promoted),
        promoted=float(np.mean(promoted)) if promoted else None,
        detectable=minimum_detectable(
            units, alpha, square, test=test, look_every=max(gate.look_every, units // 15),
            min_discordant=gate.min_discordant, min_effect=gate.min_effect,
        ) if alpha > 0.0 else None,
    )  # fmt: skip


def _replayed(bench: _Bench, trials: Sequence[Sequence[Pair]], alpha: float) -> Iterator[bool]:
    """Whether the gate's rule on the gain promotes, over random orders and both directions."""
    if alpha <= 0.0 or len(trials[0]) < 2:
        return
    rng = bench.rng("replay")
    for number in range(_REPLAYS):
        trial = trials[number % len(trials)]
        if number // len(trials) % 2:
            trial = [_swapped(pair) for pair in trial]
        plan = _plan(bench.config.gate, bench, [pair.example_id for pair in trial], alpha, rng)
        known = {pair.example_id: pair for pair in trial}
        yield replay(plan, [known[name] for name in plan.example_ids])[1] == "crossed"


def _swapped(pair: Pair) -> Pair:
    return pair.model_copy(update={"champion": pair.candidate, "candidate": pair.champion})


def _plan(
    gate: GateConfig, bench: _Bench, ids: Sequence[str], alpha: float, rng: np.random.Generator
) -> GatePlan:
    """The rule as a plan: never registered, and of search examples only."""
    suite, wanted = bench.suite, set(ids)
    asked = replace(suite, examples=tuple(one for one in suite if one.id in wanted))
    order, ends = draw_order(asked, gate.n, rng, by_cluster=not suite.independent)
    looks = look_schedule(ends, gate.look_every)
    return GatePlan(
        attempt_id="aa",
        candidate_id=bench.genome.id,
        champion_id=bench.genome.id,
        suite=suite.name,
        shard_hash=suite.hash,
        domain=suite.domain,
        example_ids=order,
        looks=looks,
        futility=futility_looks(looks),
        alpha=alpha,
        test=choose_test(gate, suite),
        clustered=not suite.independent,
        min_effect=gate.min_effect if gate.primary == "quality" else 0.0,
        min_discordant=gate.min_discordant,
        coverage=gate.coverage,
        regression_margin=gate.regression_margin,
        regression_alpha=gate.regression_alpha,
        loss_alpha=gate.loss_alpha,
    )
