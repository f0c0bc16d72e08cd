"""Colours of the page can be read by day and by night (WCAG 2.1, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import evo.pages
from evo.plots.canvas import PALETTE

STYLE = (Path(evo.pages.__file__).parent / "style.jinja").read_text()
BLOCKS = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
LIGHT = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", BLOCKS[0]))
DARK = LIGHT | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", BLOCKS[1]))


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out(theme: dict[str, str]) -> None:
    on_paper = ("ink", "soft", "link", "good", "bad", "warn", "red", "brown", "black")
    pairs = [(name, "paper") for name in on_paper]
    pairs += [("ink", "band"), ("soft", "band"), ("added", "added-band"), ("gone", "gone-band")]
    low = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in pairs}
    assert not {pair: value for pair, value in low.items() if value < 4.5}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_and_marks_of_pictures_stand_out(theme: dict[str, str]) -> None:
    low = {name: round(contrast(theme[name], theme["paper"]), 2) for name in PALETTE}
    assert not {name: value for name, value in low.items() if value < 3.0}


def test_every_colour_of_the_pictures_has_a_place_in_both_themes() -> None:
    assert set(PALETTE) <= set(LIGHT)
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLE))
    assert used <= set(LIGHT)
    assert "--sky" in BLOCKS[0]
