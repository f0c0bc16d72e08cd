"""The page on exports is true as it stands."""

from __future__ import annotations

from pathlib import Path

from pages import DOCS, run_page

from evo.exports import exporter_names


def test_the_example_runs(tmp_path: Path) -> None:
    assert "equal messages: 2" in run_page("exports.md", tmp_path)


def test_every_form_is_described() -> None:
    text = (DOCS / "exports.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in exporter_names())
