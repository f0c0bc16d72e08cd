"""A model as scorer: verdicts are bought once, paid from their own part, and trusted only if they
agree with labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import RuleAgent

from evo.agents import ChatAgent
from evo.config import Config, load_config, resolve
from evo.judge import Judge, JudgedEvaluator, calibrate
from evo.models import Completion, Request, ScriptedModel
from evo.resume import recall
from evo.run import resume, run
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget, BudgetExhaustedError, Limits
from fitness.evaluator import Course, Evaluator, Policy
from fitness.probes import Anchor
from fitness.response import Response
from fitness.scorers import scorer
from fitness.stats.agreement import cohen_kappa
from fitness.suites import Example, Role, Suite
from genomes import Domain, FragmentGene, Genome, GenomeSpec, Rendered, Slot
from genomes.errors import BudgetError, ConfigError, DataError, StoppedError


def _verdict(request: Request) -> Completion:
    """Passes answers that hold the word "please"; counts tokens."""
    answer = request.messages[-1]["content"].split("<answer>")[1].split("</answer>")[0]
    said = "Pass." if "please" in answer else "fail"
    return Completion(said, prompt_tokens=40, completion_tokens=1, money=0.0)


def _suite(role: Role, n: int) -> Suite:
    examples = tuple(
        Example(f"{role}{i}", {"text": f"{role} mail {i}"}, "be polite", "mail", f"{role}{i}")
        for i in range(n)
    )
    return Suite(f"mail/{role}", role, "mail", examples, "judge")


def _task() -> Task:
    seed = Genome(
        domains=(Domain(name="mail", inputs=("text",), max_tokens=20),),
        genes=(
            FragmentGene(id="task", text="Answer the mail."),
            FragmentGene(id="user", place="user", text="{{ text }}"),
        ),
    )
    spec = GenomeSpec(
        slots=(Slot(gene="task", library=("instructions",)),),
        stock={"instructions": ["Answer.", "Say please.", "Be brief.", "Be kind.", "Write it."]},
    )
    return Task("mail", "mail", seed, spec, tuple(map(_suite, _ROLES, (30, 60, 20))))


_ROLES: tuple[Role, ...] = ("search", "gate", "audit")


def _answer(rendered: Rendered, example: Example) -> Response:
    word = "please" if "please" in rendered.turns[0].text or example.id.endswith("0") else "now"
    return Response(f"Send it {word}: {example.id}", prompt_tokens=9, completion_tokens=9)


def _anchors(n: int, wrong: int = 0) -> list[dict[str, str]]:
    rows = [
        {"output": f"{'please' if i % 2 else 'now'} {i}", "verdict": "pass" if i % 2 else "fail"}
        for i in range(n)
    ]
    return [
        {**row, "verdict": "fail" if row["verdict"] == "pass" else "pass"} if i < wrong else row
        for i, row in enumerate(rows)
    ]


def _config(folder: Path, anchors: list[dict[str, str]], **judge: object) -> Config:
    content = {
        "name": "mail",
        "task": "unused",
        "anchors": anchors,
        "judge": {
            "model": {"kind": "scripted", "name": "unused:unused"},
            "rubric": "it says {{ please }}",
            **judge,
        },
        "search": {"blocks": [5, 20], "reserve": 5, "children": 4, "islands": 1},
        "gate": {"n": 60},
        "budget": {"calls": 1600},
    }
    return resolve(content, folder=folder)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    made = ScriptedModel(_verdict, name="judge", price=(0.0, 0.0))
    monkeypatch.setattr("evo.judge.hiring.build_beside", lambda *_: made)
    return made


def _spent(folder: Path) -> dict[str, int]:
    with Store(folder / "runs" / "evo.db") as store:
        return {k: v["calls"] for k, v in store.spent(store.run("latest")["id"]).items()}


def test_a_calibrated_judge_steers_search_and_gate(tmp_path: Path, model: ScriptedModel) -> None:
    agent = RuleAgent(_answer)
    result = run(_config(tmp_path, _anchors(20)), task=_task(), agent=agent)
    assert result.status == "promoted", result.reason
    assert "please" in str(result.champion.genome.gene("task"))
    held = result.champion.decision["judge"]
    assert (held["n"], held["kappa"], held["mode"]) == (20, 1.0, "verdict")
    spent = _spent(tmp_path)
    assert spent["judge"] == model.calls <= 800
    assert sum(spent.values()) == result.bought == model.calls + len(agent.asked) <= 1600
    assert result.spend["judge"].calls == model.calls
    assert result.spend["gate"].calls == spent["gate"], "verdicts are no calls of the gate"
    requests = [r.messages[-1]["content"] for r in model.requests]
    assert len(set(requests)) == len(requests), "a verdict was paid for twice"
    assert all("it says {{ please }}" in text for text in requests)
    assert not any("Answer the mail." in text for text in requests), "it never sees the prompt"


def test_a_second_run_starts_from_a_judged_champion(tmp_path: Path, model: ScriptedModel) -> None:
    """What seed and previous champion answered is looked at again, and a judge cannot do so."""
    config = _config(tmp_path, _anchors(20))
    assert run(config, task=_task(), agent=RuleAgent(_answer)).champion.number == 2
    assert run(config, task=_task(), agent=RuleAgent(_answer)).status == "kept"


def test_a_resumed_run_keeps_its_judge(
    tmp_path: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two judges would be paid up to the share of one."""
    agent, config = RuleAgent(_answer), _config(tmp_path, _anchors(20))
    with pytest.raises(StoppedError):
        run(config, task=_task(), agent=agent, stop=lambda: len(agent.asked) > 60)
    other = ScriptedModel(_verdict, name="other", price=(0.0, 0.0))
    with monkeypatch.context() as patch:
        patch.setattr("evo.judge.hiring.build_beside", lambda *_: other)
        with pytest.raises(ConfigError, match="the judge's model changed"):
            resume(recall(tmp_path), task=_task(), agent=agent)
    assert other.calls == 0
    assert resume(recall(tmp_path), task=_task(), agent=agent).spend["judge"].calls == model.calls


def test_verdicts_are_asked_for_in_the_time_of_the_run(
    tmp_path: Path, model: ScriptedModel
) -> None:
    config = _config(tmp_path, _anchors(20))
    late = config.model_copy(update={"budget": config.budget.model_copy(update={"minutes": 1e-9})})
    with pytest.raises(BudgetExhaustedError, match="seconds"):
        run(late, task=_task(), agent=RuleAgent(_answer))
    assert model.calls == 0


@pytest.mark.parametrize("anchors", [_anchors(19), _anchors(20, wrong=5)])
def test_the_gate_takes_no_verdict_of_an_uncalibrated_judge(
    tmp_path: Path, model: ScriptedModel, anchors: list[dict[str, str]]
) -> None:
    events = []
    result = run(
        _config(tmp_path, anchors), task=_task(), agent=RuleAgent(_answer), listener=events.append
    )
    assert (result.status, result.decisions) == ("kept", ())
    assert result.reason.startswith("no gate attempt: the judge is uncalibrated")
    assert "gate" not in _spent(tmp_path)
    assert any("uncalibrated" in str(e.data) for e in events if e.kind == "warning")


def test_unless_the_user_allows_it(tmp_path: Path, model: ScriptedModel) -> None:
    config = _config(tmp_path, [], allow_uncalibrated=True)
    assert run(config, task=_task(), agent=RuleAgent(_answer)).decisions


@pytest.fixture
def judge(tmp_path: Path):
    with Store(tmp_path / "evo.db") as store:

        def make(reply: Callable[[Request], object] = _verdict, calls: int = 50) -> Judge:
            agent = ChatAgent(ScriptedModel(reply, price=(0.0, 0.0)))
            evaluator = Evaluator(agent, store, "r", Policy(retries=0))
            return Judge(evaluator, Budget(Limits(calls=calls)), "it is polite")

        yield make


CASE = _suite("search", 2).examples


def test_verdicts_keep_their_order_and_equal_cases_are_asked_once(judge) -> None:
    made = judge()
    cases = [(CASE[0], "no"), (CASE[0], "please"), (CASE[0], "no"), (CASE[1], "please")]
    assert [v.score for v in made.verdicts(cases)] == [0.0, 1.0, 0.0, 1.0]
    assert made.budget.spent.calls == 3
    assert made.verdicts([]) == []


def test_a_judge_that_says_neither_gives_missing_data(judge) -> None:
    (said,) = judge(lambda _: Completion("Well, who knows")).verdicts([(CASE[0], "x")])
    assert said.score is None
    assert said.scorer_failed
    assert "uncalibrated" in str(said.note)


def test_no_verdict_beyond_the_budget(judge) -> None:
    with pytest.raises(BudgetExhaustedError):
        judge(calls=1).verdicts([(CASE[0], "a"), (CASE[0], "b")])


def test_an_answer_that_was_not_read_needs_no_verdict(judge, tmp_path: Path) -> None:
    made = judge()
    with Store(tmp_path / "other.db") as store:
        agent = RuleAgent(lambda *_: Response("  ", prompt_tokens=1, completion_tokens=1))
        evaluator = JudgedEvaluator(agent, store, "r", Policy(), Course(), made)
        suite = _suite("search", 3)
        outcomes = evaluator.evaluate(
            [_task().seed], suite, suite.examples, budget=Budget(Limits()), purpose="search"
        )[0]
    assert [o.score for o in outcomes] == [0.0] * 3
    assert made.budget.spent.calls == 0


def test_calibration_counts_a_missing_verdict_as_disagreement(judge) -> None:
    made = judge(lambda _: Completion("hm"))
    anchors = [Anchor.model_validate(row) for row in _anchors(20)]
    found = calibrate(made, anchors, [_suite("search", 2)], min_labels=20, min_kappa=0.6)
    assert (found.agreement.n, found.agreement.agreement) == (20, 0.0)
    assert not found.calibrated
    assert not made.calibrated


def test_an_anchor_of_no_example_is_named(judge) -> None:
    lost = [Anchor(output="x", verdict="pass", example="nowhere")]
    with pytest.raises(DataError, match="'nowhere', which no suite has"):
        calibrate(judge(), lost, [_suite("search", 2)], min_labels=1, min_kappa=0.6)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_kappa_is_symmetric_at_most_one_and_one_only_for_agreement(pairs) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    found, back = cohen_kappa(a, b), cohen_kappa(b, a)
    assert found.kappa == pytest.approx(back.kappa) if found.kappa is not None else True
    if found.kappa is not None:
        assert found.kappa <= 1.0
        assert (found.kappa == pytest.approx(1.0)) == (a == b)


def test_kappa_on_a_known_table() -> None:
    # Cohen's formula by hand: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no gives .4.
    a = [True] * 25 + [False] * 25
    b = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    found = cohen_kappa(a, b)
    assert (found.n, found.agreement, found.kappa) == (50, 0.7, pytest.approx(0.4))
    assert cohen_kappa([True] * 9, [True] * 9).kappa is None, "one class tells nothing"
    assert cohen_kappa([], []).kappa is None


def test_the_config_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "evo.yaml").write_text(
        "name: x\ndata: {file: a.csv, inputs: [t], target: y, scorer: judge}\n"
    )
    with pytest.raises(ConfigError, match="no block judge"):
        load_config(tmp_path)
    with pytest.raises(ConfigError, match="within a run"):
        scorer("judge:abc")


def test_the_rubric_is_part_of_the_scorer(tmp_path: Path) -> None:
    def name(rubric: str) -> str:
        content = {
            "name": "x",
            "data": {"file": "a.csv", "inputs": ["t"], "target": "y", "scorer": "judge"},
            "judge": {"model": {"name": "smollm2-135m"}, "rubric": rubric},
        }
        config = resolve(content, folder=tmp_path)
        again = resolve(config.model_dump(mode="json"), folder=tmp_path)
        assert config.data is not None
        assert again.data is not None
        assert again.data.scorer == config.data.scorer
        return str(config.data.scorer)

    assert name("be kind").startswith("judge:")
    assert name("be kind") != name("be brief")


def test_labels_need_no_judge_and_money_needs_a_price(tmp_path: Path, monkeypatch) -> None:
    task = _task()
    domain = task.seed.domains[0].model_copy(update={"labels": ("a", "b")})
    labelled = replace(task, seed=task.seed.model_copy(update={"domains": (domain,)}))
    with pytest.raises(ConfigError, match="labels and a judge"):
        run(_config(tmp_path, []), task=labelled, agent=RuleAgent(_answer))
    unpriced = ScriptedModel(_verdict)
    monkeypatch.setattr("evo.judge.hiring.build_beside", lambda *_: unpriced)
    config = _config(tmp_path / "b", [])
    config = config.model_copy(update={"budget": config.budget.model_copy(update={"usd": 1.0})})
    with pytest.raises(BudgetError, match="price is unknown") as refused:
        run(config, task=task, agent=RuleAgent(_answer))
    assert refused.value.where == "judge.model.price"
    assert unpriced.calls == 0
