"""The report: whole, safe to open, and with the figures of the run (R17, R24, R42, R48)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from html_page import EVIL, Page

from evo.pages import report_content, report_html, write_report
from evo.pages.report import SECTIONS
from evo.storage import Store
from genomes.errors import ConfigError


def page_of(store: Store) -> Page:
    return Page(report_html(report_content(store, "latest")))


@pytest.fixture(scope="module")
def shown(ended: Path) -> Page:
    with Store(ended / "runs" / "evo.db") as store:
        return page_of(store)


def test_every_section_is_there_and_can_be_reached(shown: Page) -> None:
    names = [anchor for anchor, _ in SECTIONS]
    assert list(shown.sections) == names
    links = [link["href"] for link in shown.all("a")]
    assert links == [f"#{name}" for name in names]
    assert all(text.strip() for text in shown.sections.values())


def test_a_finished_run_leaves_no_section_without_content(shown: Page) -> None:
    empty = ("No audit was made", "No candidate went", "does not hold both", "No operator made")
    assert not [line for line in empty if line in shown.text]
    assert len(shown.all("svg")) == 4
    for name in ("audit", "gate", "changes", "front", "operators", "hypotheses", "spending"):
        assert shown.source.split(f'id="{name}"')[1].split("</section>")[0].count("<tr>") >= 2


def test_the_figures_are_those_of_the_run(shown: Page, ended_store: Store) -> None:
    run = ended_store.run("latest")
    for arm in run["summary"]["arms"]:
        assert (
            f"{arm['score']:.3f} ({arm['low']:.3f} to {arm['high']:.3f})"
            in (shown.sections["audit"])
        )
        assert str(arm["genome_id"])[:12] in shown.sections["audit"]
    decision = json.loads(ended_store.attempts()[-1]["decision_json"])
    assert decision["reason"] in shown.sections["gate"]
    assert decision["verdict"] in shown.sections["gate"]
    total = sum(spend["calls"] for spend in ended_store.spent(run["id"]).values())
    assert f"all{total}" in shown.sections["spending"]  # cells of one row, without their tags


def test_nothing_is_loaded_run_or_styled_from_elsewhere(shown: Page) -> None:
    assert "http:" not in shown.source
    assert "https:" not in shown.source
    assert "//" not in shown.source.replace("</", "")
    tags = {tag for tag, _ in shown.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    for tag, attributes in shown.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "style" not in attributes, tag
        assert all(
            str(attributes[name]).startswith("#") for name in ("href", "src") if name in attributes
        )


def test_the_policy_allows_our_style_and_nothing_else(shown: Page) -> None:
    policy = next(
        meta["content"]
        for meta in shown.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    styles = re.findall(r"<style>(.*?)</style>", shown.source, re.DOTALL)
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_ids_are_unique_and_references_resolve(shown: Page) -> None:
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', shown.source)
    assert {one or other for one, other in used} <= set(ids)


def test_hostile_text_is_shown_and_not_obeyed(evil: Store) -> None:
    page = page_of(evil)
    assert "<script" not in page.source
    assert not page.all("b")
    for name in ("audit", "gaps", "operators", "hypotheses", "spending"):
        assert EVIL in page.sections[name], name
    # The diff cuts texts into words; together they are the text again.
    assert EVIL in page.sections["changes"] or "alert" in page.sections["changes"]
    assert EVIL in page.text.split("Champion against seed")[0]


def test_equal_records_give_equal_bytes(ended_store: Store, tmp_path: Path) -> None:
    one = write_report(ended_store, "latest", tmp_path / "deep" / "a.html").read_bytes()
    assert write_report(ended_store, "latest", tmp_path / "b.html").read_bytes() == one
    assert len(one) < 1_000_000


@pytest.mark.parametrize(
    ("status", "summary", "says"),
    [
        (None, None, "has not ended, or was killed"),
        ("interrupted", {"error": "the user said stop"}, "interrupted: the user said stop"),
        ("failed", {"error": EVIL}, f"failed: {EVIL}"),
    ],
)
def test_a_run_that_did_not_get_far_has_a_report_too(
    store: Store, status: str | None, summary: dict | None, says: str
) -> None:
    store.start_run("20260101-a", "mail", "{}", 1)
    if status is not None:
        store.finish_run("20260101-a", status, summary)
    page = page_of(store)
    assert says in page.text
    assert list(page.sections) == [anchor for anchor, _ in SECTIONS]
    assert "No audit was made" in page.sections["audit"]


def test_a_champion_that_is_the_seed_is_said_to_be_it(evil: Store) -> None:
    seed = next(score for score in evil.scores("20260101-a") if score["is_seed"])
    evil.finish_run("20260101-a", "done", {"champion": {"genome_id": seed["genome_id"]}})
    assert "Nothing: the champion is the seed." in page_of(evil).sections["changes"]


def test_a_file_that_cannot_be_written_is_named(evil: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot write the report") as caught:
        write_report(evil, "latest", tmp_path)
    assert caught.value.where == str(tmp_path)


def test_an_unknown_run_is_refused(evil: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown run"):
        write_report(evil, "2099", tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()
