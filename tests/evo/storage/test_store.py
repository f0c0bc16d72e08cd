"""The store keeps what was paid for, charges before it is paid, and says what is wrong."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from evo.storage import Store
from fitness.protocols import ResponseStore
from fitness.response import Response, ResponseKey
from genomes import Domain, FragmentGene, Genome
from genomes.errors import ConfigError, IntegrityError, StoreError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "runs" / "evo.db") as opened:
        yield opened


def key(number: int = 0, replicate: int = 0) -> ResponseKey:
    return ResponseKey("call", f"inputs-{number}", "agent", replicate)


def genome(text: str = "Decide.") -> Genome:
    return Genome(
        domains=(Domain(name="film", inputs=("text",)),),
        genes=(
            FragmentGene(id="instruction", text=text),
            FragmentGene(id="template", text="{{ text }}", place="user"),
        ),
    )


FULL = Response(
    text="gut \u2013 \U0001f600\n",
    logprobs=((" good", -0.125), (" bad", -2.5)),
    prompt_tokens=40,
    completion_tokens=1,
    money=0.25,
    seconds=0.5,
    steps=3,
    trace=('call: look("a")', "end: \u2013"),
)
FAILED = Response(text="", status="infra_error", error="time-out", seconds=9.0)


def test_is_a_response_store(store):
    checked: ResponseStore = store
    assert checked.get_many([]) == {}


@pytest.mark.parametrize(
    "response",
    [FULL, FAILED, Response(text="x"), Response(text="", logprobs=(), status="limit", error="e")],
)
def test_a_response_comes_back_as_it_was(store, response):
    store.put(key(), response, call_id=None)
    assert store.get_many([key(), key(1)]) == {key().hash: response}


def test_many_keys_come_back_in_chunks(store):
    keys = [key(number) for number in range(1203)]
    for one in keys[::2]:
        store.put(one, Response(text=one.inputs_hash), call_id=None)
    found = store.get_many(keys)
    assert found == {one.hash: Response(text=one.inputs_hash) for one in keys[::2]}


def test_replicates_are_different_responses(store):
    store.put(key(replicate=0), Response(text="a"), call_id=None)
    store.put(key(replicate=1), Response(text="b"), call_id=None)
    assert len(store.get_many([key(replicate=0), key(replicate=1)])) == 2


def test_a_reservation_counts_at_its_bound_until_it_is_settled(store):
    first = store.reserve_call("r", "search", "swap", 100, 0.5)
    store.reserve_call("r", "search", None, 70, 0.25)
    assert store.spent("r")["search"] == {
        "calls": 2,
        "tokens": 170,
        "money": 0.75,
        "seconds": 0.0,
        "failed": 0,
    }
    store.put(key(), FULL, call_id=first)
    assert store.spent("r")["search"] == {
        "calls": 2,
        "tokens": 111,
        "money": 0.5,
        "seconds": 0.5,
        "failed": 0,
    }


def test_unknown_amounts_are_none_and_never_zero(store):
    store.settle_call(store.reserve_call("r", "gate", None, None, None), 5, None, 1.0, "ok")
    store.settle_call(store.reserve_call("r", "gate", None, 10, 0.5), 4, 0.1, 1.0, "ok")
    spent = store.spent("r")["gate"]
    assert (spent["calls"], spent["tokens"], spent["money"], spent["seconds"]) == (2, 9, None, 2.0)
    store.reserve_call("r", "gate", None, None, 0.5)
    assert store.spent("r")["gate"]["tokens"] is None


def test_calls_without_an_answer_are_counted_as_failed(store):
    for status in ("ok", "limit", "infra_error", "error: no access", "duplicate"):
        call = store.reserve_call("r", "search", "swap", 10, 0.1)
        store.settle_call(call, None, None, 0.0, status)
    store.reserve_call("r", "search", None, 10, 0.1)
    assert store.spent("r")["search"]["failed"] == 2
    assert store.spent_on("r")["search", None]["failed"] == 0


def test_an_amount_that_stays_unknown_keeps_its_bound(store):
    call = store.reserve_call("r", "search", None, 100, 0.5)
    store.put(key(), Response(text="x", prompt_tokens=3), call_id=call)
    assert store.spent("r")["search"]["tokens"] == 100
    assert store.spent("r")["search"]["money"] == 0.5


def test_spending_is_kept_apart_by_run_and_purpose(store):
    for run, purpose in (("a", "search"), ("a", "gate"), ("b", "search"), ("a", "search")):
        store.reserve_call(run, purpose, None, 1, 0.0)
    assert {name: spend["calls"] for name, spend in store.spent("a").items()} == {
        "search": 2,
        "gate": 1,
    }
    assert store.spent("c") == {}


def test_the_first_answer_stays_and_the_second_is_charged_and_named(store, caplog):
    store.put(key(), FULL, call_id=store.reserve_call("r", "search", None, 100, 1.0))
    again = store.reserve_call("r", "search", None, 100, 1.0)
    with caplog.at_level(logging.WARNING):
        store.put(key(), Response(text="other", money=0.5), call_id=again)
    assert store.get_many([key()]) == {key().hash: FULL}
    assert store.spent("r")["search"]["money"] == 0.75
    assert "stored before" in caplog.text
    assert rows(store.path, "SELECT status FROM calls ORDER BY id") == [("ok",), ("duplicate",)]


def test_an_answer_takes_the_place_of_an_infrastructure_error_but_not_the_reverse(store):
    store.put(key(), FAILED, call_id=None)
    store.put(key(), FULL, call_id=None)
    store.put(key(), FAILED, call_id=None)
    assert store.get_many([key()]) == {key().hash: FULL}


def test_response_and_settlement_are_written_both_or_neither(store):
    with pytest.raises(StoreError, match="never reserved"):
        store.put(key(), FULL, call_id=99)
    assert store.get_many([key()]) == {}


def test_settling_what_was_never_reserved_is_refused(store):
    with pytest.raises(StoreError, match="call 7 was never reserved"):
        store.settle_call(7, 1, 0.0, 0.0, "ok")


def test_a_reservation_outlives_the_death_of_its_process(tmp_path):
    path = tmp_path / "evo.db"
    script = (
        "import os, signal, sys\n"
        "from evo.storage import Store\n"
        "store = Store(sys.argv[1])\n"
        "store.reserve_call('r', 'search', None, 100, 0.5)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, check=False, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL
    with Store(path) as store:
        assert store.spent("r")["search"]["calls"] == 1
        assert store.spent("r")["search"]["money"] == 0.5


def test_threads_share_one_store(store):
    def work(start: int) -> None:
        for number in range(start, start + 40):
            call = store.reserve_call("r", "search", None, 1, 0.0)
            store.put(key(number), Response(text=str(number)), call_id=call)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 40, 80)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.get_many([key(number) for number in range(120)])) == 120
    assert store.spent("r")["search"]["calls"] == 120


def test_genomes_are_found_by_unique_beginning(store):
    ids = [store.put_genome(genome(f"Variant {number}")) for number in range(40)]
    assert store.put_genome(genome("Variant 0")) == ids[0]
    assert store.get_genome(ids[0]) == genome("Variant 0")
    assert store.get_genome(ids[7][:12]) == genome("Variant 7")
    shared = next(i[0] for i in ids if sum(other[0] == i[0] for other in ids) > 1)
    with pytest.raises(ConfigError, match="ambiguous"):
        store.get_genome(shared)


def test_an_unknown_genome_gets_a_hint(store):
    with pytest.raises(ConfigError, match="no genome yet"):
        store.get_genome("abc")
    known = store.put_genome(genome())
    typo = ("0" if known[3] != "0" else "1").join((known[:3], known[4:12]))
    with pytest.raises(ConfigError) as caught:
        store.get_genome(typo)
    assert known[:12] in str(caught.value.remedy)
    with pytest.raises(ConfigError, match="unknown genome ''"):
        store.get_genome("")


def test_a_wildcard_is_no_prefix(store):
    store.put_genome(genome())
    with pytest.raises(ConfigError, match="unknown genome '%'"):
        store.get_genome("%")


@pytest.mark.parametrize("text", ["{}", "no json", None])
def test_an_edited_genome_row_is_found(store, text):
    known = store.put_genome(genome())
    with sqlite3.connect(store.path) as other:
        edited = text or json.dumps(genome("Edited.").model_dump(mode="json"))
        other.execute("UPDATE genomes SET genome = ?", (edited,))
    other.close()
    with pytest.raises(StoreError, match=known[:12]):
        store.get_genome(known)


def test_runs_resolve_by_latest_and_by_beginning(store):
    for run in ("20260101-a", "20260102-b"):
        store.start_run(run, "sentiment", '{"budget":  1}', seed=3)
    store.finish_run("20260101", "budget", {"champion": "x"})
    assert [run["id"] for run in store.runs()] == ["20260101-a", "20260102-b"]
    assert store.run("latest")["id"] == "20260102-b"
    assert store.run("latest")["status"] == "running"
    first = store.run("20260101")
    assert (first["status"], first["summary"]) == ("budget", {"champion": "x"})
    assert first["config_json"] == '{"budget":  1}'
    assert first["seed"] == 3
    assert first["finished"] >= first["started"]


def test_unknown_ambiguous_and_taken_runs_are_refused(store):
    with pytest.raises(ConfigError, match="unknown run 'latest'"):
        store.run("latest")
    store.start_run("20260101-a", "s", "{}", 0)
    store.start_run("20260102-b", "s", "{}", 0)
    with pytest.raises(ConfigError, match="ambiguous"):
        store.run("2026")
    with pytest.raises(ConfigError) as caught:
        store.finish_run("20260201-a", "done", {})
    assert "20260101-a" in str(caught.value.remedy)
    with pytest.raises(ConfigError, match="exists"):
        store.start_run("20260101-a", "s", "{}", 0)


def test_records_come_back_in_order_and_by_run(store):
    for number in range(3):
        store.put_proposal("r", {"child": f"g{number}"})
        store.add_event("r", "generation", {"number": number})
        store.put_score("r", f"g{number}", {"quality": number / 2, "parents": ["a"]})
        store.put_state("r", "stream", {"state": [number]})
    store.put_proposal("other", {})
    assert [record["child"] for record in store.proposals("r")] == ["g0", "g1", "g2"]
    assert [event["payload"] for event in store.events("r")] == [{"number": n} for n in range(3)]
    assert {event["kind"] for event in store.events("r")} == {"generation"}
    assert store.scores("r")[2] == {"genome_id": "g2", "quality": 1.0, "parents": ["a"]}
    assert store.get_state("r", "stream") == {"state": [2]}
    assert store.get_state("r", "absent") is None


def test_an_attempt_that_was_killed_is_spent(store):
    store.register_attempt("film", "a1", "r1", '{"alpha":  0.005}')
    store.register_attempt("film", "a2", "r2", "{}")
    store.register_attempt("code", "a3", "r2", "{}")
    store.decide_attempt("a2", '{"verdict": "REJECT"}')
    first, second = store.attempts("film")
    assert (first["attempt_id"], first["decision_json"]) == ("a1", None)
    assert first["plan_json"] == '{"alpha":  0.005}'
    assert (second["run_id"], second["decision_json"]) == ("r2", '{"verdict": "REJECT"}')


def test_plan_and_decision_are_written_once(store):
    store.register_attempt("film", "a1", "r1", "{}")
    with pytest.raises(IntegrityError, match="already registered"):
        store.register_attempt("film", "a1", "r1", '{"alpha": 1}')
    store.decide_attempt("a1", '{"verdict": "REJECT"}')
    with pytest.raises(IntegrityError, match="not open"):
        store.decide_attempt("a1", '{"verdict": "PROMOTE"}')
    with pytest.raises(IntegrityError, match="not open"):
        store.decide_attempt("unknown", "{}")
    assert store.attempts("film")[0]["plan_json"] == "{}"
    assert store.attempts("film")[0]["decision_json"] == '{"verdict": "REJECT"}'


def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "evo.db"
    Store(path).close()
    with sqlite3.connect(path) as other:
        other.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('evogate', 'm999_from_the_future', 'x')"
        )
    other.close()
    with pytest.raises(StoreError, match="newer schema") as caught:
        Store(path)
    assert "upgrade evogate" in str(caught.value.remedy)


def test_what_was_stored_is_there_after_opening_again(tmp_path):
    path = tmp_path / "evo.db"
    with Store(path) as store:
        store.put(key(), FULL, call_id=None)
    with Store(path) as store:
        assert store.get_many([key()]) == {key().hash: FULL}
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]


def test_a_locked_store_says_so(tmp_path):
    path = tmp_path / "evo.db"
    Store(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Store(path, timeout=0.05) as store, pytest.raises(StoreError, match="locked"):
        store.reserve_call("r", "search", None, 1, None)
    other.close()


def test_a_full_disk_keeps_what_was_stored(tmp_path):
    path = tmp_path / "evo.db"
    with Store(path) as store:
        store.put(key(0), FULL, call_id=None)
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = Response(text="x" * 50_000)
        with pytest.raises(StoreError, match="the disk is full") as told:
            store.put(key(1), large, call_id=None)
        assert "--resume" in str(told.value.remedy)
    with Store(path) as store:
        found = store.get_many([key(0), key(1)])
        assert list(found) == [key(0).hash]
        store.put(key(1), large, call_id=None)  # room was made


@pytest.mark.parametrize("content", [b"this is no database" * 100])
def test_a_damaged_file_says_so(tmp_path, content):
    path = tmp_path / "evo.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(path)
    assert path.read_bytes() == content


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path)


def test_a_damaged_response_row_says_so(store):
    store.put(key(), FULL, call_id=None)
    with sqlite3.connect(store.path) as other:
        other.execute("UPDATE responses SET logprobs = 'x'")
    other.close()
    with pytest.raises(StoreError, match="damaged"):
        store.get_many([key()])


def test_processes_may_open_a_fresh_store_at_once(tmp_path):
    script = "import sys; from evo.storage import Store; Store(sys.argv[1]).close()"
    opened = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "evo.db")], cwd=ROOT, env=os.environ
        )
        for _ in range(3)
    ]
    assert [process.wait() for process in opened] == [0, 0, 0]


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
