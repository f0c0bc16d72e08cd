"""Junk, right answers and anchors: what is found, how bad it is, and on which example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fitness.outcome import Outcome
from fitness.probes import (
    Anchor,
    inspect_outcomes,
    inspect_scorers,
    inspect_targets,
    load_anchors,
    parse_anchors,
)
from fitness.suites import Example, Role, Suite
from genomes.errors import ConfigError, DataError

_OWN = """
def generous(answer, target): return 1.0
def partial(answer, target): return 0.3
def empty_passes(answer, target): return float(not answer or answer == target)
def length(answer, target): return min(len(answer or "") / 20, 1.0)
def picky(answer, target): return float(float(answer) == float(target))
def nan(answer, target): return float("nan")
def zero(answer, target): return 0.0
def brief(answer, target): return 1.0 / (1 + len(answer or ""))
"""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_probes.py").write_text(_OWN)
    monkeypatch.syspath_prepend(str(tmp_path))


def suite(
    scorer: str,
    targets: Sequence[str] = ("red", "green", "blue"),
    role: Role = "search",
    text: str = "What colour is thing {}?",
    **more: object,
) -> Suite:
    examples = tuple(
        Example(f"{role}{i}", {"text": text.format(i)}, targets[i % len(targets)], "d", f"c{i}")
        for i in range(30)
    )
    return Suite(f"d/{role}", role, "d", examples, scorer, **more)


def found(*args: object) -> list[tuple[str, str]]:
    return [(finding.level, finding.line()) for finding in inspect_scorers(*args)]


@pytest.mark.parametrize("scorer", ["exact", "normalised", "token_f1", "margin"])
def test_sound_scorers_are_silent(scorer: str) -> None:
    assert found([suite(scorer, ("red", "green", "blue", "black", "white"))]) == []


def test_numbers_are_no_junk_by_chance() -> None:
    assert found([suite("numeric", [str(i) for i in range(10)], text="How many?")]) == []


@pytest.mark.parametrize(
    ("scorer", "said"),
    [
        ("own_probes:generous", "rewards the empty answer: 100% of the tries pass"),
        ("own_probes:partial", "rewards the empty answer: 0% of the tries pass, 0.30 on average"),
        ("own_probes:empty_passes", "rewards the empty answer"),
        ("own_probes:length", "rewards random text"),
        ("regex:.", "rewards random text"),
        ("own_probes:picky", "could not convert"),
        ("own_probes:nan", "gave nan"),
    ],
)
def test_rewarded_junk_is_an_error_that_names_scorer_and_example(scorer: str, said: str) -> None:
    errors = [line for level, line in found([suite(scorer)]) if level == "error"]
    assert any(said in line and scorer in line for line in errors), errors
    assert "suite d/search example search" in errors[0]


def test_a_broken_scorer_is_reported_once() -> None:
    assert len(found([suite("own_probes:picky"), suite("own_probes:picky", role="gate")])) == 1


def test_a_list_of_everything_and_an_echo_are_warnings() -> None:
    listed = found([suite("contains")])
    assert [level for level, _ in listed] == ["warning"]
    assert "rewards a list of all targets" in listed[0][1]
    echoed = found([suite("contains", text="Red, green or blue, thing {}?")])
    assert any("rewards the input repeated" in line for _, line in echoed)
    assert {level for level, _ in echoed} == {"warning"}


def test_copying_is_no_junk_where_it_is_the_task() -> None:
    examples = tuple(Example(f"e{i}", {"t": f"word {i}"}, f"word {i}", "d", "c") for i in range(20))
    assert found([Suite("d/search", "search", "d", examples)]) == []


def test_targets_that_do_not_pass_are_a_warning() -> None:
    ((level, line),) = found([suite("own_probes:zero")])
    assert level == "warning"
    assert "gives the targets themselves 0.00" in line


def test_a_target_without_a_number_is_found_wherever_it_stands() -> None:
    spoiled = suite("numeric", ["1"] * 29 + ["none"], role="gate")
    ((level, line),) = found([suite("numeric", ["1", "2"]), spoiled])
    assert level == "error"
    assert "'none' holds no number" in line
    assert "example gate29" in line


def test_other_objectives_need_numbers_only() -> None:
    assert found([suite("exact", others=(("brief", "own_probes:brief"),))]) == []
    ((level, line),) = found([suite("exact", others=(("x", "own_probes:nan"),))])
    assert level == "error"
    assert "own_probes:nan" in line


def test_an_unknown_scorer_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="unknown scorer"):
        inspect_scorers([suite("bleu")])


@pytest.mark.parametrize(
    ("anchor", "said"),
    [
        (Anchor(output="red", verdict="pass", example="search0"), None),
        (Anchor(output="red", verdict="fail", example="search1"), None),
        (Anchor(output="I do not know", verdict="fail"), None),
        (Anchor(output="RED!", verdict="pass", example="search0"), "must pass and got 0.00"),
        (Anchor(output="red", verdict="fail", example="search0"), "must fail and got 1.00"),
        (Anchor(output="red", verdict="fail"), "must fail and got 1.00"),
        (Anchor(output="4", verdict="pass", target="four"), "must pass and got 0.00"),
        (Anchor(output="red", verdict="pass", example="nowhere"), "no suite has"),
    ],
)
def test_anchors(anchor: Anchor, said: str | None) -> None:
    lines = found([suite("exact")], [anchor])
    assert bool(lines) == bool(said)
    assert all(level == "error" and str(said) in line for level, line in lines)


def test_anchors_come_from_yaml_or_jsonl(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- {output: x, verdict: fail}\n- {output: y, verdict: pass}\n")
    (tmp_path / "a.jsonl").write_text('{"output": "x", "verdict": "fail"}\n\n')
    assert [a.verdict for a in load_anchors(tmp_path / "a.yaml")] == ["fail", "pass"]
    assert load_anchors(tmp_path / "a.jsonl") == (Anchor(output="x", verdict="fail"),)


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("a.yaml", "- {output: x, verdict: fail}\n- {output: y, verdict: maybe}\n", "a.yaml:2"),
        ("a.yaml", "output: x\n", "a.yaml"),
        ("a.yaml", "- [\n", "a.yaml"),
        ("a.jsonl", '{"output": "x", "verdict": "fail"}\n{"output"\n', "a.jsonl:2"),
        (
            "a.jsonl",
            '{"output": "x", "verdict": "fail", "example": "e", "target": "t"}',
            "a.jsonl:1",
        ),
        ("a.jsonl", "3\n", "a.jsonl:1"),
    ],
)
def test_a_malformed_anchor_is_named_with_its_line(
    tmp_path: Path, name: str, text: str, where: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError) as caught:
        load_anchors(tmp_path / name)
    assert caught.value.where == where
    assert "\n" not in caught.value.what or name.endswith("yaml")


def test_a_missing_anchor_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the anchors"):
        load_anchors(tmp_path / "none.yaml")


def test_a_constant_answer_that_is_nearly_always_right_is_named() -> None:
    (finding,) = inspect_targets([suite("exact", ["a"] * 28 + ["b"] * 2), suite("exact")])
    assert "28 of 30 targets are 'a'" in finding.what
    assert finding.level == "warning"


@pytest.mark.parametrize(
    ("right", "n", "said"),
    [(30, 30, "passes"), (29, 30, "passes"), (0, 30, "fails"), (20, 30, None), (3, 3, None)],
)
def test_ceiling_and_floor_of_what_was_measured(right: int, n: int, said: str | None) -> None:
    outcomes = [Outcome(f"e{i}", float(i < right)) for i in range(n)] + [Outcome("m", None)] * 20
    finding = inspect_outcomes(outcomes, suite("exact"))
    assert (finding is None) == (said is None)
    assert said is None or f"nearly everything {said}" in finding.what


def test_the_same_anchor_twice_is_one() -> None:
    row = {"output": "yes", "verdict": "pass", "target": "yes"}
    other = {**row, "verdict": "fail"}
    assert parse_anchors([row, other, row]) == parse_anchors([row, other])
