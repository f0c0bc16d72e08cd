from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.suites import Columns, load_callable, load_csv, load_jsonl
from fitness.suites.loaders import detect_delimiter
from genomes.errors import ConfigError, DataError

COLUMNS = Columns({"review": "text"}, "label")


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_a_csv_becomes_examples(tmp_path):
    path = write(
        tmp_path / "r.csv", 'text,label,film,year\n"Good, really",pos,A,1999\nBad,neg,B,2001\n'
    )
    columns = Columns({"review": "text"}, "label", cluster="film", tags=("year",))
    loaded = load_csv(path, columns, domain="films")
    first, second = loaded.examples
    assert (dict(first.inputs), first.target, first.domain) == (
        {"review": "Good, really"}, "pos", "films",
    )  # fmt: skip
    assert (first.cluster, first.tags, second.cluster) == ("A", ("year=1999",), "B")
    assert loaded.skipped == ()


def test_ids_and_domains_come_from_columns_where_named(tmp_path):
    path = write(tmp_path / "r.csv", "text,label,key,kind\na,x,k1,one\nb,x,k2,two\n")
    columns = Columns({"review": "text"}, "label", id="key", domain="kind")
    loaded = load_csv(path, columns, domain="ignored")
    assert [(e.id, e.domain) for e in loaded.examples] == [("k1", "one"), ("k2", "two")]


def test_without_an_id_rows_keep_their_names_when_they_move(tmp_path):
    one = load_csv(write(tmp_path / "r.csv", "text,label\na,x\nb,y\n"), COLUMNS, domain="d")
    two = load_csv(write(tmp_path / "r.csv", "text,label\nnew,x\nb,y\na,x\n"), COLUMNS, domain="d")
    before = {e.inputs["review"]: (e.id, e.cluster) for e in one.examples}
    after = {e.inputs["review"]: (e.id, e.cluster) for e in two.examples}
    assert before.items() <= after.items()


def test_unusable_rows_are_reported_with_line_and_reason(tmp_path):
    path = write(tmp_path / "r.csv", 'text,label\n"two\nlines",x\n\n,y\nb,\nc,z\n')
    loaded = load_csv(path, COLUMNS, domain="d")
    assert [e.target for e in loaded.examples] == ["x", "z"]
    assert [(s.line, s.reason) for s in loaded.skipped] == [
        (4, "the row is empty"),
        (5, "no value for text"),
        (6, "no value for label"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("text,lable\na,x\n", r"no column 'label'; it has: text, lable.*did you mean 'lable'"),
        ("", r"r\.csv is empty"),
        ("\n \n", r"r\.csv is empty"),
        ("text,label\n", "no usable row"),
        ("text,label\n,\n,\n", r"no usable row \(2 skipped\)"),
        ("text,label\na,x\nb,y,z\n", r"3 cells, the header has 2.*r\.csv:3"),
        ("text,label\na,x\nb\n", r"1 cells, the header has 2.*r\.csv:3"),
        ('text,label\n"a,x\n', "no well-formed CSV"),
        ("text,label,text\na,x,b\n", "two columns 'text'"),
        ("text,label\na,x\nb,x\na,y\n", "lines 2 and 4 of r.csv have the same inputs"),
    ],
)
def test_a_bad_csv_is_refused_in_one_line(tmp_path, text, says):
    with pytest.raises(DataError, match=says) as caught:
        load_csv(write(tmp_path / "r.csv", text), COLUMNS, domain="d")
    assert "\n" not in str(caught.value)


def test_the_same_id_twice_is_refused_with_both_lines(tmp_path):
    path = write(tmp_path / "r.csv", "text,label,id\na,x,1\nb,x,1\n")
    with pytest.raises(DataError, match=r"lines 2 and 3 of r\.csv have the same id '1'"):
        load_csv(path, Columns({"review": "text"}, "label", id="id"), domain="d")


def test_a_missing_file_and_one_that_is_no_text_are_refused(tmp_path):
    with pytest.raises(DataError, match="no file"):
        load_csv(tmp_path / "none.csv", COLUMNS, domain="d")
    (tmp_path / "latin.csv").write_bytes("text,label\ncafé,x\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"not UTF-8 text \(byte 14\).*latin\.csv:2"):
        load_csv(tmp_path / "latin.csv", COLUMNS, domain="d")
    with pytest.raises(DataError, match="cannot read"):
        load_csv(tmp_path, COLUMNS, domain="d")


def test_a_byte_order_mark_and_spaces_in_the_header_do_not_hide_a_column(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(b"\xef\xbb\xbftext, label\r\na,x\r\n")
    assert load_csv(path, COLUMNS, domain="d").examples[0].target == "x"


CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6
        )
    ),
    st.sampled_from(";\t|,"),
)
def test_the_delimiter_is_found_in_whatever_a_csv_writer_writes(rows, delimiter):
    header = [f"column{n}" for n in range(len(rows[0]))]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    assert detect_delimiter(out.getvalue()) == delimiter


def test_jsonl_becomes_examples(tmp_path):
    rows = [
        {"text": "a\u2028b", "label": True, "stars": 4},
        {"text": "c", "label": "no"},
    ]
    path = write(
        tmp_path / "r.jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n"
    )
    columns = Columns({"review": "text"}, "label", tags=("stars",))
    loaded = load_jsonl(path, columns, domain="d")
    assert [e.target for e in loaded.examples] == ["true", "no"]
    assert loaded.examples[0].inputs["review"] == "a\u2028b"
    assert loaded.examples[0].tags == ("stars=4",)
    assert loaded.skipped == ()


def test_rows_without_a_value_are_reported(tmp_path):
    path = write(tmp_path / "r.jsonl", '{"text":"a","label":"x"}\n\n{"text":"b","label":null}\n')
    loaded = load_jsonl(path, COLUMNS, domain="d")
    assert [(s.line, s.reason) for s in loaded.skipped] == [
        (2, "the row is empty"),
        (3, "no value for label"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"text":"a"}\n{"text":\n', r"not JSON.*r\.jsonl:2"),
        ("[1]\n", r"expected a JSON object, found a list.*r\.jsonl:1"),
        ('{"text":"a","labels":"x"}\n', "did you mean 'labels'"),
        (
            '{"text":"a","label":"x"}\n\n{"text": "b" "label": 1}\n',
            r"not JSON: Expecting ',' delimiter \(column 14\).*r\.jsonl:3",
        ),
        ("[" * 100_000, r"not JSON: nested too deeply.*r\.jsonl:1"),
        ('{"text":"a","label":"x"}\n{"text":"\\ud800","label":"x"}\n', r"surrogate.*r\.jsonl:2"),
        ("", r"r\.jsonl is empty"),
        ("{}\n", "it has: none"),
    ],
)
def test_bad_jsonl_is_refused_in_one_line(tmp_path, text, says):
    with pytest.raises(DataError, match=says) as caught:
        load_jsonl(write(tmp_path / "r.jsonl", text), COLUMNS, domain="d")
    assert "\n" not in str(caught.value)


@pytest.fixture
def user_module(tmp_path, monkeypatch):
    write(
        tmp_path / "own_examples.py",
        "from fitness.suites import Example\n"
        "def good(): yield Example('1', {'t': 'a'}, 'x', 'd', 'c')\n"
        "def rows(): return [{'text': 'a', 'label': 1}, {'text': '', 'label': 2}]\n"
        "def bad(): return [3]\n"
        "def none(): return None\n",
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("user_module")
def test_a_function_gives_examples_or_rows():
    assert load_callable("own_examples:good").examples[0].id == "1"
    loaded = load_callable("own_examples:rows", COLUMNS, domain="d")
    assert [e.target for e in loaded.examples] == ["1"]
    assert loaded.skipped[0].reason == "no value for text"


@pytest.mark.usefixtures("user_module")
@pytest.mark.parametrize(
    ("path", "columns", "error", "says"),
    [
        ("own_examples:bad", None, DataError, "a int, not an Example"),
        ("own_examples:bad", COLUMNS, DataError, "a int, not a mapping"),
        ("own_examples:none", None, DataError, "a NoneType, not examples"),
        ("own_examples:gone", None, ConfigError, "gone"),
        ("no_such_module_at_all:f", None, ConfigError, "no_such_module_at_all"),
    ],
)
def test_a_function_that_does_not_is_named(path, columns, error, says):
    with pytest.raises(error, match=says):
        load_callable(path, columns, domain="d")


def test_a_long_document_is_read_and_one_that_no_model_reads_is_named(tmp_path):
    long, endless = "word " * 60_000, "x" * 10_000_000
    rows = [{"text": long, "label": "x"}, {"text": endless, "label": "y"}]
    with (tmp_path / "r.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *(row.values() for row in rows)])
    write(tmp_path / "r.jsonl", "\n".join(map(json.dumps, rows)))
    limit = csv.field_size_limit()
    with pytest.raises(DataError, match=r"more than the 2,000,000 characters.*r\.csv:3"):
        load_csv(tmp_path / "r.csv", COLUMNS, domain="d")
    with pytest.raises(DataError, match=r"has 10,000,001 characters.*r\.jsonl:2"):
        load_jsonl(tmp_path / "r.jsonl", COLUMNS, domain="d")
    write(tmp_path / "r.csv", f'text,label\n"{long}",x\n')
    assert len(load_csv(tmp_path / "r.csv", COLUMNS, domain="d").examples[0].inputs["review"]) > 2e5
    assert csv.field_size_limit() == limit, "the limit is global"
