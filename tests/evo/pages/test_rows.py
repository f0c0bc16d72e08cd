"""Rows of the tables: arithmetic, and what must not be counted (R17, R42)."""

from __future__ import annotations

import json
import math

import pytest

from evo.pages import (
    Child,
    Gain,
    SpendRow,
    by_purpose,
    children,
    family_rows,
    front_rows,
    gap_rows,
    hypothesis_rows,
    operator_rows,
    report_content,
    run_records,
    spend_rows,
    written_rows,
)
from evo.pages.changes import changes
from evo.pages.words import interval_text, money_text, time_text
from evo.storage import Store
from genomes import DecisionGene, Domain, FragmentGene, Genome

RUN = "20260101-a"


def proposal(genome: str, operator: str, gain: float | None, **more: object) -> dict:
    known = None if gain is None else {"over": "p", "n": 40, "mean": gain, "low": gain - 0.1,
                                       "high": gain + 0.1}  # fmt: skip
    return {"genome_id": genome, "operator": operator, "gain": known, "kept": True, "n": 40} | more


def child(gain: Gain | None = None, expected: float | None = None, **more: object) -> Child:
    return Child("g", "swap", None, "why", expected, True, 40, gain, **more)


@pytest.fixture
def run(store: Store) -> Store:
    store.start_run(RUN, "mail", json.dumps({}), 1)
    return store


@pytest.mark.parametrize(
    ("gain", "expected", "held"),
    [
        (None, 0.1, "not measured"),
        (Gain(0.1, 0.05, 0.15, 40), 0.1, "held"),
        (Gain(0.3, 0.2, 0.4, 40), 0.1, "held"),
        (Gain(0.02, 0.01, 0.03, 40), 0.1, "fell short"),
        (Gain(-0.2, -0.3, -0.1, 40), 0.1, "fell short"),
        (Gain(0.1, -0.05, 0.25, 40), 0.1, "unclear"),
        (Gain(0.1, None, None, 1), 0.1, "unclear"),
        (Gain(0.1, 0.05, 0.15, 40), None, "better"),
        (Gain(-0.1, -0.15, -0.05, 40), None, "worse"),
        (Gain(0.0, -0.05, 0.05, 40), None, "unclear"),
    ],
)
def test_whether_an_effect_held(gain: Gain | None, expected: float | None, held: str) -> None:
    assert child(gain, expected).held == held


def test_a_child_stored_again_counts_once_and_the_start_never(run: Store) -> None:
    run.put_proposal(RUN, proposal("s", "seed", None))
    run.put_proposal(RUN, proposal("a", "swap_cue", 0.1, key="k"))
    run.put_proposal(RUN, proposal("a2", "swap_cue", 0.2, key="k"))
    run.put_score(RUN, "a3", {"quality": 0.6, "quality_se": 0.1, "cost": 1.0, "length": 1,
                              "calls": 5, "key": "k", "final": True})  # fmt: skip
    found = children(run_records(run, RUN))
    assert [(one.genome_id, one.gain.mean) for one in found] == [("a3", 0.2)]


def test_what_an_operator_earned(run: Store) -> None:
    for genome, gain, kept in (("a", 0.3, True), ("b", -0.1, False), ("c", None, False)):
        run.put_proposal(RUN, proposal(genome, "swap_cue", gain, kept=kept))
    run.put_proposal(RUN, proposal("d", "uniform", 0.05))
    for operator, calls in (("swap_cue", 50), ("uniform", 20), ("seed", 9), ("restart", 10)):
        for _ in range(calls):
            run.reserve_call(RUN, "search", operator, 1, 0.0)
    run.reserve_call(RUN, "propose", "swap_cue", 1, 0.0)
    run.reserve_call(RUN, "best_of_n", "restart", 1, 0.0)
    rows = operator_rows(run_records(run, RUN), spend_rows(run, RUN))
    swap, cross, restart = rows
    assert (swap.operator, swap.calls, swap.proposals, swap.kept) == ("swap_cue", 51, 3, 1)
    assert swap.gain == pytest.approx(0.1)
    assert swap.low is not None
    assert swap.low < 0.1 < swap.high
    assert swap.per_100 == pytest.approx(100 * 0.2 / 51)
    assert (cross.operator, cross.low, cross.per_100) == ("uniform", None, pytest.approx(0.25))
    assert (restart.calls, restart.proposals, restart.gain, restart.per_100) == (10, 0, None, None)


def test_families_add_up_to_their_operators(run: Store) -> None:
    for i, operator in enumerate(("swap_cue", "swap_cue+add_demo", "add_demo", "blend_decisions")):
        run.put_proposal(RUN, proposal(str(i), operator, 0.1 * i))
        run.reserve_call(RUN, "search", operator, 1, 0.0)
    records, spend = run_records(run, RUN), spend_rows(run, RUN)
    families = {row.family: row for row in family_rows(records, spend)}
    assert set(families) == {"edit", "demonstrations", "crossover"}
    assert (families["edit"].proposals, families["edit"].gain) == (2, pytest.approx(0.05))
    operators = operator_rows(records, spend)
    for name in ("calls", "proposals", "kept", "ancestors"):
        assert sum(getattr(row, name) for row in families.values()) == sum(
            getattr(row, name) for row in operators
        )


def test_hypotheses_that_answer_a_gap_come_first_and_equal_ones_together(run: Store) -> None:
    run.put_proposal(RUN, proposal("a", "restart", 0.3, hypothesis="elsewhere"))
    run.put_proposal(RUN, proposal("b", "restart", -0.2, hypothesis="elsewhere"))
    run.put_proposal(RUN, proposal("c", "rewrite", 0.01, hypothesis="dates", gap="g", expected=0.5))
    run.put_proposal(RUN, proposal("d", "swap_cue", 0.9))
    told = hypothesis_rows(children(run_records(run, RUN)))
    assert [row.hypothesis for row in told] == ["dates", "elsewhere"]
    assert told[0].outcomes == (("fell short", 1),)
    assert told[1].gain == pytest.approx(0.05)
    assert sorted(told[1].outcomes) == [("better", 1), ("worse", 1)]


def test_gaps_count_their_proposals(run: Store) -> None:
    rate = {"n": 20, "failures": 8, "low": 0.2, "high": 0.6}
    gap = {"kind": "failing", "domain": "mail", "slice": "tag=date", "confirmed": True}
    run.add_event(RUN, "gaps", {"gaps": [{"id": "old", "before": gap | rate, "after": None}]})
    after = rate | {"failures": 2}
    run.add_event(RUN, "gaps", {"gaps": [{"id": "g", "before": gap | rate, "after": after}]})
    run.put_proposal(RUN, proposal("c", "rewrite", 0.1, gap="g"))
    (row,) = gap_rows(run_records(run, RUN))
    assert (row.gap_id, row.proposals, row.confirmed) == ("g", 1, True)
    assert (row.before.rate, row.after.rate) == (0.4, 0.1)


def test_what_is_unknown_stays_unknown_in_totals() -> None:
    rows = [
        SpendRow("search", "a", 3, 30, 0.5, 1.0),
        SpendRow("search", "b", 2, None, 0.25, 2.0),
        SpendRow("gate", None, 1, 10, None, 4.0),
    ]
    search, gate, total = by_purpose(rows)
    assert (search.calls, search.tokens, search.money) == (5, None, 0.75)
    assert (gate.tokens, gate.money) == (10, None)
    assert total == SpendRow(None, None, 6, None, None, 7.0)


def test_the_ledger_by_operator_adds_up_to_the_ledger(ended_store: Store) -> None:
    run_id = ended_store.run("latest")["id"]
    totals = {row.purpose: row.calls for row in by_purpose(spend_rows(ended_store, run_id))}
    spent = {name: spend["calls"] for name, spend in ended_store.spent(run_id).items()}
    assert totals == {**spent, None: sum(spent.values())}


def test_earlier_readings_of_a_genome_are_not_shown_beside_it(run: Store) -> None:
    known = {"quality_se": 0.1, "cost": 5.0, "length": 1, "calls": 5, "key": "k"}
    run.put_score(RUN, "old", known | {"quality": 0.9})
    assert [row.genome for row in front_rows(run_records(run, RUN))] == ["old"]
    run.put_score(RUN, "new", known | {"quality": 0.7, "final": True})
    records = run_records(run, RUN)
    assert [row.genome for row in front_rows(records, everything=True)] == ["new"]
    assert len(records.history) == 2


def test_the_champion_is_in_the_table_though_it_is_not_on_the_front(ended_store: Store) -> None:
    roles = [row.role for row in report_content(ended_store, "latest").front]
    assert "champion" in roles
    assert "seed" in roles


def test_dead_children_are_counted(ended_store: Store) -> None:
    made = children(run_records(ended_store, "latest"))
    assert any(not one.kept for one in made)
    assert any(one.kept for one in made)
    assert all(one.gain is not None and math.isfinite(one.gain.mean) for one in made)


def test_texts_are_cut_into_words_and_values_are_not() -> None:
    def genome(text: str, value: float) -> Genome:
        domain = Domain(name="d", inputs=("text",), labels=("a", "b"), top_logprobs=5)
        user = FragmentGene(id="u", place="user", text="{{ text }}")
        offset = DecisionGene(id="o", parameter="offset", label="a", value=value)
        return Genome(domains=(domain,), genes=(FragmentGene(id="t", text=text), user, offset))

    text, value = changes(genome("Be kind.", 0.0), genome("Be quick.", 1.5))
    assert text.pieces == (("=", "Be "), ("-", "kind"), ("+", "quick"), ("=", "."))
    assert value.pieces == (("-", "0.0"), ("+", "1.5"))
    assert changes(genome("a", 0.0), genome("a", 0.0)) == ()


def test_requests_that_gave_no_child_are_told_with_the_first_reason(run: Store) -> None:
    assert written_rows(run_records(run, RUN)) == ()
    content = {
        "counts": {"ok": 2, "prose": 0, "refusal": 3, "malformed": 3},
        "calls": 9,
        "reasons": {"refusal": "no"},
    }
    run.finish_run(RUN, "done", {"written": {"rewrite": content}})
    (row,) = written_rows(run_records(run, RUN))
    assert (row.operator, row.requests, row.calls) == ("rewrite", 8, 9)
    assert row.outcomes == (("malformed", 3, None), ("refusal", 3, "no"), ("ok", 2, None))


def test_words() -> None:
    assert interval_text(0.5, 0.25, 0.75) == "0.500 (0.250 to 0.750)"
    assert interval_text(0.5, None, 0.75, sign="+") == "+0.500"
    assert interval_text(None, 0.1, 0.2) is None
    assert [money_text(x) for x in (None, 0.0, 0.01234, 12.3)] == [
        None,
        "$0.00",
        "$0.0123",
        "$12.30",
    ]
    assert time_text("2026-01-31T09:05:59.123Z") == "2026-01-31 09:05 UTC"
