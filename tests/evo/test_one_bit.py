"""The search learns one bit of an attempt: promoted or not (R4).

Two worlds are equal on every search example and differ on all that judge: scores, stopping times,
verdicts short of promotion, audit. Whatever the search sees must be equal, in the run itself and
in the next one on the same workspace. And no text of a held-out example reaches a proposer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support import RuleAgent, labelled, taste_config, taste_reply, taste_task
from support_proposers import reply, said

from evo.events import Event
from evo.models import Completion, Request
from evo.result import Result
from evo.run import run
from evo.storage import Store
from evo.task import Task
from fitness.response import Response
from fitness.suites import Example, Suite
from genomes import Rendered

ASKED: list[Request] = []
CANARY = "canary"
_ROLES = ("gate", "regression", "audit")
_VOLATILE = {"time", "opened", "changed", "run", "run_id", "first_run", "last_run", "at", "seconds"}


def writes(request: Request) -> Completion:
    """Rewrites the first open gene, sometimes for the better."""
    ASKED.append(request)
    schema: Any = request.schema
    gene = schema["properties"]["edits"]["items"]["properties"]["gene"]["enum"][0]
    number = (request.seed or 0) % 997
    word = ("clear", "short", "honest")[number % 3]
    return said(reply(gene, f"Be {word} as number {number}."))


def _task() -> Task:
    """Held-out examples carry a word that stands nowhere else: in id, input, cluster and tag."""

    def marked(suite: Suite) -> Suite:
        if suite.role == "search":
            return suite
        rows = (
            replace(
                one,
                id=f"{CANARY}-{one.id}",
                inputs={"text": f"{CANARY} {one.inputs['text']}"},
                cluster=f"{CANARY}-{one.cluster}",
                tags=(f"{CANARY}-tag",),
            )
            for one in suite
        )
        return replace(suite, examples=tuple(rows))

    task = taste_task()
    return replace(task, suites=tuple(map(marked, task.suites)))


SEED_PROMPT = "You help.\nJudge the text."
World = Callable[[bool, int], bool]
"""Whether an arm (the seed, or another) is right on a gate example with this number."""

HOPEFUL: World = lambda seed, number: number % 25 not in ((1, 2, 3) if seed else (4,))  # noqa: E731
WORSE: World = lambda seed, number: seed  # noqa: E731
FAST: World = lambda seed, number: not seed  # noqa: E731
SLOW: World = lambda seed, number: not seed or number % 4 > 0  # noqa: E731


def _agent(world: World, others: bool) -> RuleAgent:
    """Equal on search examples in every world; ``others`` is whether it is right elsewhere."""

    def answer(rendered: Rendered, example: Example) -> Response:
        if CANARY not in example.id:
            return taste_reply(rendered, example)
        right = others
        if "-gate-" in example.id:
            right = world(rendered.turns[0].text == SEED_PROMPT, int(example.id.split("-")[-1]))
        good = right == (example.target == "good")
        return labelled(-1.0, -30.0) if good else labelled(-30.0, -1.0)

    return RuleAgent(answer)


@dataclass
class Seen:
    """What the search of one run saw and did, and what the gate did that it must not know."""

    result: Result
    search: dict[str, Any]
    gate: list[tuple[str, int]]
    before_gate: set[str]


def _plain(content: Any) -> Any:
    """Without times and run ids, which differ between any two runs."""
    if isinstance(content, dict):
        return {k: _plain(v) for k, v in content.items() if k not in _VOLATILE}
    return [_plain(one) for one in content] if isinstance(content, (list, tuple)) else content


def _run(workspace: Path, world: World, others: bool, seed: int) -> Seen:
    ASKED.clear()
    agent, events, searched = _agent(world, others), [], [0]

    def listen(event: Event) -> None:
        events.append(event)
        if event.kind == "generation":
            searched[0] = len(agent.asked)

    proposer = {"kind": "scripted", "name": f"{__name__}:writes", "price": [0.0, 0.0]}
    sets = {"models.proposer": proposer, "run.seed": seed, "search.children": 6}
    config = taste_config(workspace, **sets)
    result = run(config, task=_task(), agent=agent, listener=listen)
    with Store(config.store_path) as store:
        search = {
            "requests": [request.messages for request in ASKED],
            "proposals": store.proposals(result.run_id),
            "gaps": store.gaps("taste"),
            "generations": [dict(e.data) for e in events if e.kind == "generation"],
            "candidates": [e.data["genome_id"] for e in events if e.kind == "candidate"],
            "scores": [
                {k: v for k, v in row.items() if k not in ("is_champion", "final")}
                for row in store.scores(result.run_id)
            ],
            "spent": (result.spend["search"].calls, result.spend["search"].tokens),
            "written": result.written,
            "asked": agent.asked[: searched[0]],
        }
    gate = [(one.verdict, one.examples_used) for one in result.decisions]
    return Seen(result, _plain(search), gate, {i for _, i in agent.asked[: searched[0]]})


@pytest.mark.parametrize(
    ("one", "other", "promoted"), [(HOPEFUL, WORSE, False), (FAST, SLOW, True)]
)
def test_worlds_that_differ_where_they_judge_are_one_to_the_search(
    tmp_path: Path, one: World, other: World, promoted: bool
) -> None:
    first = _run(tmp_path / "a", one, True, 1), _run(tmp_path / "b", other, False, 1)
    assert [seen.result.status == "promoted" for seen in first] == [promoted, promoted]
    assert first[0].gate != first[1].gate, "else the worlds do not differ, and nothing is tested"
    assert first[0].search == first[1].search
    assert first[0].result.champion.genome == first[1].result.champion.genome
    then = _run(tmp_path / "a", one, True, 2), _run(tmp_path / "b", other, False, 2)
    assert then[0].search == then[1].search
    assert then[0].search["requests"], "a search without proposals proves nothing"
    assert then[0].search["requests"] != first[0].search["requests"]


def test_no_held_out_text_reaches_a_proposer_or_what_a_search_reads(tmp_path: Path) -> None:
    for seed in (1, 2):
        seen = _run(tmp_path, FAST, True, seed)
        assert ASKED
        assert CANARY not in json.dumps(seen.search)
        assert not [i for i in seen.before_gate if CANARY in i], "judged before its time"
        assert CANARY not in seen.result.champion.genome.model_dump_json()
    with Store(tmp_path / "runs" / "evo.db") as store:
        plans = json.dumps([row["plan_json"] for row in store.attempts()])
    assert CANARY in plans, "the gate did judge on them"
    assert all(role in json.dumps([s.role for s in _task().suites]) for role in _ROLES)
