"""The smallest local model as a proposer: a grammar binds it, so its replies are of the form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import MemoryStore
from support_proposers import context, spec

from evo.models import LocalModel
from evo.proposers import Rewrite, Writer
from fitness.budget import Budget, Limits


@pytest.mark.model
def test_replies_are_of_the_form_or_cut_off(model_path: Path) -> None:
    model = LocalModel(model_path, threads=1)
    budget = Budget(Limits(calls=2))
    writer = Writer(model, MemoryStore(), "run", budget, max_tokens=120)
    proposer = Rewrite(writer, spec())
    rng = np.random.default_rng(3)
    for _ in range(2):
        proposer(context(), rng)
    counts = writer.tally.as_dict()["rewrite"]["counts"]
    assert sum(counts.values()) == budget.spent.calls == 2
    assert counts["prose"] + counts["malformed"] + counts["failed"] == 0
