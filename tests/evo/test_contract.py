"""What changed since the last run is journalled; new domains come in without losing the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import RuleAgent, taste_reply, taste_suite, taste_task
from support_gate import decided, planned

from evo.champion import Registry, stale
from evo.contract import settle
from evo.task import Task
from genomes import Domain, FragmentGene, Genome, render
from genomes.errors import ConfigError, IntegrityError


def agent(fingerprint: str = "one") -> RuleAgent:
    return RuleAgent(taste_reply, fingerprint=fingerprint)


def promoted(root: Path) -> Registry:
    """A champion of two versions, the second let in under the conditions of the first run."""
    registry = Registry(root)
    task = taste_task()
    settle(registry, task, agent(), "r1")
    seed = task.seed
    better = seed.with_gene(FragmentGene(id="role", text="You are clear."))
    decision = decided(better, seed)
    registry.promote(better, decision, provenance={"run": "r1", **planned(decision)})
    return registry


def grown_task() -> Task:
    """The same task with a third domain, put first."""
    task = taste_task()
    news = Domain(name="news", inputs=("text",), labels=("good", "bad"), top_logprobs=5)
    genes = (*task.seed.genes, FragmentGene(id="news", scope=("news",), text="Judge the news."))
    seed = Genome(domains=(news, *task.seed.domains), genes=genes)
    suites = (*task.suites, taste_suite("news", "search", 30))
    return replace(task, seed=seed, suites=suites)


def kinds(registry: Registry) -> list[str]:
    return [entry.kind for entry in registry.history()]


def marks(registry: Registry) -> list[tuple[str, ...] | None]:
    return [stale(registry.history(), registry.version(n).id) for n in (1, 2)]


def test_the_same_conditions_leave_no_line(tmp_path):
    registry = promoted(tmp_path)
    settle(registry, taste_task(), agent(), "r2")
    assert kinds(registry) == ["init", "promote"]
    assert marks(registry) == [(), ()]


def test_another_model_makes_evidence_stale_and_going_back_makes_it_valid(tmp_path):
    registry = promoted(tmp_path)
    settle(registry, taste_task(), agent("two"), "r2")
    assert kinds(registry) == ["init", "promote", "rebaseline"]
    assert registry.history()[-1].payload["reason"] == "the agent or its model changed"
    assert marks(registry) == [("the agent or its model changed",)] * 2
    settle(registry, taste_task(), agent("one"), "r3")
    assert marks(registry) == [(), ()]
    assert registry.verify() == ()


def test_what_is_promoted_after_the_change_is_not_stale(tmp_path):
    registry = promoted(tmp_path)
    settle(registry, taste_task(), agent("two"), "r2")
    present = registry.head().genome
    best = present.with_gene(FragmentGene(id="role", text="You are clear and short."))
    decision = decided(best, present)
    registry.promote(best, decision, provenance=planned(decision))
    assert stale(registry.history(), registry.head().id) == ()
    assert all(marks(registry))


def test_other_examples_make_evidence_stale_and_more_suites_do_not(tmp_path):
    registry = promoted(tmp_path)
    task = taste_task()
    more = replace(task, suites=(*task.suites, taste_suite("taste", "regression", 9)))
    settle(registry, more, agent(), "r2")
    assert kinds(registry)[-1] == "rebaseline"
    assert marks(registry) == [(), ()]
    fewer = replace(task, suites=(taste_suite("taste", "search", 99), *task.suites[1:]))
    settle(registry, fewer, agent(), "r3")
    assert marks(registry)[1] == ("suite taste/search changed",)


def test_domains_that_are_worked_on_in_turn_keep_their_evidence(tmp_path):
    registry = promoted(tmp_path)
    other = replace(taste_task(), suites=(taste_suite("other", "gate", 9),))
    for run in ("r2", "r3"):
        settle(registry, other, agent(), run)
        settle(registry, taste_task(), agent(), run)
    assert kinds(registry) == ["init", "promote", "rebaseline"]
    assert marks(registry) == [(), ()]


def test_evidence_from_before_conditions_were_noted_is_never_called_valid(tmp_path):
    registry = Registry(tmp_path)
    registry.init(taste_task().seed)
    first = registry.head().id
    assert stale(registry.history(), first) is None
    settle(registry, taste_task(), agent(), "r1")
    assert kinds(registry) == ["init", "rebaseline"]
    assert stale(registry.history(), first) is None


def test_a_new_domain_keeps_lineage_and_every_old_byte(tmp_path):
    registry = promoted(tmp_path)
    before = registry.head()
    settle(registry, grown_task(), agent(), "r2")
    after = registry.head()
    assert (after.kind, after.number, after.parent) == ("extended", 3, before.id)
    assert kinds(registry)[-2:] == ["rebaseline", "extend"]
    for name in ("taste", "other"):
        assert render(after.genome, name) == render(before.genome, name)
    assert "Judge the news." in render(after.genome, "news").turns[0].text
    assert registry.verify() == ()
    assert marks(registry) == [(), ()]
    settle(registry, grown_task(), agent(), "r3")
    assert registry.head() == after


def test_going_back_before_an_extension_and_on_again(tmp_path):
    registry = promoted(tmp_path)
    before = registry.head()
    settle(registry, grown_task(), agent(), "r2")
    extension = registry.head().genome
    registry.rollback(reason="by hand")
    assert registry.head() == before
    settle(registry, grown_task(), agent(), "r3")
    assert registry.head().genome == extension
    assert registry.verify() == ()


def test_a_taken_away_domain_is_refused_and_nothing_is_written(tmp_path):
    registry = promoted(tmp_path)
    settle(registry, grown_task(), agent(), "r2")
    raw = registry.journal.path.read_bytes()
    with pytest.raises(ConfigError, match="another contract"):
        settle(registry, taste_task(), agent("two"), "r3")
    assert registry.journal.path.read_bytes() == raw


def test_an_extension_that_changes_anything_else_is_refused(tmp_path):
    registry = promoted(tmp_path)
    raw = registry.journal.path.read_bytes()
    sly = grown_task().seed
    with pytest.raises(IntegrityError, match="may only add"):
        registry.extend(sly, ("news",), reason="the seed is not the champion")
    assert registry.journal.path.read_bytes() == raw
