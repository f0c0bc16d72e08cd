"""The sentiment task: roles by film, no leak, balanced regression domains. No download."""

from __future__ import annotations

import bz2
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from benchmarks.sentiment import data
from benchmarks.sentiment.task import from_a_wrong_start, from_nothing, sentiment
from evo.task import Task
from fitness.suites.checks import check_suites
from genomes import render
from genomes.variation import violation

FILMS, SNIPPETS = 900, 24


def _csv(columns: list[str], rows: Iterator[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return bz2.compress(text.getvalue().encode())


def _reviews() -> Iterator[list[str]]:
    for film in range(FILMS):
        for i in range(SNIPPETS):
            kind = "fresh" if i % 2 else "rotten"
            text = f"Snippet {i} about the film with the number {film}, long enough to count."
            yield [kind, text, f"film_{film}", "True"]
        plot = f"A person with the number {film} goes somewhere. " + "Then much happens. " * 20
        yield ["plot", plot, f"film_{film}", "True"]


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Iterator[Task]:
    files = {
        "rotten_tomatoes_corpus_full.csv.bz2": _csv(
            ["category", "text", "movie_name", "has_plot_and_reviews"], _reviews()
        ),
        "guardian_headlines.csv.bz2": _csv(
            ["", "Text", "Date"],
            ([str(i), f"Something of importance happened in city {i}", "x"] for i in range(4000)),
        ),
    }
    monkeypatch.setattr(data, "read_member", lambda wheel, path: files[path.rsplit("/", 1)[1]])
    data._rows.cache_clear()
    yield sentiment()
    data._rows.cache_clear()


def test_suites_have_the_announced_sizes_and_no_leak(task: Task) -> None:
    sizes = {suite.name: len(suite) for suite in task.suites if suite.role != "gate"}
    assert sizes == {
        "sentiment/search": 300,
        "sentiment/audit": 400,
        "plot/search": 60,
        "plot/regression": 100,
        "headline/search": 60,
        "headline/regression": 100,
    }
    check_suites(task.suites, {domain.name: domain.labels for domain in task.seed.domains})


def test_no_film_comes_twice_in_a_gate_shard(task: Task) -> None:
    shards = task.of("gate")
    assert len(shards) == 6
    for shard in shards:
        assert len({example.cluster for example in shard}) == len(shard) > 200
    used = [example.id for shard in shards for example in shard]
    assert len(set(used)) == len(used) >= 1500


def test_a_film_plays_one_role_in_all_domains(task: Task) -> None:
    roles: dict[str, set[str]] = {}
    for suite in task.suites:
        for example in suite:
            roles.setdefault(example.cluster, set()).add(suite.role)
    assert {cluster: found for cluster, found in roles.items() if len(found) > 1} == {}


def test_demonstrations_come_from_search_films_outside_the_suite(task: Task) -> None:
    used = {example.id for suite in task.suites for example in suite}
    pool = task.spec.pool(("sentiment",))
    assert len(pool) == 60
    assert not used & {demo.example_id for demo in pool}
    films = {e.cluster for s in task.suites if s.role != "search" for e in s}
    by_text = {e.inputs["text"]: e.cluster for e in data.sentiment_examples()}
    assert not films & {by_text[dict(demo.inputs)["text"]] for demo in pool}


def test_regression_domains_are_balanced_in_every_prefix(task: Task) -> None:
    for suite in task.suites:
        if suite.domain != "sentiment":
            counts = Counter(example.target for example in suite.examples[:20])
            assert set(counts.values()) == {10}


def test_plots_are_cut_at_a_sentence() -> None:
    cut = data.first_sentences("One goes home. " + "Another stays. " * 40)
    assert cut.endswith(".")
    assert len(cut) <= data.LONGEST


def test_the_seed_fits_its_spec_and_every_domain(task: Task) -> None:
    assert violation(task.seed, task.spec) is None
    for domain in sentiment().seed.domains:
        rendered = render(task.seed, domain.name)
        assert rendered.turns[-1].role == "user"
        assert "{{ text }}" in rendered.turns[-1].text


@pytest.mark.parametrize("start", [from_nothing, from_a_wrong_start])
def test_other_starts_differ_in_the_domain_alone(task: Task, start: Callable[[], Task]) -> None:
    other = start()
    assert violation(other.seed, other.spec) is None
    assert other.suites == task.suites
    for domain in task.seed.domains:
        same = render(other.seed, domain.name).turns == render(task.seed, domain.name).turns
        assert same == (domain.name != "sentiment")
