"""Genomes come back from text exactly as they were."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

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
    to_json,
    to_yaml,
)
from genomes.errors import GenomeError
from genomes.hashing import canonical_json, content_hash

NASTY = st.sampled_from(
    [
        "no",
        "null",
        "~",
        "1e3",
        "0x1F",
        "2024-01-01",
        "=",
        "<<",
        "- a",
        "a: b",
        "# c",
        "{{ review }}",
        "{% x %}",
        "'\"\\",
        " lead",
        "trail ",
        "\n",
        "\n  a\n b\n\n",
        "a\r\nb",
        "tab\tand\n\tline",
        "\u2028",
        "\x85",
        "\ufeff",
        "\x00\x07",
        "é\u0301🙂",
        "---",
        "...\n",
        "%YAML 1.1",
        "|",
        ">-",
        "a #b",
        "word " * 60,
    ]
)
TEXT = NASTY | st.text(max_size=30)
NAME = st.text(min_size=1, max_size=8) | NASTY
NUMBER = st.floats(-1e6, 1e6)
SCOPE = st.lists(NAME, max_size=2).map(tuple)

demos = st.builds(
    Demo,
    example_id=TEXT,
    inputs=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    target=TEXT,
)
common = {"id": NAME, "scope": SCOPE, "locked": SCOPE}
genes = st.one_of(
    st.builds(FragmentGene, **common, text=TEXT, place=st.sampled_from(["system", "user"])),
    st.builds(ReasoningGene, **common, template=TEXT),
    st.builds(DemoGene, **common, demos=st.lists(demos, max_size=2).map(tuple)),
    st.builds(DecisionGene, **common, parameter=st.just("abstain"), value=NUMBER),
    st.builds(DecisionGene, **common, parameter=st.just("offset"), label=TEXT, value=NUMBER),
    st.builds(DecisionGene, **common, parameter=st.just("extract"), value=TEXT),
)
domains = st.builds(
    Domain,
    name=NAME,
    inputs=st.lists(NAME, min_size=1, max_size=2).map(tuple),
    labels=SCOPE,
    task_kind=TEXT,
    max_tokens=st.integers(1, 9),
)
genomes = st.builds(
    Genome,
    domains=st.lists(domains, min_size=1, max_size=2, unique_by=lambda d: d.name).map(tuple),
    genes=st.lists(genes, max_size=4, unique_by=lambda g: g.id).map(tuple),
)


@settings(max_examples=150)
@given(genomes)
def test_json_comes_back_exactly(genome):
    back = from_json(to_json(genome))
    assert back.model_dump() == genome.model_dump()
    assert (back, back.id) == (genome, genome.id)
    assert to_json(back) == to_json(genome)


@settings(max_examples=150)
@given(genomes)
def test_yaml_comes_back_exactly(genome):
    back = from_yaml(to_yaml(genome))
    assert back.model_dump() == genome.model_dump()
    assert back.id == genome.id


@settings(max_examples=60)
@given(genomes, st.randoms())
def test_equal_content_has_one_hash_whatever_the_key_order(genome, random):
    def mixed(value):
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)
            return {key: mixed(item) for key, item in items}
        return [mixed(item) for item in value] if isinstance(value, list) else value

    text = json.dumps(mixed(json.loads(to_json(genome))), indent=1)
    assert from_json(text).id == genome.id
    assert content_hash(genome) == genome.id


@settings(max_examples=60)
@given(genomes, genomes)
def test_equal_hash_means_equal_content(one, other):
    assert (one.id == other.id) == (one.model_dump() == other.model_dump())


@given(st.floats(-1e3, 1e3))
def test_numbers_are_canonical_so_that_equal_values_hash_equal(value):
    near = value + 1e-9 if round(value, 6) == round(value + 1e-9, 6) else value
    one, other = (DecisionGene(id="d", parameter="abstain", value=v) for v in (value, near))
    assert canonical_json(one) == canonical_json(other)
    assert "-0.0" not in canonical_json(DecisionGene(id="d", parameter="abstain", value=-1e-9))
    whole = DecisionGene(id="d", parameter="abstain", value=int(value))
    assert canonical_json(whole) == canonical_json(
        DecisionGene(id="d", parameter="abstain", value=float(int(value)))
    )


def test_yaml_is_for_people(rich):
    text = to_yaml(rich.a)
    assert "  text: |-\n    Review: {{ review }}\n    Sentiment:\n" in text
    assert "Is it {{ labels }}? Be brief." in text
    assert "      review: review 0 with {{ braces }}\n" in text
    assert "scope" not in text
    assert "[]" not in text
    assert text.startswith("schema_version: 1\n")


def test_people_may_leave_defaults_out():
    genome = from_yaml(
        """
        domains: [{name: s, inputs: [review]}]
        genes:
          - {id: user, kind: fragment, place: user, text: "{{ review }}"}
          - id: demos
            kind: demo
            demos: [{example_id: e1, inputs: {review: fine}, target: positive}]
          - {id: o, kind: decision, parameter: offset, label: positive, value: 1}
        """
    )
    assert genome.gene("demos").demos[0].inputs == (("review", "fine"),)
    assert genome.gene("o").number() == 1.0


@pytest.mark.parametrize("read", [from_json, from_yaml])
def test_a_newer_schema_says_upgrade(read, rich):
    data = json.loads(to_json(rich.a)) | {"schema_version": 2}
    with pytest.raises(GenomeError, match=r"schema version 2.*upgrade evogate") as caught:
        read(json.dumps(data), where="champion.yaml")
    assert caught.value.where == "champion.yaml: schema_version"


@pytest.mark.parametrize("version", [0, -1, "1", 1.5, True, None])
def test_a_strange_schema_version_is_refused(version, rich):
    data = json.loads(to_json(rich.a)) | {"schema_version": version}
    with pytest.raises(GenomeError, match="is not a version"):
        from_json(json.dumps(data))


HEAD = "domains: [{name: s, inputs: [x]}]\ngenes: "


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("- 1", None, "a genome is a mapping, got list"),
        ("", None, "a genome is a mapping, got NoneType"),
        ("a: [", "line 1", "not YAML"),
        ("a: 1\nb: :\n  - c: {", "line", "not YAML"),
        ("domains: [{name: s, inputs: [yes]}]", "domains.0.inputs.0", "got True | .*in quotes"),
        (HEAD + "[{id: a, kind: fragment, tex: b}]", "genes.0.tex", "got 'b'"),
        (HEAD + "[{id: a, kind: fragmen}]", "genes.0", "'fragmen'"),
        (HEAD + "[{kind: demo}]", "genes.0.id", "Field required"),
        (
            HEAD + "[{id: a, kind: decision, parameter: abstain, value: .nan}]",
            "genes.0.value",
            "not a finite number",
        ),
        (
            HEAD + "[{id: a, kind: demo, demos: [{example_id: e, inputs: {x: 3}, target: t}]}]",
            "genes.0.demos.0.inputs.0.1",
            "got 3",
        ),
        (HEAD + "[{id: a, kind: demo}, {id: a, kind: demo}]", None, "not unique: a"),
        ("schema_version: 1", "domains", "Field required"),
    ],
)
def test_errors_give_path_and_value(text, where, what):
    with pytest.raises(GenomeError, match=what.replace("|", "\\|")) as caught:
        from_yaml(text, where="g.yaml")
    assert caught.value.where.startswith(f"g.yaml: {where}" if where else "g.yaml")
    assert "pydantic" not in str(caught.value)


def test_broken_json_gives_the_line():
    with pytest.raises(GenomeError, match=r"not JSON.*line 2"):
        from_json('{"domains":\n[}')


def test_yaml_cannot_build_objects():
    with pytest.raises(GenomeError, match="not YAML"):
        from_yaml("!!python/object/apply:os.getcwd []")


def test_the_file_is_plain_yaml(rich):
    assert yaml.safe_load(to_yaml(rich.a))["genes"][0]["text"] == "House rules come first."
