"""The block ``models.proposer``: found, built, shared, and never beyond a price that is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import RuleAgent, taste_config, taste_reply, taste_task

from evo.agents import ChatAgent
from evo.build_agent import build_model, build_proposer
from evo.config import Config, ModelConfig, ModelsConfig, resolve
from evo.models import Completion, Request, ScriptedModel
from evo.run import run
from genomes.errors import BudgetError, ConfigError


def say(_: Request) -> Completion:
    """What a scripted model of this file answers."""
    return Completion("x")


SCRIPTED = {"kind": "scripted", "name": f"{__name__}:say"}


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evo.build_agent.load_function", lambda name: say)


def models(**proposer: Any) -> ModelsConfig:
    return ModelsConfig(
        task=ModelConfig.model_validate(SCRIPTED),
        proposer=ModelConfig.model_validate(proposer) if proposer else None,
    )


def config(**models: Any) -> Config:
    return resolve({"name": "a", "task": "x", "models": models}, folder="/work")


def test_no_proposer_is_the_default() -> None:
    assert config().models.proposer is None
    agent = ChatAgent(build_model(models().task))
    assert build_proposer(models(), agent) is None


def test_its_file_is_found_beside_the_config() -> None:
    made = config(proposer={"path": "m.gguf"}).models.proposer
    assert made is not None
    assert made.path == Path("/work/m.gguf")


def test_a_wrong_key_in_it_is_named() -> None:
    with pytest.raises(ConfigError, match=r"models\.proposer\.nmae"):
        config(proposer={"kind": "provider", "nmae": "x"})


def test_the_same_model_is_shared_and_another_is_not() -> None:
    agent = ChatAgent(build_model(models().task))
    assert build_proposer(models(**SCRIPTED), agent) is agent.model
    other = build_proposer(models(**SCRIPTED, price=(1.0, 2.0)), agent)
    assert isinstance(other, ScriptedModel)
    assert other is not agent.model
    assert other.price == (1e-6, 2e-6)


def test_an_agent_that_is_no_chat_shares_nothing() -> None:
    assert isinstance(build_proposer(models(**SCRIPTED), RuleAgent(taste_reply)), ScriptedModel)


def test_a_money_budget_needs_the_proposers_price_too(tmp_path: Path) -> None:
    agent = RuleAgent(taste_reply)
    priced = taste_config(tmp_path, **{"budget.usd": 1.0})
    config = priced.model_copy(update={"models": models(**SCRIPTED)})
    with pytest.raises(BudgetError, match="price is unknown") as caught:
        run(config, task=taste_task(), agent=agent)
    assert caught.value.where == "models.proposer.price"
    assert agent.asked == []
