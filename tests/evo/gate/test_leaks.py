"""A genome that carries held-out text never reaches the gate (R29)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import RuleAgent, taste_config, taste_reply, taste_suite, taste_task

from evo.gate import GateConfig
from evo.gate.attempts import CandidateRefusedError, plan_attempt
from evo.gate.leaks import Leak, find_leaks, words_of
from evo.integrate import integrate
from evo.proposers import Proposal
from evo.search import Archive, Entry
from evo.session import Session, open_session
from evo.storage import Store
from evo.task import Task
from fitness.outcome import Outcome
from fitness.suites import Example, Role, Suite
from genomes import Demo, DemoGene, Domain, FragmentGene, Genome, GenomeSpec, ReasoningGene

LONG = "The river Elbe rises in the Giant Mountains and flows past Dresden to Hamburg."
SHORT = "It flows into the sea"
DOMAINS = (Domain(name="d", inputs=("text",)), Domain(name="e", inputs=("text",)))


def genome(*genes: object) -> Genome:
    user = FragmentGene(id="user", place="user", text="{{ text }}")
    return Genome(domains=DOMAINS, genes=(*genes, user))  # type: ignore[arg-type]


def suite(role: Role, text: str, target: str = "yes", domain: str = "d") -> Suite:
    filler = [Example(f"{role}{i}", {"text": f"{role} {i}"}, "no", domain, str(i)) for i in (1, 2)]
    own = Example(f"{role}-x", {"text": text}, target, domain, "x")
    return Suite(f"{domain}/{role}", role, domain, (*filler, own))


SEED, SPEC = genome(FragmentGene(id="task", text="Answer.")), GenomeSpec()


def leaks(text: str, *suites: Suite) -> tuple[Leak, ...]:
    return find_leaks(genome(FragmentGene(id="task", text=text)), suites, SEED, SPEC)


@pytest.mark.parametrize("role", ["gate", "regression", "audit"])
@pytest.mark.parametrize("domain", ["d", "e"])
def test_eight_words_in_a_row_are_found_with_their_place(role: Role, domain: str) -> None:
    held = suite(role, LONG, domain=domain)
    eight = "rises in the Giant Mountains and flows past"
    assert leaks(f"Know that it {eight}!", held) == (
        Leak("gene 'task'", f"{domain}/{role}", role, f"{role}-x"),
    )
    assert leaks(f"Know that it {eight.rpartition(' ')[0]} hills", held) == ()
    assert leaks(f"Say: {eight}", suite(role, "Who knows?", f"Nobody: {LONG}")) != ()


@pytest.mark.parametrize(
    "text",
    [
        LONG.upper(),
        LONG.replace(" ", "\n\n  "),
        LONG.replace(" ", " - "),
        LONG.replace("i", "\u00ec").replace("o", "\u00f6"),
        LONG.replace("e", "e\u200b"),
        f"<{LONG.replace(' ', '_')}>",
    ],
)
def test_case_accents_signs_and_spaces_hide_nothing(text: str) -> None:
    assert leaks(text, suite("gate", LONG))


def test_short_texts_count_as_a_whole_from_five_words_on() -> None:
    held = suite("gate", SHORT)
    assert leaks(f"Remember: {SHORT.lower()}, as ever.", held)
    assert not leaks("Remember: it flows into the lake", held)
    assert not leaks("Remember: past Dresden to Hamburg", suite("gate", "past Dresden to Hamburg"))
    assert leaks(f"Remember: {SHORT}", suite("gate", "Where to?", SHORT))


def test_what_search_seed_or_stock_show_too_is_no_secret() -> None:
    held = suite("gate", LONG)
    assert not leaks(LONG, held, suite("search", f"Read on. {LONG}"))
    shown = genome(FragmentGene(id="task", text=LONG))
    child = genome(FragmentGene(id="task", text=f"{LONG} Answer."))
    assert not find_leaks(child, [held], shown, SPEC)
    stock = GenomeSpec(stock={"facts": [{"en": [LONG]}]})
    assert not find_leaks(child, [held], SEED, stock)
    assert leaks(LONG, held, suite("search", LONG[:30])), "a part of it is not all of it"


def test_every_kind_of_gene_is_read_and_so_is_their_sum() -> None:
    held = suite("audit", LONG)
    demo = Demo(example_id="made-up", inputs=(("text", LONG),), target="no")
    for gene in (
        ReasoningGene(id="think", template=LONG),
        DemoGene(id="shots", demos=(demo,)),
        FragmentGene(id="other", scope=("e",), text=LONG),
    ):
        found = find_leaks(genome(gene), [held], SEED, SPEC)
        assert found[0].gene == f"gene {gene.id!r}"
    parts = [
        FragmentGene(id=str(i), text=part)
        for i, part in enumerate(("The river Elbe rises in the", "Giant Mountains and flows past"))
    ]
    found = find_leaks(genome(*parts), [held], SEED, SPEC)
    assert {one.gene for one in found} == {"the prompt of domain 'd'"}, "the first that holds it"


def test_a_demonstration_of_a_held_out_example_leaks_however_short() -> None:
    """Its id says otherwise, so the check by id does not see it."""
    held = suite("gate", "Hm?", "no")
    demo = Demo(example_id="search1", inputs=(("text", " Hm? "),), target="no")
    shots = genome(DemoGene(id="shots", demos=(demo,)))
    assert [one.example_id for one in find_leaks(shots, [held], SEED, SPEC)] == ["gate-x"]
    other = genome(DemoGene(id="shots", demos=(demo.model_copy(update={"target": "yes"}),)))
    assert find_leaks(other, [suite("gate", "Ha?")], SEED, SPEC) == ()


def test_scripts_without_spaces_are_read_by_character() -> None:
    text = "\u6613\u5317\u6cb3\u53d1\u6e90\u4e8e\u5de8\u4eba\u5c71\u8109"
    assert leaks(f"\u8bf7\u8bb0\u4f4f{text}", suite("gate", text))


@given(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=40), st.integers(0, 40))
def test_it_agrees_with_the_definition(words: list[str], start: int) -> None:
    """By brute force over all runs of words."""
    text = " ".join("mnopabcdefghij"[start % 7 :])
    held = suite("gate", text)
    own, theirs = words, text.split()
    n = min(len(theirs), 8)
    runs = [theirs[i : i + n] for i in range(len(theirs) - n + 1)]
    wanted = any(own[i : i + n] in runs for i in range(len(own) - n + 1))
    assert bool(leaks(" ".join(words), held)) == wanted


def test_words_are_the_same_however_they_are_written() -> None:
    assert words_of("Don't  STOP, Ren\u00e9e!") == ("don", "t", "stop", "renee")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A task whose gate examples are sentences; the agent gains nothing by them."""
    opened = open_session(taste_config(tmp_path), _task(), RuleAgent(taste_reply))
    yield opened
    opened.close()


def _task() -> Task:
    whole = taste_task()
    gate = taste_suite("taste", "gate", 600)
    told = tuple(
        replace(one, inputs={"text": f"Sample {one.id} speaks of the long road to town {i}"})
        for i, one in enumerate(gate.examples)
    )
    suites = [one for one in whole.suites if one.role != "gate"]
    return replace(whole, suites=(*suites, replace(gate, examples=told)))


def _with_task_text(task: Task, text: str) -> Genome:
    return task.seed.with_gene(task.seed.gene("task").model_copy(update={"text": text}))


def test_a_leaking_candidate_costs_nothing_and_the_next_one_is_tried(session: Session) -> None:
    """No share of the error budget, no call, no plan; the place is told and journalled."""
    task = session.task
    secret = task.of("gate")[0].examples[7].inputs["text"]
    ids = [example.id for example in task.of("search")[0].examples[:40]]
    start = Entry(
        Proposal(task.seed, (), "seed"),
        "taste",
        {i: Outcome(i, float(n % 2)) for n, i in enumerate(ids)},
    )
    archive = Archive(ids)
    archive.add(start)
    leaking = _with_task_text(task, f"Be clear. {secret}")
    honest = _with_task_text(task, "Be clear. Be short. Be honest.")
    for genome_, right in ((leaking, 40), (honest, 38)):
        outcomes = {i: Outcome(i, float(n < right)) for n, i in enumerate(ids)}
        archive.add(Entry(Proposal(genome_, (task.seed.id,), "m"), "taste", outcomes))
    assert archive.ranked()[0].genome == leaking
    decisions, reason = integrate(session, archive, start, ())
    assert [one.candidate_id for one in decisions] == [honest.id]
    assert decisions[0].promoted, reason
    (line,) = (one for one in session.registry.history() if one.kind == "refuse")
    assert line.payload["candidate"] == leaking.id
    assert "gene 'task' carries text of example 'taste-gate-7'" in line.payload["reason"]
    assert "long road" not in line.payload["reason"], "the place, not the text"
    plans = [row["plan_json"] for row in session.store.attempts()]
    assert len(plans) == 1
    assert leaking.id not in plans[0]


def test_the_plan_refuses_it_for_whoever_asks(tmp_path: Path) -> None:
    task = _task()
    candidate = _with_task_text(task, task.of("gate")[0].examples[3].inputs["text"])
    with (
        Store(tmp_path / "evo.db") as store,
        pytest.raises(CandidateRefusedError, match="refused before the gate: gene 'task'"),
    ):
        plan_attempt(
            GateConfig(n=200), task, store, task.seed, candidate, None, np.random.default_rng(1)
        )
