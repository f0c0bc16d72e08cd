"""Each built-in scorer on what it must accept and what it must not."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.reading import Answer
from fitness.scorers import is_pass_fail, scorer, scorer_name
from fitness.scorers.matching import margin
from fitness.scorers.numeric import last_number
from fitness.scorers.registry import _announced
from fitness.suites import Example
from genomes.errors import ConfigError

SCHEMA = '{"type": "object", "required": ["town"], "properties": {"n": {"type": "integer"}}}'
HERE = Example("e", {"text": "Which town?"}, "Paris", "geo", "c")


def score(name: str, answer: str | None, target: str = "Paris") -> float:
    return scorer(name)(Answer(answer), replace(HERE, target=target))


@pytest.mark.parametrize(
    ("name", "answer", "target", "expected"),
    [
        ("exact", "Paris", "Paris", 1.0),
        ("exact", "paris", "Paris", 0.0),
        ("normalised", " PARÍS. ", "Paris", 1.0),
        ("normalised", "London", "Paris", 0.0),
        ("regex:^{target}", "Paris, France", "Paris", 1.0),
        ("regex:^{target}$", "Paris, France", "Paris", 0.0),
        ("contains", "It is (of course) PARIS!", "Paris", 1.0),
        ("contains", "Parisian", "Paris", 0.0),
        ("contains", "14", "4", 0.0),
        ("contains", "anything", "?!", 0.0),  # nothing of the target is left: not in every text
        ("token_f1", "The town of Paris", "Paris, France", 2 * (1 / 3) * (1 / 2) / (5 / 6)),
        ("token_f1", "a the an", "an", 0.0),
        ("json", '{"b": 1, "a": [2]}', '{"a":[2],"b":1}', 1.0),
        ("json", '{"a": true}', '{"a": 1}', 0.0),
        ("json", "no", '{"a": 1}', 0.0),
        ("json", '{"a": [1.0, -0.0]}', '{"a": [1, 0]}', 1.0),
        ("json", '{"a": 1e2}', '{"a": 100}', 1.0),
        ("json", '{"a": 1.5}', '{"a": 1}', 0.0),
        ("json", '{"a": "1"}', '{"a": 1}', 0.0),
        (f"json_schema:{SCHEMA}", '{"town": "Paris", "n": 3}', "x", 1.0),
        (f"json_schema:{SCHEMA}", '{"town": "Paris", "n": 3.5}', "x", 0.0),
        (f"json_schema:{SCHEMA}", '```json\n{"town": "Paris"}\n```', "x", 0.0),
        (f"json_schema:{SCHEMA}", "[" * 100_000, "x", 0.0),
        ("json_schema:{}", "NaN", "x", 0.0),
    ],
)
def test_scores(name: str, answer: str, target: str, expected: float) -> None:
    assert score(name, answer, target) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("about 1,234.5 kg", 1234.5),
        ("1.234,5 EUR", 1234.5),
        ("$1'234", 1234.0),
        ("1\u202f234\u00a0567 m", 1234567.0),
        ("3,5 litres", 3.5),
        ("0,125", 0.125),
        ("\u22127 degrees", -7.0),
        ("from 10-20", 20.0),
        ("6.02e23", 6.02e23),
        ("3/4 of it", 0.75),
        ("first 2, then 40.", 40.0),
        ("1,2,3", 3.0),
        ("50%", 50.0),
        ("x1", None),
        ("1/0", None),
        ("no number", None),
        ("", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: float | None) -> None:
    assert last_number(text) == number


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_every_number_that_python_prints_is_read_back(value: float) -> None:
    assert last_number(f"the answer is {value!r} units") == value


@given(st.text(max_size=40))
def test_no_text_breaks_a_built_in_scorer(text: str) -> None:
    names = ("exact", "normalised", "contains", "token_f1", "margin", f"json_schema:{SCHEMA}")
    for name in names:
        assert 0.0 <= score(name, text) <= 1.0
    assert 0.0 <= score("numeric", text, "5") <= 1.0
    assert 0.0 <= score("json", text, "[5]") <= 1.0


@pytest.mark.parametrize("name", ["exact", "contains", "token_f1", "margin", "numeric", "json"])
def test_no_answer_is_wrong(name: str) -> None:
    assert score(name, None, "5") == 0.0


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("numeric", "100.0000000001", 1.0),
        ("numeric", "100.1", 0.0),
        ("numeric:0.5", "100.5", 1.0),
        ("numeric:0.5", "100.6", 0.0),
        ("numeric:1%", "99", 1.0),
        ("numeric:1%", "98.9", 0.0),
        ("numeric:1%", "none", 0.0),
    ],
)
def test_a_tolerance_is_absolute_or_relative(name: str, answer: str, expected: float) -> None:
    assert score(name, answer, "100 km") == expected


def test_a_target_without_a_number_is_a_mistake_not_a_wrong_answer() -> None:
    with pytest.raises(ValueError, match="'Paris' holds no number"):
        score("numeric", "5")


def test_composites() -> None:
    assert score('mean:{"exact": 3, "contains": 1}', "in Paris") == 0.25
    assert score('mean:["exact", "contains"]', "in Paris") == 0.5
    assert score('all:["exact", "contains"]', "in Paris") == 0.0
    assert score('all:["exact", "contains"]', "Paris") == 1.0
    assert score('min:["token_f1", "contains"]', "town Paris") == pytest.approx(2 / 3)
    assert score('min:["regex:^(a|P),?", "mean:[\\"exact\\"]"]', "Paris") == 1.0


def test_a_composite_never_hides_a_part_that_is_broken(own: str) -> None:
    with pytest.raises(ValueError, match="gave nan"):
        score(f'mean:["exact", "{own}:nan"]', "Paris")


@pytest.mark.parametrize(
    ("function", "expected"),
    [("half", 0.5), ("truth", 1.0), ("single", 0.5), ("lenient", 1.0)],
)
def test_functions(own: str, function: str, expected: float) -> None:
    assert score(f"{own}:{function}", "Paris") == expected


def test_a_function_of_three_sees_the_inputs(own: str) -> None:
    assert score(f"{own}:echo", "Which town?") == 1.0


def test_margin_is_the_probability_of_the_target() -> None:
    answer = Answer("a", {"a": 0.0, "b": 0.0, "c": 0.0})
    assert scorer("margin")(answer, replace(HERE, target="a")) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bleu", "unknown scorer 'bleu'"),
        ("regex:(", "bad pattern"),
        ("numeric:much", "bad tolerance"),
        ("numeric:-1", "bad tolerance"),
        ("json_schema:schema.json", "is no JSON"),
        ('json_schema:{"type": "thing"}', "no valid JSON Schema"),
        ("mean:exact", "cannot read the parts"),
        ('mean:{"exact": 0}', "cannot read the parts"),
        ('all:{"exact": 1}', "cannot read the parts"),
        ("min:[]", "cannot read the parts"),
        ('all:["bleu"]', "unknown scorer 'bleu'"),
        ("nowhere_at_all:f", "cannot import"),
        ("own_scorers:missing", "cannot import"),
        ("own_scorers:number", "is a int, not a function"),
        ("own_scorers:one", r"takes \(answer\)"),
    ],
)
def test_what_cannot_be_read_is_named(own: str, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        scorer(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exact", True),
        ("regex:a", True),
        ("numeric:1%", True),
        ('all:["token_f1"]', True),
        ('min:["exact","contains"]', True),
        ('min:["exact","token_f1"]', False),
        ('mean:["exact"]', False),
        ("token_f1", False),
        ("margin", False),
        ("module:function", False),
    ],
)
def test_only_declared_pass_fail_scorers_get_the_sharper_test(name: str, expected: bool) -> None:
    assert is_pass_fail(name) == expected


def test_a_config_may_write_scorers_as_yaml(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(SCHEMA)
    assert scorer_name("exact") == "exact"
    assert scorer_name({"numeric": "1%"}) == "numeric:1%"
    assert json.loads(scorer_name({"json_schema": "s.json"}, tmp_path)[12:]) == json.loads(SCHEMA)
    both = scorer_name({"all": ["contains", {"json_schema": "s.json"}]}, tmp_path)
    assert scorer(both)(Answer('{"town": "Paris"}'), HERE) == 1.0
    assert scorer_name({"mean": {"token_f1": 0.7, "contains": 0.3}}) == (
        'mean:{"contains":0.3,"token_f1":0.7}'
    )
    with pytest.raises(ConfigError, match=r"cannot read the schema 'none\.json'"):
        scorer_name("json_schema:none.json", tmp_path)
    with pytest.raises(ConfigError, match="not 2 keys"):
        scorer_name({"mean": [], "all": []})


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installs a distribution that announces scorers."""

    def install(lines: str) -> None:
        (tmp_path / "third.py").write_text(
            "def even(answer, example): return float(len(answer.text or '') % 2 == 0)\n"
            "even.pass_fail = True\nnumber = 3\n"
        )
        info = tmp_path / "third-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[evogate.scorers]\n{lines}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        _announced.cache_clear()

    yield install
    _announced.cache_clear()


def test_other_distributions_bring_scorers(distribution) -> None:
    distribution("even = third:even")
    assert (score("even", "ab"), score("even", "abc"), is_pass_fail("even")) == (1.0, 0.0, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("exact = third:even", "'exact' is taken"),
        ("n = third:number", "not callable"),
        ("n = third:gone", "cannot be loaded"),
    ],
)
def test_a_bad_announcement_names_the_entry_point(distribution, line: str, said: str) -> None:
    distribution(line)
    with pytest.raises(ConfigError, match=said) as caught:
        scorer("unknown")
    assert "entry point evogate.scorers" in str(caught.value.where)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("numeric", f"1/{'9' * 400}"),
        ("numeric", f"1/{'9' * 5000}"),
        ('json_schema:{"type": "number", "multipleOf": 0.01}', "1e400"),
        ('json_schema:{"$ref": "#/$defs/t", "$defs": {"t": {"items": {"$ref": "#/$defs/t"}}}}',
         "[" * 900 + "]" * 900),
    ],
)  # fmt: skip
def test_an_answer_beyond_all_bounds_is_wrong_and_not_missing(name, answer):
    assert score(name, answer, "5") == 0.0


def test_a_module_with_the_name_of_a_scorer_promises_nothing():
    assert not is_pass_fail("contains:partial")
    assert not is_pass_fail("json:loads")
    assert is_pass_fail("contains")
    assert is_pass_fail("numeric:1%")
    assert is_pass_fail('all:["token_f1"]')


def test_labels_without_any_evidence_have_no_margin(example: Example) -> None:
    nothing = {"Paris": -math.inf, "Rome": -math.inf}
    assert margin(Answer("Paris", nothing), example) == 0.0
