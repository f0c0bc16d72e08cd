"""The page on the report says what can be done and what is there."""

from __future__ import annotations

import shutil
from pathlib import Path

from pages import DOCS, run_page


def test_the_page_can_be_followed(ended: Path, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    shutil.copytree(ended, folder)
    run_page("report.md", folder)
    assert (folder / "report.html").stat().st_size > 50_000
    assert (folder / "lineage.svg").read_text().startswith("<?xml")


def test_every_outcome_of_a_hypothesis_is_explained() -> None:
    text = (DOCS / "report.md").read_text().lower().replace("\n  ", " ")
    for word in ("**held**", "**fell short**", "**better**", "**worse**", "**unclear**"):
        assert word in text
