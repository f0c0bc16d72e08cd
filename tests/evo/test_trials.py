"""Attempts as a run makes them: cost as primary, anchors of the line, budgets, fresh answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support import RuleAgent, labelled, noise, taste_config, taste_task
from support_gate import decided_by, plan_of

from evo.gate import GatePlan, RegressionEvidence, RegressionPlan, preflight
from evo.gate.attempts import history, lineage_of
from evo.integrate import integrate
from evo.proposers import Proposal
from evo.run import run
from evo.search import Archive, Entry
from evo.session import Session, open_session
from evo.task import Task
from evo.trials import anchors, candidates, line_of
from fitness.budget import BudgetExhaustedError
from fitness.outcome import Outcome
from fitness.response import Response
from fitness.stats import score_test
from fitness.suites import Example
from genomes import Genome, Rendered


def wordy(rendered: Rendered, example: Example) -> Response:
    """Nine of ten right, whatever is said; longer prompts cost more."""
    system = rendered.turns[0].text
    right = 1.0 if example.target == "good" else -1.0
    margin = 1.3 * right + noise(example.id)
    return Response("x", (("good", margin - 9), ("bad", -margin - 9)), 10 + len(system), 1)


def wordy_task() -> Task:
    task = taste_task()
    long = task.seed.gene("task").model_copy(update={"text": "Judge the text. " + "Be kind. " * 20})
    return replace(task, seed=task.seed.with_gene(long))


def archive_of(task: Task, *found: tuple[Genome, int]) -> tuple[Archive, Entry]:
    """The seed and what a search found, with tokens an answer; all score alike."""
    ids = [example.id for example in task.of("search")[0].examples[:40]]

    def entry(genome: Genome, tokens: int) -> Entry:
        scores = {i: Outcome(i, float(n % 9 > 0), tokens=tokens) for n, i in enumerate(ids)}
        return Entry(Proposal(genome, (), "m"), task.domain, scores)

    archive, start = Archive(ids), entry(task.seed, 100)
    for one in (start, *(entry(genome, tokens) for genome, tokens in found)):
        archive.add(one)
    return archive, start


def changed(task: Task, text: str) -> Genome:
    return task.seed.with_gene(task.seed.gene("task").model_copy(update={"text": text}))


def opened(tmp_path: Path, task: Task, agent: RuleAgent, **sets: object) -> Session:
    return open_session(taste_config(tmp_path, **sets), task, agent)


def test_a_run_with_cost_as_primary_promotes_a_cheaper_equal_genome(tmp_path: Path) -> None:
    sets = {"gate.primary": "cost", "gate.quality_margin": 0.1, "gate.alpha": 0.2}
    config = taste_config(tmp_path, **sets, **{"budget.calls": 3200})
    result = run(config, task=wordy_task(), agent=RuleAgent(wordy))
    assert result.status == "promoted", result.reason
    decision = result.decisions[-1]
    assert decision.saving is not None
    assert decision.saving.candidate < decision.saving.champion
    assert decision.quality[0].passed
    champion = result.champion.genome
    assert len(str(champion.gene("task"))) < len(str(wordy_task().seed.gene("task")))


def test_the_same_search_sends_no_equal_genome_for_its_quality(tmp_path: Path) -> None:
    result = run(taste_config(tmp_path), task=wordy_task(), agent=RuleAgent(wordy))
    assert result.decisions == ()


def test_the_cheapest_at_the_same_quality_go_first(tmp_path: Path) -> None:
    task = taste_task()
    middle, least, dear = (changed(task, text) for text in ("middle", "least", "dear"))
    archive, start = archive_of(task, (middle, 60), (least, 40), (dear, 120))
    with_cost = opened(tmp_path, task, RuleAgent(wordy), **{"gate.primary": "cost"})
    sent = [entry.genome for entry in candidates(with_cost, archive, start)]
    assert sent == [least, middle]
    with_cost.close()


@dataclass
class Counting:
    """A measure of the session that runs out of a budget after some calls."""

    session: Session
    left: int

    def __call__(self, *args: object, **more: object) -> list[Outcome]:
        self.left -= 1
        if self.left < 0:
            raise BudgetExhaustedError("12 calls of the judge do not fit")
        return Session.measure(self.session, *args, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("left", [0, 3])
def test_an_exhausted_judge_ends_the_attempt_indecisive_and_costs_no_second_share(
    tmp_path: Path, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = taste_task()
    better = [changed(task, text) for text in ("One clear way.", "Another clear way.")]
    archive, start = archive_of(task, *((genome, 100) for genome in better))
    perfect = {i: Outcome(i, 1.0) for i in start.outcomes}
    for genome in better:
        archive.add(Entry(Proposal(genome, (task.seed.id,), "m"), "taste", perfect))
    session = opened(tmp_path, task, RuleAgent(wordy), **{"search.gate_attempts": 3})
    monkeypatch.setattr(session, "measure", Counting(session, left))
    decisions, reason = integrate(session, archive, start, ())
    assert [one.verdict for one in decisions] == ["INDECISIVE"]
    assert decisions[0].broken_off
    assert "do not fit" in reason
    (record,) = history(session.store)
    assert (record.verdict, record.alpha) == ("INDECISIVE", pytest.approx(0.005))
    assert session.store.attempts()[0]["decision_json"] is not None
    assert session.registry.head().number == 1
    session.close()


def test_the_whole_attempt_is_reserved_whatever_it_uses(tmp_path: Path) -> None:
    """One bit: what is left of the budget must not tell where the attempt stopped."""
    left = []
    for skill in (-3.0, 0.0, 3.0):  # stops early as futile, late, early as promoted
        folder = tmp_path / str(skill)
        folder.mkdir()
        task = taste_task()
        genome = changed(task, "Be clear.")
        archive, start = archive_of(task, (genome, 100))
        perfect = {i: Outcome(i, 1.0) for i in start.outcomes}
        archive.add(Entry(Proposal(genome, (task.seed.id,), "m"), "taste", perfect))

        def reply(rendered: Rendered, example: Example, skill: float = skill) -> Response:
            gain = skill if any("clear" in turn.text for turn in rendered.turns) else 0.0
            right = 1.0 if example.target == "good" else -1.0
            margin = (0.5 + gain) * right + noise(rendered.call_hash, example.id)
            return labelled(margin / 2 - 5, -margin / 2 - 5)

        session = opened(folder, task, RuleAgent(reply), **{"search.gate_attempts": 1})
        decisions, _ = integrate(session, archive, start, ())
        left.append((session.budget.left(), session.budget.spent.tokens))
        assert len(decisions) == 1
        session.close()
    assert len(set(left)) == 1, left


def test_an_agent_with_state_answers_each_attempt_anew(tmp_path: Path) -> None:
    task = taste_task()
    genomes = [changed(task, text) for text in ("One.", "Two.")]
    archive, start = archive_of(task, *((genome, 100) for genome in genomes))
    perfect = {i: Outcome(i, 1.0) for i in start.outcomes}
    for genome in genomes:
        archive.add(Entry(Proposal(genome, (task.seed.id,), "m"), "taste", perfect))

    def champions_calls(stateless: bool) -> int:
        folder = tmp_path / str(stateless)
        folder.mkdir()
        agent = RuleAgent(wordy, stateless=stateless)
        sets = {"search.gate_attempts": 2, "gate.n": 600, "budget.calls": 4000}
        session = opened(folder, task, agent, **sets)
        decisions, reason = integrate(session, archive, start, ())
        assert len(decisions) == 2, reason
        first = [name for _, name in agent.asked if name.startswith("taste-gate")]
        session.close()
        return len(first)

    # Both attempts are on the same shard; only the champion's answers could be used twice.
    reused, fresh = champions_calls(True), champions_calls(False)
    assert fresh > reused


def with_small_loss(tmp_path: Path, task: Task) -> Session:
    """A second version that lost 3 of 400 regression examples, certified within the margin."""
    session = opened(tmp_path, task, RuleAgent(wordy))
    name, domain = "other/regression", "other"
    part = RegressionPlan(
        suite=name, hash="h", domain=domain, test="sign", clustered=False, example_ids=()
    )
    row = RegressionEvidence(
        suite=name, domain=domain, rung="score_test", status="certified", margin=0.05, reason="",
        losses=3, n=400, noninferiority_p=score_test(0, 3, 400, 0.05),
    )  # fmt: skip
    child = task.seed.with_gene(task.seed.gene("role").model_copy(update={"text": "You judge."}))
    plan = plan_of(child.id, task.seed.id, regressions=(part,))
    session.registry.promote(
        child, decided_by(plan, row), provenance={"plan": plan.model_dump(mode="json")}
    )
    session.close()
    return session


def test_the_line_is_what_the_registry_says_newest_first(tmp_path: Path) -> None:
    task = taste_task()
    session = with_small_loss(tmp_path, task)
    registry, gate = session.registry, session.config.gate
    head, seed = registry.head(), registry.version(1)
    assert [one.genome for one in line_of(registry, head)] == [head.genome, task.seed]
    assert anchors(registry, head, task, gate) == {"other/regression": task.seed}
    assert anchors(registry, seed, task, gate) == {}


def test_a_run_after_a_small_loss_names_the_anchor_and_pays_for_it(tmp_path: Path) -> None:
    task = taste_task()
    with_small_loss(tmp_path, task)
    session = opened(tmp_path, task, RuleAgent(wordy), **{"search.gate_attempts": 1})
    head = session.registry.head().genome
    genome = head.with_gene(head.gene("role").model_copy(update={"text": "You are a judge."}))
    ids = [example.id for example in task.of("search")[0].examples[:40]]
    archive, start = archive_of(replace(task, seed=head))
    archive.add(Entry(Proposal(genome, (), "m"), "taste", {i: Outcome(i, 1.0) for i in ids}))
    (decision,), _ = integrate(session, archive, start, ())
    plan = GatePlan.model_validate_json(session.store.attempts()[0]["plan_json"])
    assert plan.anchor_ids == (task.seed.id,)
    assert plan.max_calls == 2 * (plan.n + 100) + 100
    assert decision.plan_hash == plan.hash
    outlook = preflight(
        session.config.gate,
        task.suites,
        [],
        domain="taste",
        lineage="x",
        anchors=["other/regression"],
    )
    assert outlook.max_calls == plan.max_calls
    session.close()


def test_preflight_does_not_count_what_was_used_before_the_suite_was_cut_anew(
    tmp_path: Path,
) -> None:
    task = taste_task()
    genome = changed(task, "One.")
    archive, start = archive_of(task, (genome, 100))
    perfect = {i: Outcome(i, 1.0) for i in start.outcomes}
    archive.add(Entry(Proposal(genome, (task.seed.id,), "m"), "taste", perfect))
    session = opened(tmp_path, task, RuleAgent(wordy), **{"search.gate_attempts": 1})
    integrate(session, archive, start, ())
    past = history(session.store)
    assert len(past[0].example_ids) == 200
    recut = session.config.gate.model_copy(update={"n": 150})
    found = preflight(recut, task.suites, past, domain="taste", lineage=lineage_of(task))
    assert found.shards == 2, "600 examples less the 200 that are used, in shards of 150"
    session.close()


def test_a_reserve_that_does_not_fit_spends_no_share(tmp_path: Path) -> None:
    task = taste_task()
    genome = changed(task, "One.")
    archive, start = archive_of(task, (genome, 100))
    perfect = {i: Outcome(i, 1.0) for i in start.outcomes}
    archive.add(Entry(Proposal(genome, (task.seed.id,), "m"), "taste", perfect))
    session = opened(tmp_path, task, RuleAgent(wordy), **{"budget.calls": 100})
    decisions, reason = integrate(session, archive, start, ())
    assert (decisions, session.store.attempts()) == ((), [])
    assert "do not fit" in reason
    session.close()
