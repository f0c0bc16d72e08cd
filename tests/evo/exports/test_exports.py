"""Exports: golden files, and what is exported can be imported (R45)."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from evo.champion import Version
from evo.exports import EXPORTERS, export, exporter_names
from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    ReasoningGene,
    from_json,
    from_yaml,
)
from genomes.errors import ConfigError

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "EVOGATE_REWRITE_GOLDEN"  # set it to 1 to write the files anew, then read the diff

GENOME = Genome(
    domains=(
        Domain(name="film", inputs=("text",), labels=("positive", "negative"), top_logprobs=20),
        Domain(name="book", inputs=("text", "title"), max_tokens=40),
    ),
    genes=(
        FragmentGene(
            id="instruction",
            text=(
                "Say whether the review is {{ labels }}.\n"
                '- Mind irony: \u201egro\u00dfartig\u201c | "great"\n'
            ),
            scope=("film",),
            locked=("{{ labels }}",),
        ),
        FragmentGene(id="summary", text="Use ```one``` sentence.", scope=("book",)),
        ReasoningGene(id="reasoning", template="Weigh praise against criticism."),
        FragmentGene(id="film-turn", text="Review: {{ text }}", place="user", scope=("film",)),
        FragmentGene(id="book-turn", text="{{ title }}\n{{ text }}", place="user", scope=("book",)),
        DemoGene(
            id="demos",
            scope=("film",),
            demos=(
                Demo(
                    example_id="e1",
                    inputs=(("text", "A {{ text }} to forget."),),
                    target="negative",
                ),
            ),
        ),
        DecisionGene(id="offset", parameter="offset", label="positive", value=-0.375),
        DecisionGene(id="margin", parameter="abstain", value=0.25, scope=("film",)),
    ),
)
DECISION = {
    "verdict": "PROMOTE",
    "reason": "won 67 of 86 pairs\nafter 200 examples | looks 4",
    "plan_hash": "b" * 64,
    "attempt_id": "film-1",
    "candidate_id": GENOME.id,
    "champion_id": "c" * 64,
    "wins": 67,
    "losses": 19,
    "ties": 114,
    "effect": {"estimate": 0.24, "low": 0.15, "high": 0.33, "level": 0.99, "method": "tango"},
}
VERSION = Version.create(
    number=2,
    kind="promoted",
    genome=GENOME,
    decision=DECISION,
    provenance={"gap": "gap-1", "proposal": "p-3", "run_id": "20260102-film", "parents": ["a"]},
    parent="d" * 64,
    created="2026-01-02T03:04:05.000+00:00",
)


@pytest.mark.parametrize(("form", "file"), [("yaml", "yaml"), ("json", "json"), ("markdown", "md")])
def test_golden_files(form, file):
    path = GOLDEN / f"champion.{file}"
    text = export(VERSION, form, name="film")
    if os.environ.get(REWRITE) == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("form", "read"), [("yaml", from_yaml), ("json", from_json)])
@pytest.mark.parametrize("what", [VERSION, GENOME])
def test_what_is_exported_can_be_imported(form, read, what):
    imported = read(export(what, form))
    assert imported == GENOME
    assert imported.id == GENOME.id


def test_a_reason_cannot_break_out_of_the_comment():
    version = Version.create(
        **{
            **VERSION.model_dump(exclude={"id"}),
            "genome": GENOME,
            "decision": {
                **DECISION,
                "reason": "x\ngenes: []\r\ndomains: []",
            },
        }
    )
    assert from_yaml(export(version, "yaml")) == GENOME


def test_markdown_holds_the_evidence_and_every_message():
    text = export(VERSION, "markdown", name="film")
    for shown in (
        VERSION.id, GENOME.id, "d" * 64, "PROMOTE: won 67 of 86 pairs", "+0.240",
        "+0.150 to +0.330", "67 won, 19 lost, 114 equal", "20260102-film", "gap-1", "p-3",
        "Say whether the review is positive or negative.", "A {{ text }} to forget.",
        "-0.375 nats", "margin of 0.25",
    ):  # fmt: skip
        assert shown in text, shown
    assert "200 examples \\| looks 4 |" in text


def test_a_fence_is_longer_than_what_it_holds():
    assert "````text\nUse ```one``` sentence." in export(GENOME, "markdown")


@pytest.mark.parametrize("form", ["yaml", "markdown"])
def test_a_genome_that_no_gate_let_in_is_marked(form):
    assert "no gate has let this genome in" in export(GENOME, form)


@pytest.mark.parametrize("decision", [{"verdict": "PROMOTE"}, {"verdict": "PROMOTE", "effect": {}}])
def test_a_thin_decision_can_be_exported(decision):
    content = {**VERSION.model_dump(exclude={"id"}), "genome": GENOME, "decision": decision}
    assert "PROMOTE: no reason given" in export(Version.create(**content), "markdown")


def test_an_unknown_exporter_gets_a_hint():
    with pytest.raises(ConfigError, match="no exporter 'markdwn'") as caught:
        export(GENOME, "markdwn")
    assert caught.value.remedy == "did you mean 'markdown'?"
    assert exporter_names()[:3] == ("yaml", "json", "markdown")


def test_other_distributions_announce_exporters_but_replace_none_of_ours(monkeypatch):
    import evo.plugins

    announced = [EntryPoint(name, f"{__name__}:shout", EXPORTERS) for name in ("shout", "yaml")]
    monkeypatch.setattr(evo.plugins, "entry_points", lambda group: announced)
    monkeypatch.setattr(EntryPoint, "load", lambda self: shout)
    assert exporter_names()[-1] == "shout"
    assert exporter_names().count("yaml") == 1
    assert export(GENOME, "shout") == "8 GENES"
    assert from_yaml(export(GENOME, "yaml")) == GENOME


def shout(source) -> str:
    return f"{len(source.genome.genes)} GENES"
