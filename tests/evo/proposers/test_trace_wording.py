"""What a proposer is shown of the work of an agent that tells it."""

from __future__ import annotations

from evo.proposers.context import Observation
from evo.proposers.wording import observations

TRACE = ("model: long talk", "call: pay()", "error: no card", "rule: vetoed pay(): never pay")


def test_deeds_are_shown_without_what_the_model_said():
    seen = Observation("1", {"q": "pay"}, "paid", "no", 0.0, TRACE)
    text = observations("Failures:", [seen])
    assert '"agent_did": ["call: pay()", "error: no card", "rule: vetoed pay(): never pay"]' in text
    assert "long talk" not in text


def test_long_traces_are_cut_to_their_end_and_agents_without_one_cost_nothing():
    lines = tuple(f"call: {'x' * 500}{number}" for number in range(100))
    text = observations("Failures:", [Observation("1", {"q": "a"}, "b", "c", 0.0, lines)])
    assert len(text) < 4000
    assert '["..."' in text
    silent = observations("Failures:", [Observation("1", {"q": "a"}, "b", "c", 0.0)])
    assert "agent_did" not in silent
