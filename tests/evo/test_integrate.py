"""The scope fallback: planned, and used where the whole candidate does not hold (R27, R36)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import RuleAgent, labelled, noise, taste_config, taste_task

from evo.gate import GateConfig, make_plan, run_gate
from evo.integrate import integrate
from evo.proposers import Proposal
from evo.result import Result
from evo.run import run
from evo.search import Archive, Entry
from evo.session import open_session
from fitness.outcome import Outcome
from fitness.response import Response
from fitness.suites import Example
from genomes import FragmentGene, Rendered, render
from genomes.errors import IntegrityError


def _torn(rendered: Rendered, example: Example) -> Response:
    """A word in the shared gene helps in one domain and ruins the other."""
    system = rendered.turns[0].text
    changed = "clear judge" in system
    skill = {("taste", True): 1.6, ("other", False): 1.6}.get((example.domain, changed), 0.1)
    right = 1.0 if example.target == "good" else -1.0
    margin = skill * right + noise(system, example.id)
    return Response("x", (("good", margin - 9), ("bad", -margin - 9)), 10, 1)


def _result(tmp_path: Path) -> Result:
    return run(taste_config(tmp_path), task=taste_task(), agent=RuleAgent(_torn))


def test_narrow_gain_with_broad_loss_is_promoted_for_its_domain_only(tmp_path: Path) -> None:
    result = _result(tmp_path)
    decision = result.decisions[-1]
    assert decision.promoted
    assert decision.promoted_id != decision.candidate_id
    assert {part.status for part in decision.unscoped} == {"lost"}
    assert {part.rung for part in decision.regressions} == {"identity"}
    champion, seed = result.champion.genome, taste_task().seed
    assert champion.id == decision.promoted_id
    assert render(champion, "other") == render(seed, "other")
    assert "clear judge" in render(champion, "taste").turns[0].text


def test_a_fallback_that_is_not_the_planned_one_is_refused() -> None:
    task = taste_task()
    gate, regression = task.of("gate")[0], task.of("regression")[0]
    candidate = task.seed.with_gene(
        task.seed.gene("role").model_copy(update={"text": "You are a clear judge."})
    )
    import numpy as np

    plan = make_plan(
        GateConfig(n=50),
        attempt_id="t",
        champion=task.seed,
        candidate=candidate,
        shard=gate,
        regressions=(regression,),
        alpha=0.005,
        rng=np.random.default_rng(1),
    )
    with pytest.raises(IntegrityError, match="the plan names None"):
        run_gate(
            plan,
            task.seed,
            candidate,
            (gate, regression),
            lambda genome, domain, examples: [],
            stateless=True,
            register=lambda plan: None,
            fallback=candidate,
        )


def test_entries_that_come_to_the_same_candidate_are_one_attempt(tmp_path: Path) -> None:
    """They differ in a domain that no suite guards, so both are limited to the same genome."""
    whole = taste_task()
    aside = FragmentGene(id="aside", scope=("other",), text="Aside.")
    seed = whole.seed.with_genes((*whole.seed.genes, aside))
    own = tuple(suite for suite in whole.suites if suite.domain == "taste")
    task = replace(whole, seed=seed, suites=own)
    ids = [example.id for example in task.of("search")[0].examples[:40]]
    scores = {i: Outcome(i, float(number % 2)) for number, i in enumerate(ids)}
    start = Entry(Proposal(seed, (), "seed"), "taste", scores)
    archive = Archive(ids)
    archive.add(start)
    better = seed.with_gene(seed.gene("task").model_copy(update={"text": "Be clear."}))
    for text in ("One.", "Two."):
        genome = better.with_gene(aside.model_copy(update={"text": text}))
        perfect = {i: Outcome(i, 1.0) for i in ids}
        archive.add(Entry(Proposal(genome, (seed.id,), "m"), "taste", perfect))
    agent = RuleAgent(lambda rendered, example: labelled(-1.0, -2.0))  # no gain in truth
    session = open_session(taste_config(tmp_path), task, agent)
    decisions, _ = integrate(session, archive, start, ())
    assert len(decisions) == len(session.store.attempts()) == len(session.parts) == 1
    session.close()
