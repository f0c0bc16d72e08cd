"""The loop on a synthetic task: named invariants, no model, no network.

I1 the ledger of calls equals what the agent was asked, and the budget is never exceeded
I2 the same seed gives the same run, for any number of jobs, on a cold and on a warm store
I3 nothing enters the champion without a decision; the journal tells the four phases in order
I4 a gain limited to one domain leaves the other byte-identical
I5 a run that promotes nothing says why and ends normally
I6 the champion's figures come from the audit suite, the seed stands beside it
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from support import RuleAgent, taste_config, taste_reply, taste_task

from evo.events import Event
from evo.result import Result
from evo.run import run
from evo.storage import Store
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered, render
from genomes.errors import BudgetError


def _run(workspace: Path, agent: RuleAgent | None = None, **sets: object) -> Result:
    return run(
        taste_config(workspace, **sets), task=taste_task(), agent=agent or RuleAgent(taste_reply)
    )


def _ledger(workspace: Path) -> int:
    with sqlite3.connect(workspace / "runs" / "evo.db") as store:
        return int(store.execute("SELECT count(*) FROM calls").fetchone()[0])


def test_a_real_gain_is_promoted_and_the_seed_stands_beside_it(tmp_path: Path) -> None:
    result = _run(tmp_path)
    assert result.status == "promoted", result.reason
    arms = {arm.name: arm for arm in result.arms}
    assert list(arms) == ["seed", "reading", "champion"]
    assert arms["champion"].n == 200  # I6
    assert arms["champion"].difference_low is not None
    assert arms["champion"].difference_low > 0
    assert arms["reading"].score > arms["seed"].score
    assert (arms["reading"].calls, arms["seed"].calls) == (0, 0)
    for path in result.files:
        assert path.stat().st_size > 0


@pytest.mark.parametrize("calls", [1450, 1700, 2400])
def test_the_budget_is_never_exceeded(tmp_path: Path, calls: int) -> None:
    agent = RuleAgent(taste_reply)
    result = _run(tmp_path, agent, **{"budget.calls": calls, "search.best_of_n": "false"})
    assert len(agent.asked) == result.bought == _ledger(tmp_path) <= calls  # I1
    assert result.calls <= calls


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    first = _run(tmp_path / "a")
    threads = _run(tmp_path / "b", **{"run.jobs": 4})
    other = _run(tmp_path / "c", **{"run.seed": 2})
    assert first.arms[-1].genome_id == threads.arms[-1].genome_id  # I2
    assert first.calls == threads.calls
    assert [d.pairs for d in first.decisions] == [d.pairs for d in threads.decisions]
    assert other.arms[-1].genome_id != first.arms[-1].genome_id


def test_a_second_run_starts_from_the_champion_and_buys_nothing_twice(tmp_path: Path) -> None:
    agent = RuleAgent(taste_reply)
    first = _run(tmp_path, agent)
    second = _run(tmp_path, agent)
    asked = list(agent.asked)
    assert len(set(asked)) == len(asked)
    assert second.decisions == () or second.decisions[0].champion_id == first.champion.genome.id


def test_the_journal_links_the_four_phases(tmp_path: Path) -> None:
    result = _run(tmp_path)
    from evo.champion import Registry

    registry = Registry(tmp_path / "champions" / "taste")
    kinds = [entry.kind for entry in registry.journal.scan().entries]
    assert list(dict.fromkeys(kinds)) == [
        "init",
        "identify",
        "propose",
        "attempt",
        "validate",
        "promote",
    ]
    assert registry.head().decision is not None  # I3
    assert registry.head().decision["attempt_id"] == result.decisions[-1].attempt_id
    assert not registry.verify()


def test_a_limited_promotion_leaves_the_other_domain_alone(tmp_path: Path) -> None:
    result = _run(tmp_path)
    seed, champion = taste_task().seed, result.champion.genome
    decision = result.decisions[-1]
    before, after = render(seed, "other"), render(champion, "other")
    limited = decision.promoted_id != decision.candidate_id
    assert bool(decision.unscoped) == limited
    assert not limited or before.call_hash == after.call_hash  # I4
    assert all(part.passed for part in decision.regressions)


def test_nothing_to_gain_is_a_normal_end(tmp_path: Path) -> None:
    def coin(rendered: Rendered, example: Example) -> Response:
        from support import noise

        margin = noise(rendered.call_hash, example.id)
        return Response("x", (("good", margin - 9), ("bad", -margin - 9)), 10, 1)

    result = _run(tmp_path, RuleAgent(coin))
    assert result.status == "kept"  # I5
    assert result.reason
    assert result.champion.number == 1
    assert all(not decision.promoted for decision in result.decisions)


def test_a_budget_too_small_is_refused_before_the_first_call(tmp_path: Path) -> None:
    agent = RuleAgent(taste_reply)
    with pytest.raises(BudgetError, match="300 calls are too few"):
        _run(tmp_path, agent, **{"budget.calls": 300})
    assert agent.asked == []


def test_a_money_budget_needs_a_price(tmp_path: Path) -> None:
    agent = RuleAgent(taste_reply, price=None)
    with pytest.raises(BudgetError, match="price is unknown"):
        _run(tmp_path, agent, **{"budget.usd": 1.0})
    assert agent.asked == []


def test_best_of_n_runs_at_the_calls_of_the_search(tmp_path: Path) -> None:
    result = _run(tmp_path, **{"search.best_of_n": "true", "budget.calls": 4000})
    drawn = next(arm for arm in result.arms if arm.name == "best_of_n")
    assert 0 < drawn.calls <= result.spend["search"].calls


def test_genomes_are_placed_where_they_became_known(tmp_path: Path) -> None:
    result = _run(tmp_path)
    with Store(tmp_path / "runs" / "evo.db") as store:
        scores = store.scores(result.run_id)
    latest = {score["genome_id"]: score for score in scores}
    seeds = [score for score in latest.values() if score["is_seed"]]
    champions = [score for score in latest.values() if score["is_champion"]]
    assert len(seeds) == len(champions) == 1
    assert 0 < seeds[0]["calls"] < champions[0]["calls"] < result.spend["search"].calls


def test_events_are_balanced(tmp_path: Path) -> None:
    events: list[Event] = []
    run(
        taste_config(tmp_path),
        task=taste_task(),
        agent=RuleAgent(taste_reply),
        listener=events.append,
    )
    kinds = [event.kind for event in events]
    assert (kinds[0], kinds[-1]) == ("launch", "done")
    assert kinds.count("candidate") == kinds.count("gate") >= 1
    calls = [event.data["calls"] for event in events[1:]]
    assert calls == sorted(calls)


def test_time_that_ends_before_the_first_genome_is_measured_is_named(tmp_path: Path) -> None:
    def slow(rendered: Rendered, example: Example) -> Response:
        time.sleep(0.01)
        return taste_reply(rendered, example)

    agent = RuleAgent(slow)
    with pytest.raises(BudgetError, match="before the genome in force was measured"):
        _run(tmp_path, agent, **{"budget.minutes": 0.004})
    assert len(agent.asked) == _ledger(tmp_path) < 80


@pytest.mark.parametrize("drawn", ["true", "false"])
def test_the_parts_of_the_spend_add_up(tmp_path: Path, drawn: str) -> None:
    result = _run(tmp_path, **{"search.best_of_n": drawn, "budget.calls": 3200})
    assert sum(spend.calls for spend in result.spend.values()) == result.calls
    assert ("best_of_n" in result.spend) == (drawn == "true")
