"""This gate: its own plan, test, ladder, shards and error budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from benchmarks.acceptors.pairs import IntArray, Pairs
from benchmarks.acceptors.rule import Ruling
from evo.gate import AttemptRecord, GateConfig, GatePlan, Pair, fresh_shards, make_plan, replay
from evo.gate.attempts import looks_promising
from evo.gate.noninferior import Terms, compare
from fitness.stats import Shares, Spent, next_share
from fitness.suites import Example, Role, Suite
from genomes import Domain, FragmentGene, Genome


@dataclass(frozen=True)
class Evogate:
    """The gate with its default plan.

    The functions are the gate's: ``make_plan`` chooses the test by what is declared and draws the
    order, ``replay`` derives looks and end from the pairs, ``compare`` judges the other
    domain, ``fresh_shards`` retires shards. A candidate that gains but cannot be certified in the
    other domain is promoted for its own domain, as planned; its agent is stateless.

    Attributes:
        config: Thresholds.
        shares: How the attempts share the error budget.
        recycle: Whether the share of an attempt that promoted passes on.
        screened: Whether a proposal must first look promising on the search examples.
    """

    config: GateConfig = field(default_factory=GateConfig)
    shares: Shares = "equal"
    recycle: bool = True
    screened: bool = False

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:
        """One attempt; refuses when the budget or the examples are used up."""
        alpha = next_share(
            [Spent(ruling.alpha, ruling.accepted) for ruling in past],
            self.config.alpha,
            self.config.attempts_budget,
            shares=self.shares,
            recycle=self.recycle,
        )
        shard = self._shard(pairs, past)
        if alpha <= 0.0 or shard is None:
            return Ruling(False, refused=True)
        seen = np.arange(len(pairs.champion) - pairs.search, len(pairs.champion))
        if self.screened and not looks_promising(pairs.differences[seen].tolist()):
            return Ruling(False, used=seen)
        ruling = self._attempt(pairs, shard, alpha, rng)
        used = np.concatenate([seen, ruling.used]) if self.screened else ruling.used
        return Ruling(ruling.accepted, used, ruling.gain, ruling.scope, alpha, shard)

    def _shard(self, pairs: Pairs, past: Sequence[Ruling]) -> int | None:
        count = (len(pairs.champion) - pairs.search) // pairs.size
        names = {_shard_suite(pairs, number).hash: number for number in range(count)}
        hashes = list(names)
        parts = [_shard_suite(pairs, number) for number in range(count)]
        history = [
            _record(index, hashes[ruling.shard], ruling)
            for index, ruling in enumerate(past)
            if ruling.shard is not None
        ]
        fresh = fresh_shards(history, parts, max_attempts=self.config.shard_attempts)
        return names[fresh[0].hash] if fresh else None

    def _attempt(self, pairs: Pairs, shard: int, alpha: float, rng: np.random.Generator) -> Ruling:
        own, others = _places(pairs, shard)
        suite = _shard_suite(pairs, shard)
        regressions = (_suite("b", "regression", len(others)),) if len(others) else ()
        plan = make_plan(
            self.config,
            attempt_id=f"{shard}",
            champion=_genome("old"),
            candidate=_genome("new"),
            shard=suite,
            regressions=regressions,
            alpha=alpha,
            rng=rng,
        )
        places = dict(zip((example.id for example in suite), own.tolist(), strict=True))
        order = np.array([places[name] for name in plan.example_ids])
        looks, end = replay(plan, _gate_pairs(pairs, plan.example_ids, suite, order))
        used = order[: looks[-1].examples]
        gain = float(pairs.differences[used].mean())
        if end != "crossed":
            return Ruling(False, used, gain)
        if not len(others):
            return Ruling(True, used, gain)
        held = _holds_elsewhere(plan, pairs, others)
        return Ruling(True, np.concatenate([used, others]), gain, "all" if held else "own")


def _holds_elsewhere(plan: GatePlan, pairs: Pairs, others: IntArray) -> bool:
    suite = _suite("b", "regression", len(others))
    places = dict(zip((example.id for example in suite), others.tolist(), strict=True))
    part = plan.regressions[0]
    order = np.array([places[name] for name in part.example_ids])
    terms = Terms(
        name=part.suite,
        against=plan.champion_id,
        pass_fail=part.test == "sign",
        margin=plan.regression_margin,
        level=plan.regression_alpha,
        loss_level=plan.loss_alpha,
        coverage=plan.coverage,
    )
    shown = _gate_pairs(pairs, part.example_ids, suite, order)
    return compare(terms, (shown, part.clustered)).passed


def _places(pairs: Pairs, shard: int) -> tuple[IntArray, IntArray]:
    """Where the shard's examples lie, those of the own and those of the other domain."""
    span = np.arange(shard * pairs.size, (shard + 1) * pairs.size)
    if pairs.elsewhere is None:
        return span, span[:0]
    other = pairs.elsewhere[span]
    return span[~other], span[other]


def _shard_suite(pairs: Pairs, shard: int) -> Suite:
    own, _ = _places(pairs, shard)
    return _suite("a", "gate", len(own), shard, pairs.cluster_size, pass_fail=pairs.pass_fail)


@lru_cache(maxsize=64)
def _suite(
    domain: str,
    role: Role,
    n: int,
    shard: int = 0,
    cluster_size: int = 1,
    *,
    pass_fail: bool = True,
) -> Suite:
    """A stand-in with the structure that the gate needs to know, and no text."""
    names = [f"{domain}{shard}-{index:04}" for index in range(n)]
    rows = tuple(
        Example(name, {"x": name}, "1", domain, f"{domain}{shard}-c{index // cluster_size:04}")
        for index, name in enumerate(names)
    )
    scorer = "exact" if pass_fail else "margin"
    return Suite(
        f"{domain}/{role}#{shard}", role, domain, rows, scorer, independent=cluster_size == 1
    )


@lru_cache(maxsize=2)
def _genome(text: str) -> Genome:
    names = ("a", "b")
    domains = tuple(Domain(name=name, inputs=("x",), labels=("1", "0")) for name in names)
    gene = FragmentGene(id="ask", place="user", text=text + " {{ x }}")
    return Genome(domains=domains, genes=(gene,))


def _gate_pairs(
    pairs: Pairs, names: Sequence[str], suite: Suite, order: IntArray
) -> tuple[Pair, ...]:
    clusters = {example.id: example.cluster for example in suite}
    old, new = pairs.champion[order].tolist(), pairs.candidate[order].tolist()
    return tuple(
        Pair(example_id=name, cluster=clusters[name], champion=first, candidate=second)
        for name, first, second in zip(names, old, new, strict=True)
    )


def _record(index: int, shard_hash: str, ruling: Ruling) -> AttemptRecord:
    return AttemptRecord(
        attempt_id=str(index),
        lineage="line",
        candidate_id=str(index),
        shard_hash=shard_hash,
        alpha=ruling.alpha,
        verdict="PROMOTE" if ruling.accepted else "REJECT",
    )
