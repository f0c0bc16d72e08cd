"""What is exported as YAML or JSON is imported as the same genome (R45)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.exports import export
from evo.imports import Contract, guess_format, import_genome
from genomes import DecisionGene, Demo, DemoGene, Domain, FragmentGene, Genome, ReasoningGene
from genomes.errors import GenomeError

TEXT = st.text(max_size=20) | st.sampled_from(
    [
        "no",
        "1e3",
        "# c",
        " lead",
        "a\r\nb",
        "\n\n x\n",
        "\x85",
        "---",
        "{{ text }}",
        "spec",
        "é\u0301",
    ]
)
IDS = st.text(min_size=1, max_size=6)


@st.composite
def genomes(draw):
    names = draw(st.lists(IDS, min_size=4, max_size=4, unique=True))
    demos = st.builds(Demo, example_id=IDS, inputs=st.tuples(st.tuples(TEXT, TEXT)), target=TEXT)
    return Genome(
        domains=(Domain(name=draw(IDS), inputs=("text",), labels=("a", "b")),),
        genes=(
            FragmentGene(id=names[0], text=draw(TEXT), place="user", locked=(draw(TEXT),)),
            ReasoningGene(id=names[1], template=draw(TEXT)),
            DemoGene(id=names[2], demos=tuple(draw(st.lists(demos, max_size=2)))),
            DecisionGene(id=names[3], parameter="abstain", value=draw(st.floats(-1e6, 1e6))),
        ),
    )


@settings(deadline=None)
@given(genomes(), st.sampled_from(["yaml", "json"]))
def test_export_then_import_is_the_same_genome(genome, form):
    again = import_genome(export(genome, form, name="x"), form, Contract("unused"))
    assert again == genome
    assert again.id == genome.id


def test_a_seed_file_with_its_spec_is_read():
    genome = import_genome("Say.", "text", Contract("d"))
    text = export(genome, "yaml") + "spec:\n  slots: [{gene: reasoning}]\n"
    assert import_genome(text, "yaml", Contract("unused")) == genome


@pytest.mark.parametrize(("text", "form"), [("a: [", "yaml"), ("{", "json"), ("x", "yaml")])
def test_what_is_no_genome_is_refused(text, form):
    with pytest.raises(GenomeError):
        import_genome(text, form, Contract("d"), where="f")


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.md", "markdown"), ("a.YML", "yaml"), ("a.json", "json"), ("a.txt", "text"), ("a", "text")],
)
def test_formats_by_suffix(tmp_path, name, form):
    assert guess_format(tmp_path / name) == form
