"""Pictures inside a page: no ids shared, no styles, colours that the page decides."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from evo.pages.svg import inline_svg
from evo.plots import ScorePoint, pareto_data, pareto_figure
from evo.plots.canvas import PALETTE

POINTS = [
    ScorePoint("a" * 64, 0.6, 0.02, 50.0, 1, 1, is_seed=True),
    ScorePoint("b" * 64, 0.7, 0.02, 60.0, 1, 2, is_champion=True),
]


def drawn(name: str) -> str:
    return inline_svg(pareto_figure(pareto_data(POINTS), title="A & B"), name, 'says "<so>"')


def test_an_element_that_can_stand_in_a_page() -> None:
    root = ElementTree.fromstring(drawn("one"))
    assert root.tag == "svg"
    assert root.get("aria-label") == 'says "<so>"'
    assert root.get("viewBox")
    assert root.get("width") is None
    assert not [e for e in root.iter() if "style" in e.attrib or ":" in e.tag or "{" in e.tag]
    assert not {"metadata", "style", "script"} & {e.tag for e in root.iter()}


def test_two_pictures_share_no_id_and_all_references_resolve() -> None:
    found = []
    for name in ("one", "two"):
        text = drawn(name)
        ids = set(re.findall(r'\bid="([^"]+)"', text))
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
        assert used
        assert {one or other for one, other in used} <= ids
        found.append(ids)
    assert not found[0] & found[1]


def test_colours_of_the_palette_are_left_to_the_page() -> None:
    text = drawn("one").lower()
    assert "var(--red)" in text
    assert not [color for color in PALETTE.values() if color.lower() in text]
    assert "#ffffff" not in text
