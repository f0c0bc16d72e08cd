"""Two models of one endpoint share its pace; of two endpoints, they do not."""

from __future__ import annotations

from typing import Any

import pytest

from evo.build_agent import build_agent, build_beside, build_proposer
from evo.config import ModelConfig, ModelsConfig
from evo.models import LimitedModel, Pace

TASK = {"kind": "provider", "name": "m", "base_url": "http://127.0.0.1:9/v1", "concurrency": 4}


def pair(**proposer: Any) -> tuple[LimitedModel, LimitedModel]:
    task = ModelConfig.model_validate(TASK)
    other = ModelConfig.model_validate(TASK | proposer)
    agent = build_agent(task)
    written = build_proposer(ModelsConfig(task=task, proposer=other), agent)
    assert isinstance(agent.model, LimitedModel)  # type: ignore[attr-defined]
    assert isinstance(written, LimitedModel)
    return agent.model, written  # type: ignore[attr-defined]


def test_two_models_of_one_endpoint_share_the_stricter_pace():
    task, proposer = pair(name="p", concurrency=2, requests_per_minute=60)
    assert task.limiter is proposer.limiter
    assert task.limiter.pace == Pace(concurrency=2, requests=60)
    assert task.fingerprint != proposer.fingerprint


def test_the_very_same_model_is_one():
    task, proposer = pair()
    assert task is proposer


@pytest.mark.parametrize(
    "other", [{"base_url": "http://127.0.0.1:8/v1"}, {"api_key_env": "OTHER_KEY"}]
)
def test_another_address_or_key_has_a_pace_of_its_own(other, monkeypatch):
    monkeypatch.setenv("OTHER_KEY", "sk-0123456789")
    task, proposer = pair(**other)
    assert task.limiter is not proposer.limiter


def test_a_pace_changes_no_answer_and_so_no_fingerprint():
    slow = ModelConfig.model_validate(TASK | {"requests_per_minute": 1})
    assert (
        build_agent(slow).fingerprint == build_agent(ModelConfig.model_validate(TASK)).fingerprint
    )


def test_a_judge_at_the_same_endpoint_shares_it_too():
    task = ModelConfig.model_validate(TASK)
    agent = build_agent(task)
    judge = build_beside(ModelConfig.model_validate(TASK | {"name": "wise"}), task, agent)
    assert isinstance(judge, LimitedModel)
    assert judge.limiter is agent.model.limiter  # type: ignore[attr-defined]
