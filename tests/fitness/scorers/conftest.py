"""One example, and a module of a user's own scorers."""

from __future__ import annotations

from pathlib import Path

import pytest

from fitness.suites import Example

_OWN = """
import math
import numpy as np
def explode(answer, target): raise ValueError("boom")
def twice(answer, target): return 2.0
def nan(answer, target): return math.nan
def infinite(answer, target): return math.inf
def word(answer, target): return "1.0"
def nothing(answer, target): return None
def half(answer, target): return 0.5 if answer == target else 0.0
def truth(answer, target): return np.bool_(answer == target)
def single(answer, target): return np.float32(0.5)
def echo(answer, target, inputs): return float(answer == inputs["text"])
def lenient(answer, target, weight=1.0): return weight
def one(answer): return 1.0
def generous(answer, target): return 1.0
def picky(answer, target): return float(float(answer) == float(target))
number = 3
"""


@pytest.fixture
def example() -> Example:
    return Example("e", {"text": "Which town?"}, "Paris", "geo", "c")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of the module."""
    (tmp_path / "own_scorers.py").write_text(_OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "own_scorers"
