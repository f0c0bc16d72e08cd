"""The page on gaps says what the code does."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
from pages import DOCS, blocks
from support_gaps import failing, noise_outcomes, tagged_suite

from evo.gaps import Kind
from evo.gaps.beam import SMALLEST, WIDTH
from evo.gaps.conditions import MOST_LABELS
from evo.gaps.confirm import CONFIRMED, FOUND
from evo.gaps.efficiency import MATERIAL
from evo.gaps.priority import PRIOR, SEVERITY
from evo.gaps.registry import State
from evo.gaps.survey import LEAST_AIM

TEXT = (DOCS / "gaps.md").read_text(encoding="utf-8")


def test_every_kind_and_state_is_described() -> None:
    for name in (*get_args(Kind), *get_args(State)):
        assert f"| `{name}` |" in TEXT


def test_the_figures_are_those_of_the_code() -> None:
    assert ", ".join(f"{kind} {weight}" for kind, weight in SEVERITY.items()) in TEXT
    assert (FOUND, CONFIRMED, SMALLEST, WIDTH, MOST_LABELS) == (0.1, 0.05, 10, 6, 20)
    assert (PRIOR, LEAST_AIM, round(np.expm1(MATERIAL), 9)) == ((1.0, 3.0), 0.05, 0.1)


def test_the_example_works() -> None:
    space: dict[str, Any] = {}
    (code,) = (block.text for block in blocks("gaps.md") if block.language == "python")
    exec(code, space)
    rng = np.random.default_rng(0)
    suite = tagged_suite(rng, 600)
    bad = failing(rng, lambda e: "x" in e.tags, 0.5)
    gap = space["worst"](suite, noise_outcomes(rng, suite, 0.2, bad))
    assert (gap.slice, gap.confirmed) == ("tag=x", True)
    assert space["worst"](suite, []) is None
