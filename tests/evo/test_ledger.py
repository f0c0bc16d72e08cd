"""A store that is lost, put back or edited renews no error budget: the journals know better."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from support import RuleAgent, taste_config, taste_reply, taste_task

from evo.gate import preflight
from evo.gate.attempts import history, lineage_of
from evo.integrate import integrate
from evo.ledger import ATTEMPT, ledger, past_attempts
from evo.proposers import Proposal
from evo.search import Archive, Entry
from evo.session import Session, open_session
from fitness.outcome import Outcome
from genomes.errors import IntegrityError


def attempt(folder: Path, text: str) -> Session:
    """One attempt at the gate with a candidate that only looks better."""
    task = taste_task()
    ids = [example.id for example in task.of("search")[0].examples[:40]]
    genome = task.seed.with_gene(task.seed.gene("role").model_copy(update={"text": text}))
    start = Entry(
        Proposal(task.seed, (), "m"),
        "taste",
        {i: Outcome(i, float(n % 2)) for n, i in enumerate(ids)},
    )
    archive = Archive(ids)
    archive.add(start)
    archive.add(
        Entry(Proposal(genome, (task.seed.id,), "m"), "taste", {i: Outcome(i, 1.0) for i in ids})
    )
    agent = RuleAgent(taste_reply)
    session = open_session(taste_config(folder, **{"search.gate_attempts": 1}), task, agent)
    integrate(session, archive, start, ())
    return session


def forget(session: Session) -> None:
    session.close()
    for path in session.config.store_path.parent.glob("evo.db*"):
        path.unlink()


def test_what_a_lost_store_knew_is_read_from_the_journal(tmp_path: Path) -> None:
    session = attempt(tmp_path, "You are a judge.")
    (kept,) = history(session.store)
    assert ledger(session.store, session.config.champions_path) == (kept,)
    forget(session)
    assert past_attempts(session.config) == (kept,)
    again = attempt(tmp_path, "You are an expert.")
    past = ledger(again.store, again.config.champions_path)
    assert past[0] == kept
    assert [one.attempt_id for one in past] == ["taste-1", "taste-2"]
    assert len(history(again.store)) == 1
    config, task = again.config.gate, again.task
    outlook = preflight(config, task.suites, past, domain="taste", lineage=lineage_of(task))
    assert outlook.attempts_left == config.attempts_budget - 2
    again.close()


def test_a_store_that_was_put_back_to_an_older_state_lacks_what_came_later(tmp_path: Path) -> None:
    session = attempt(tmp_path, "You are a judge.")
    session.close()
    path = session.config.store_path
    old = path.read_bytes()
    attempt(tmp_path, "You are an expert.").close()
    whole = past_attempts(session.config)
    assert [one.attempt_id for one in whole] == ["taste-1", "taste-2"]
    assert past_attempts(session.config, 1) == whole[:1]
    for left in path.parent.glob("evo.db-*"):
        left.unlink()
    path.write_bytes(old)
    assert past_attempts(session.config) == whole, "in the order of the journal"


def test_a_rejected_candidate_stays_rejected_when_the_store_is_lost(tmp_path: Path) -> None:
    session = attempt(tmp_path, "You are a judge.")
    assert history(session.store)[0].verdict == "REJECT"
    forget(session)
    again = attempt(tmp_path, "You are a judge.")
    assert again.store.attempts() == []
    again.close()


def test_an_attempt_that_was_killed_is_known_to_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "measure", killed)
    with pytest.raises(KeyboardInterrupt):
        attempt(tmp_path, "You are a judge.")
    (found,) = past_attempts(taste_config(tmp_path))
    for path in (tmp_path / "runs").glob("evo.db*"):
        path.unlink()
    assert past_attempts(taste_config(tmp_path)) == (found,)
    assert found.verdict == "INDECISIVE"
    assert found.alpha > 0.0
    assert len(found.example_ids) == 200


@pytest.mark.parametrize(("verdict", "alpha"), [("PROMOTE", None), ("REJECT", 0.0)])
def test_a_store_that_says_otherwise_than_the_journal_is_refused(
    tmp_path: Path, verdict: str, alpha: float | None
) -> None:
    """By hand: a promotion that never was would pass its share on; no share is none."""
    session = attempt(tmp_path, "You are a judge.")
    decision = json.loads(session.store.attempts()[0]["decision_json"])
    decision |= {"verdict": verdict} | ({} if alpha is None else {"alpha": alpha})
    session.close()
    with sqlite3.connect(session.config.store_path) as database:
        database.execute("UPDATE attempts SET decision = ?", (json.dumps(decision),))
    with pytest.raises(IntegrityError, match="disagree"):
        past_attempts(session.config)


def test_an_attempt_of_which_only_the_verdict_is_known_stops_the_gate(tmp_path: Path) -> None:
    """Journals of older releases: how much was used cannot be known."""
    session = attempt(tmp_path, "You are a judge.")
    session.registry.note("validate", {"run": "r0", "attempt": "taste-9", "verdict": "HOLD"})
    with pytest.raises(IntegrityError, match="taste-9") as error:
        ledger(session.store, session.config.champions_path)
    assert "copy" in str(error.value.remedy)
    session.close()


def test_the_attempts_of_other_agents_are_known_too(tmp_path: Path) -> None:
    session = attempt(tmp_path, "You are a judge.")
    (kept,) = history(session.store)
    folder = session.config.champions_path
    (folder / "taste").rename(folder / "other")
    forget(session)
    assert past_attempts(session.config) == (kept,)


def test_a_line_that_holds_no_attempt_is_an_error(tmp_path: Path) -> None:
    session = attempt(tmp_path, "You are a judge.")
    session.registry.note(ATTEMPT, {"run": "r", "record": {"alpha": "much"}})
    with pytest.raises(IntegrityError, match="holds no gate attempt"):
        ledger(session.store, session.config.champions_path)
    session.close()
