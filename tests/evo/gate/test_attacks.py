"""What an insider would try, with the functions that anyone can call: refused, or harmless."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from support import taste_task

from evo.champion import Registry
from evo.gate import (
    GateConfig,
    GateDecision,
    Pair,
    choose_shard,
    make_plan,
    preflight,
    replay,
    run_gate,
    shards,
)
from evo.gate.attempts import (
    Attempt,
    CandidateRefusedError,
    carry_out,
    history,
    lineage_of,
    plan_attempt,
)
from evo.gate.preflight import unspent_shards
from evo.gate.shards import fresh_shards
from evo.storage import Store
from evo.task import Task
from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from genomes import Genome
from genomes.errors import DataError, IntegrityError, ModelError

CONFIG = GateConfig(n=200)
Arm = Callable[[Genome, Sequence[Example]], list[Outcome]]


def challenger(number: int = 1) -> Genome:
    seed = taste_task().seed
    return seed.with_gene(seed.gene("task").model_copy(update={"text": f"Judge it, no. {number}."}))


def good(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
    """The seed is wrong, all others are right; all are right where they may do no harm."""
    seed = genome == taste_task().seed
    return [Outcome(e.id, float(not seed or e.domain == "other")) for e in examples]


def null(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
    """No challenger is better or worse than the seed; one answer in two is another."""
    rng = np.random.default_rng(int(genome.id[:8], 16))
    return [Outcome(e.id, float(rng.random() < 0.5)) for e in examples]


def bad(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
    return [Outcome(e.id, float(genome == taste_task().seed)) for e in examples]


@dataclass
class Insider:
    """A workspace, and one who may call what is public."""

    store: Store
    task: Task = field(default_factory=taste_task)
    seed: int = 0

    def plan(self, candidate: Genome, task: Task | None = None) -> Attempt:
        self.seed += 1
        own = task or self.task
        rng = np.random.default_rng(self.seed)
        return plan_attempt(CONFIG, own, self.store, self.task.seed, candidate, None, rng)

    def attempt(self, candidate: Genome, arm: Arm, task: Task | None = None) -> GateDecision:
        return carry_out(
            self.plan(candidate, task), task or self.task, self.store, "run",
            lambda genome, _, examples: arm(genome, examples), stateless=True,
        )  # fmt: skip


@pytest.fixture
def insider(tmp_path: Path) -> Iterator[Insider]:
    with Store(tmp_path / "runs" / "evo.db") as store:
        yield Insider(store)


def with_gate(task: Task, change: Callable[[Suite], Suite]) -> Task:
    suites = tuple(change(one) if one.role == "gate" else one for one in task.suites)
    return replace(task, suites=suites)


def one_shard(task: Task) -> Task:
    return with_gate(task, lambda suite: replace(suite, examples=suite.examples[:200]))


def test_reordering_the_examples_makes_no_shard_fresh(insider: Insider) -> None:
    insider.task = one_shard(insider.task)
    assert insider.attempt(challenger(), good).promoted
    turned = with_gate(insider.task, lambda s: replace(s, name="new", examples=s.examples[::-1]))
    with pytest.raises(IntegrityError, match="no unseen gate examples"):
        insider.plan(challenger(2), turned)


def test_reordering_the_evidence_is_seen(insider: Insider) -> None:
    """Else the same pairs, in a lucky order, would cross the boundary on the way."""
    attempt = insider.plan(challenger())
    ids = attempt.plan.example_ids
    pairs = [
        Pair(example_id=i, cluster=i, champion=1.0, candidate=float(n % 2))
        for n, i in enumerate(ids)
    ]
    lucky = sorted(pairs, key=lambda pair: -pair.difference)
    with pytest.raises(DataError, match="are not those that plan"):
        replay(attempt.plan, lucky)
    assert attempt.plan.example_ids != insider.plan(challenger(2)).plan.example_ids, "drawn anew"


def test_rewinding_the_champion_is_seen_by_who_noted_the_head(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "now")
    registry.init(taste_task().seed)
    shutil.copytree(tmp_path / "now", tmp_path / "before")
    noted = registry.note("refuse", {"reason": "later"}).hash
    assert registry.verify(noted) == ()
    assert Registry(tmp_path / "before").verify(noted) != ()


def test_a_private_best_of_many_buys_no_more_error(insider: Insider) -> None:
    """Every look at the gate costs a share, and the shares of a line add up to alpha."""
    found = [insider.attempt(challenger(number), null) for number in range(CONFIG.attempts_budget)]
    with pytest.raises(IntegrityError, match=r"used up|no unseen gate examples"):
        insider.plan(challenger(99))
    assert len(found) <= CONFIG.attempts_budget
    assert sum(one.alpha for one in found) <= CONFIG.alpha + 1e-12
    assert not any(one.promoted for one in found)
    per_shard = {one.shard_hash: 0 for one in history(insider.store)}
    for one in history(insider.store):
        per_shard[one.shard_hash] += 1
    assert max(per_shard.values()) <= CONFIG.shard_attempts


def test_what_was_rejected_is_not_tested_again(insider: Insider) -> None:
    assert insider.attempt(challenger(), bad).verdict == "REJECT"
    with pytest.raises(CandidateRefusedError, match="was rejected in attempt"):
        insider.plan(challenger())


def test_what_was_held_meets_each_shard_once(insider: Insider) -> None:
    def hopeful(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
        often = 8 if genome == insider.task.seed else 12
        return [Outcome(e.id, float(int(e.id.split("-")[-1]) % often != 1)) for e in examples]

    parts = shards(insider.task.of("gate")[0], CONFIG.n)
    assert {insider.attempt(challenger(), hopeful).verdict for _ in parts} == {"HOLD"}
    assert {one.shard_hash for one in history(insider.store)} == {part.hash for part in parts}
    with pytest.raises(CandidateRefusedError, match="was tested on every shard"):
        insider.plan(challenger())


def test_a_renamed_agent_meets_the_same_worn_shards(insider: Insider) -> None:
    """The name gives a new error budget, but no unseen examples to spend it on."""
    insider.task = one_shard(insider.task)
    assert insider.attempt(challenger(), good).promoted
    renamed = replace(insider.task, name="another")
    assert lineage_of(renamed) != lineage_of(insider.task)
    with pytest.raises(IntegrityError, match="no unseen gate examples"):
        insider.plan(challenger(2), renamed)
    left = preflight(
        CONFIG, renamed.suites, history(insider.store), domain="taste", lineage=lineage_of(renamed)
    )
    assert left.attempts_left == 0


@pytest.mark.parametrize("keep", [slice(0, 60), slice(40, 140), slice(0, 200, 2)])
def test_a_hand_picked_part_of_a_used_shard_is_used(insider: Insider, keep: slice) -> None:
    insider.task = one_shard(insider.task)
    insider.attempt(challenger(), bad)
    picked = with_gate(insider.task, lambda s: replace(s, examples=s.examples[keep]))
    with pytest.raises(IntegrityError, match="no unseen gate examples"):
        insider.plan(challenger(2), picked)


def test_hand_picked_examples_after_the_plan_are_refused(insider: Insider) -> None:
    attempt = insider.plan(challenger())
    shard, *rest = attempt.suites
    picked = replace(shard, examples=shard.examples[:50])
    with pytest.raises(IntegrityError, match="has changed since the plan"):
        run_gate(attempt.plan, attempt.champion, attempt.candidate, (picked, *rest),
                 lambda g, _, e: good(g, e), stateless=True, register=lambda _: None)  # fmt: skip
    doubled = replace(shard, examples=(*shard.examples, replace(shard.examples[0], id="again")))
    with pytest.raises(DataError, match="equal inputs"):
        make_plan(CONFIG, attempt_id="x", champion=attempt.champion, candidate=attempt.candidate,
                  shard=doubled, regressions=(), alpha=0.005,
                  rng=np.random.default_rng(1))  # fmt: skip


def test_search_examples_cannot_judge(insider: Insider) -> None:
    """Outcomes of the champion that were cached from the data it was chosen on are no evidence."""
    attempt = insider.plan(challenger())
    searched = insider.task.of("search")[0]

    def cached(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
        if genome == attempt.champion:
            return [Outcome(e.id, 0.0) for e in searched.examples[: len(examples)]]
        return good(genome, examples)

    with pytest.raises(IntegrityError, match="do not match"):
        run_gate(attempt.plan, attempt.champion, attempt.candidate, attempt.suites,
                 lambda g, _, e: cached(g, e), stateless=True, register=lambda _: None)  # fmt: skip
    with pytest.raises(DataError, match="has the role 'search'"):
        make_plan(CONFIG, attempt_id="x", champion=attempt.champion, candidate=attempt.candidate,
                  shard=searched, regressions=(), alpha=0.005,
                  rng=np.random.default_rng(1))  # fmt: skip


def test_a_champion_is_not_measured_again_where_it_was_chosen(insider: Insider) -> None:
    insider.attempt(challenger(), good)
    (first,) = history(insider.store)
    next_one = insider.plan(challenger(2)).plan
    assert next_one.shard_hash != first.shard_hash
    used = json.loads(insider.store.attempts()[0]["plan_json"])["example_ids"]
    assert not set(next_one.example_ids) & set(used)


@pytest.mark.parametrize("share", [0.05, 0.2, 1.0])
def test_dropped_losses_do_not_help(insider: Insider, share: float) -> None:
    """An arm that answers for fewer examples is an error; one that calls its losses missing has
    them counted as losses."""

    def dropping(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
        found = null(genome, examples)
        if genome == insider.task.seed:
            return found
        champion = null(insider.task.seed, examples)
        lost = [a.score < b.score for a, b in zip(found, champion, strict=True)]
        return [replace(o, score=None) if x else o for o, x in zip(found, lost, strict=True)]

    assert not insider.attempt(challenger(int(100 * share)), dropping).promoted
    with pytest.raises(IntegrityError, match="do not match"):
        insider.attempt(
            challenger(999), lambda g, e: good(g, e)[: max(1, int((1 - share) * len(e)))]
            if g != insider.task.seed else good(g, e),
        )  # fmt: skip


def test_a_decision_with_dropped_pairs_is_seen(insider: Insider) -> None:
    attempt = insider.plan(challenger())
    decision = carry_out(attempt, insider.task, insider.store, "run",
                         lambda g, _, e: good(g, e), stateless=True)  # fmt: skip
    assert replay(attempt.plan, decision.pairs)[1] == "crossed"
    with pytest.raises(DataError, match="are not those that plan"):
        replay(attempt.plan, decision.pairs[1:])


def test_a_scope_that_was_not_planned_is_refused(insider: Insider, tmp_path: Path) -> None:
    attempt = insider.plan(challenger())
    with pytest.raises(IntegrityError, match="the plan names None"):
        run_gate(attempt.plan, attempt.champion, attempt.candidate, attempt.suites,
                 lambda g, _, e: good(g, e), stateless=True, register=lambda _: None,
                 fallback=challenger(2))  # fmt: skip
    decision = insider.attempt(challenger(), good)
    registry = Registry(tmp_path / "champions" / "taste")
    registry.init(insider.task.seed)
    with pytest.raises(IntegrityError):
        registry.promote(challenger(2), decision.model_dump(mode="json"), provenance={})
    assert registry.head().number == 1


@pytest.mark.parametrize("verdict", ["REJECT", "HOLD", "INDECISIVE", None])
def test_nothing_is_promoted_on_empty_evidence(tmp_path: Path, verdict: str | None) -> None:
    registry = Registry(tmp_path / "taste")
    seed, wanted = registry.init(taste_task().seed).genome, challenger()
    told = {"candidate_id": wanted.id, "champion_id": seed.id}
    for decision in ({}, told, {**told, "verdict": verdict}):
        with pytest.raises(IntegrityError):
            registry.promote(wanted, decision, provenance={})
    assert registry.head().number == 1


def test_a_gate_without_examples_decides_nothing(insider: Insider) -> None:
    empty = with_gate(insider.task, lambda suite: replace(suite, examples=()))
    with pytest.raises(IntegrityError, match="no unseen gate examples"):
        insider.plan(challenger(), empty)
    assert choose_shard([], (), candidate_id="x") is None
    nothing = insider.attempt(challenger(), lambda _, e: [Outcome(x.id, None) for x in e])
    assert (nothing.verdict, nothing.wins) == ("INDECISIVE", 0)


@pytest.mark.parametrize("arm", ["champion", "candidate"])
@pytest.mark.parametrize("how", ["raises", "missing"])
def test_the_crash_of_one_arm_is_no_success_and_costs_the_share(
    insider: Insider, arm: str, how: str
) -> None:
    """Whichever arm it is: a crash that is free would be a way to look and try again."""

    def crashing(genome: Genome, examples: Sequence[Example]) -> list[Outcome]:
        if (genome == insider.task.seed) != (arm == "champion"):
            return good(genome, examples)
        if how == "raises":
            raise ModelError("the arm crashed")
        return [Outcome(e.id, None) for e in examples]

    if how == "raises":
        with pytest.raises(ModelError):
            insider.attempt(challenger(), crashing)
    else:
        assert insider.attempt(challenger(), crashing).verdict == "INDECISIVE"
    (spent,) = history(insider.store)
    assert (spent.verdict, spent.alpha > 0) == ("INDECISIVE", True)


@pytest.mark.parametrize("spaces", ["", "  "])
def test_a_used_example_under_another_id_is_used(insider: Insider, spaces: str) -> None:
    insider.task = one_shard(insider.task)
    insider.attempt(challenger(), bad)

    def renamed(suite: Suite) -> Suite:
        rows = (
            replace(e, id=f"new-{e.id}", cluster=f"new-{e.id}", inputs={"text": f"{spaces}{text}"})
            for e in suite
            for text in [e.inputs["text"].upper() if spaces else e.inputs["text"]]
        )
        return replace(suite, examples=tuple(rows))

    with pytest.raises(IntegrityError, match="no unseen gate examples"):
        insider.plan(challenger(2), with_gate(insider.task, renamed))


@pytest.mark.parametrize("n", [170, 230, 290])
def test_another_cut_brings_no_used_example_back(insider: Insider, n: int) -> None:
    """Taking the used ones out moves the cut: what is used must not come back by that."""
    for number in range(7):
        insider.attempt(challenger(number), good if number == 0 else bad)
    used = {i for one in history(insider.store) for i in one.example_ids}
    rows = insider.task.of("gate")[0].examples
    task = with_gate(insider.task, lambda s: replace(s, examples=rows[30:]))
    config = CONFIG.model_copy(update={"n": n})
    past = history(insider.store)
    for part in fresh_shards(past, unspent_shards(config, task.suites, "taste", past)):
        same = {one.shard_hash for one in past}
        assert part.hash in same or not used & {e.id for e in part}
