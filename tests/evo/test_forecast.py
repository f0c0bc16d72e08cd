"""What a run is said to cost before it starts: arithmetic, honesty about the unknown, prices."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import taste_config, taste_task

from evo.allotment import allot
from evo.config import Config
from evo.forecast import Forecast, forecast
from evo.gate import Preflight, preflight
from evo.gate.attempts import lineage_of
from evo.ping import models_of
from evo.prices import known_prices
from evo.storage import Store
from evo.task import Task
from genomes import render
from genomes.errors import BudgetError

LOCAL = {"kind": "provider", "name": "m", "base_url": "http://127.0.0.1:9/v1"}


def with_model(folder: Path, **sets: object) -> Config:
    return taste_config(folder, **{"models.task": LOCAL, **sets})


def outlook_of(config: Config, task: Task) -> Preflight:
    return preflight(config.gate, task.suites, [], domain=task.domain, lineage=lineage_of(task))


def look(config: Config, task: Task | None = None) -> Forecast:
    task = task or taste_task()
    outlook = outlook_of(config, task)
    return forecast(config, task, allot(config, task, outlook), outlook)


def by_purpose(found: Forecast) -> dict[str, object]:
    return {part.purpose: part for part in found.parts}


def test_calls_follow_the_allotment_and_never_exceed_the_budget(tmp_path):
    task, config = taste_task(), with_model(tmp_path)
    outlook = outlook_of(config, task)
    parts, found = allot(config, task, outlook), by_purpose(look(config))
    assert found["search"].calls == parts.search
    assert found["audit"].calls == parts.audit
    assert found["all"].calls <= config.budget.calls
    assert {"gate", "regression"} <= set(found)


def test_money_is_tokens_times_price_and_unknown_without_one(tmp_path):
    priced = with_model(tmp_path, **{"models.task": LOCAL | {"price": [1_000_000, 1_000_000]}})
    for part in look(priced).parts:
        assert part.money == pytest.approx(part.tokens, rel=0.01)
    assert all(part.money is None for part in look(with_model(tmp_path)).parts), "never 0"
    assert all(part.seconds is None for part in look(priced).parts)


def test_tokens_are_of_the_size_of_the_prompts(tmp_path):
    task, found = taste_task(), by_purpose(look(with_model(tmp_path)))
    suite = next(suite for suite in task.of("audit") if suite.domain == task.domain)
    rendered = render(task.seed, suite.domain)
    sent = sum(len(turn["content"]) for turn in rendered.messages(suite.examples[0].inputs))
    tokens = found["audit"].tokens / found["audit"].calls
    assert sent / 4 <= tokens <= sent / 4 + 8 * 3 + rendered.sampling.max_tokens


def test_an_earlier_run_with_the_same_models_tells_more(tmp_path):
    config = with_model(tmp_path)
    with Store(config.store_path) as store:
        for name, tokens, seconds in (("old", 999, 9.0), ("new", 50, 2.0)):
            store.start_run(name, config.name, config.model_dump_json(), 1)
            call = store.reserve_call(name, "search", None, 500, None)
            store.settle_call(call, tokens, 0.5, seconds, "ok")
    found = look(config)
    search = by_purpose(found)["search"]
    assert found.basis == "run"
    assert search.tokens == 50 * search.calls
    assert search.money == pytest.approx(0.5 * search.calls)
    assert search.seconds == pytest.approx(2.0 * search.calls / config.run.jobs)
    other = with_model(tmp_path, **{"models.task": LOCAL | {"name": "another"}})
    assert look(other).basis == "prompts", "another model, other figures"


@pytest.mark.parametrize(
    ("models", "where"),
    [
        ({"models.task": LOCAL}, "models.task.price"),
        (
            {"models.task": LOCAL | {"price": [1, 1]}, "models.proposer": LOCAL | {"name": "p"}},
            "models.proposer.price",
        ),
    ],
)
def test_a_budget_in_money_needs_a_price_of_every_model(tmp_path, models, where):
    with pytest.raises(BudgetError, match="unknown") as caught:
        look(taste_config(tmp_path, **models, **{"budget.usd": 1.0}))
    assert caught.value.where == where


def test_prices_are_known_without_a_model(tmp_path):
    local = {"kind": "local", "name": "smollm2-135m"}
    listed = {"kind": "provider", "name": "openai/gpt-4o-mini"}
    config = taste_config(tmp_path, **{"models.task": local, "models.proposer": listed})
    prices = known_prices(config)
    assert prices["models.task.price"] == (0.0, 0.0)
    prompt, completion = prices["models.proposer.price"]
    assert 0 < prompt < completion < 1e-3


def test_a_judge_is_a_model_too(tmp_path):
    judge = {"model": LOCAL | {"name": "wise"}, "rubric": "It is polite."}
    config = with_model(tmp_path, judge=judge, **{"budget.calls": 6000})
    assert known_prices(config)["judge.model.price"] is None
    assert list(models_of(config)) == ["models.task", "judge.model"]
    found = by_purpose(look(config))
    assert found["judge"].calls == config.budget.calls // 2
    assert found["all"].calls == config.budget.calls
    assert found["all"].tokens is None, "its prompts are unknown"
