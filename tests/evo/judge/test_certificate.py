"""A judge decides at the gate only with a certificate, and the decision keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evo.agents import ChatAgent
from evo.gate import GateConfig, GateDecision, JudgeCertificate, make_plan, run_gate
from evo.judge import (
    Judge,
    JudgedEvaluator,
    PairwiseJudge,
    calibrate,
    certificate,
    refusal,
)
from evo.models import Completion, Request, ScriptedModel
from evo.storage import Store
from fitness.budget import Budget, Limits
from fitness.evaluator import Course, Evaluator, Policy
from fitness.outcome import Outcome
from fitness.probes import Anchor
from fitness.suites import Example, Role, Suite
from genomes import Domain, FragmentGene, Genome
from genomes.errors import DataError, IntegrityError

Make = Callable[..., Judge]


def polite(request: Request) -> Completion:
    said = "pass" if "please" in request.messages[-1]["content"].split("<answer>")[1] else "fail"
    return Completion(said, prompt_tokens=9, completion_tokens=1, money=0.0)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with Store(tmp_path / "evo.db") as store:

        def made(
            kind: type[Judge] = Judge,
            reply: Callable[[Request], Completion] = polite,
            rubric: str = "it is polite",
            name: str = "judge",
        ) -> Judge:
            model = ScriptedModel(reply, name=name, price=(0.0, 0.0))
            evaluator = Evaluator(ChatAgent(model), store, "r", Policy(retries=0))
            return kind(evaluator, Budget(Limits()), rubric)

        yield made


def suite(role: Role, n: int = 2, domain: str = "mail", scorer: str = "judge:abc") -> Suite:
    rows = tuple(
        Example(f"e{i}", {"text": f"{domain} {role} {i}"}, "so be it", domain, f"{role}{i}")
        for i in range(n)
    )
    return Suite(f"{domain}/{role}", role, domain, rows, scorer)


def anchors(n: int) -> list[Anchor]:
    return [
        Anchor(output=f"{'please' if i % 2 else 'now'} {i}", verdict="pass" if i % 2 else "fail")
        for i in range(n)
    ]


def certified(judge: Judge, labels: int = 20) -> JudgeCertificate:
    found = calibrate(judge, anchors(labels), [suite("search")], min_labels=20, min_kappa=0.6)
    return found.certificate(judge, "2026-01-02T03:04:05+00:00")


def evaluator_of(judge: Judge, held: JudgeCertificate | None) -> JudgedEvaluator:
    agent = judge.evaluator.agent
    store = judge.evaluator._store
    made = JudgedEvaluator(agent, store, "r", Policy(), Course(), judge)
    made.certificate = held
    return made


def test_a_good_certificate_is_taken_and_all_others_are_refused(make: Make) -> None:
    judge = make()
    good = certified(judge)
    assert (good.n, good.agreement, good.kappa, good.accepted) == (20, 1.0, 1.0, True)
    assert refusal(evaluator_of(judge, good)) is None
    assert certificate(evaluator_of(judge, good)) == good
    poor = certified(judge, labels=19)
    for held, why in (
        (None, "has no certificate"),
        (poor, "19 labels"),
        (certified(make(rubric="it is short")), "another judge or rubric"),
        (certified(make(name="other")), "another judge or rubric"),
        (good.model_copy(update={"mode": "pairwise"}), "another judge or rubric"),
        (good.model_copy(update={"kappa": 0.59}), "kappa 0.59"),
        (good.model_copy(update={"kappa": None}), "kappa unknown"),
    ):
        made = evaluator_of(judge, held)
        assert why in str(refusal(made))
        assert certificate(made) is None
    allowed = poor.model_copy(update={"uncalibrated_allowed": True})
    assert refusal(evaluator_of(judge, allowed)) is None


def _decide(judge: JudgeCertificate | None, scorer: str = "judge:abc") -> GateDecision:
    domain = Domain(name="mail", inputs=("text",))
    user = FragmentGene(id="user", place="user", text="{{ text }}")
    old, new = (
        Genome(domains=(domain,), genes=(FragmentGene(id="task", text=text), user))
        for text in ("old", "new")
    )
    gate = suite("gate", 60, scorer=scorer)
    plan = make_plan(
        GateConfig(n=60), attempt_id="1", champion=old, candidate=new, shard=gate,
        regressions=(), alpha=0.05, rng=np.random.default_rng(1),
    )  # fmt: skip
    return run_gate(
        plan, old, new, [gate],
        lambda genome, _, examples: [Outcome(e.id, float(genome == new)) for e in examples],
        stateless=True, register=lambda _: None, judge=judge,
    )  # fmt: skip


def test_the_decision_keeps_the_certificate(make: Make) -> None:
    """Also when it is read again, and only where a judge decided."""
    good = certified(make())
    decision = _decide(good)
    assert decision.promoted
    assert decision.judge == good
    again = GateDecision.model_validate_json(decision.model_dump_json())
    assert again == decision
    assert again.id == decision.id
    plain = _decide(good, scorer="exact")
    assert plain.judge is None
    assert "judge" not in plain.model_dump(mode="json"), "older decisions keep their hash"
    other = good.model_copy(update={"n": 21})
    assert _decide(other).id != decision.id


def test_the_gate_itself_refuses_verdicts_without_one(make: Make) -> None:
    with pytest.raises(IntegrityError, match="may not decide at the gate on mail/gate: it has no"):
        _decide(None)
    with pytest.raises(IntegrityError, match="19 labels"):
        _decide(certified(make(), labels=19))


def test_only_labels_for_the_judge_count(make: Make) -> None:
    """A label of a suite that another scorer reads says nothing about the judge."""
    free = suite("search", domain="plain", scorer="exact")
    own = replace(free, examples=tuple(replace(e, id=f"plain-{e.id}") for e in free))
    told = [*anchors(3), Anchor(output="please x", verdict="fail", example="plain-e0")]
    found = calibrate(make(), told, [own, suite("search")], min_labels=2, min_kappa=0.1)
    assert (found.agreement.n, found.agreement.agreement) == (3, 1.0)
    assert calibrate(make(), told, [own], min_labels=1, min_kappa=0.1).agreement.n == 0


def test_equal_ids_of_two_suites_are_not_mixed_up(make: Make) -> None:
    seen: list[str] = []

    def note(request: Request) -> Completion:
        seen.append(request.messages[-1]["content"])
        return polite(request)

    label = [Anchor(output="please", verdict="pass", example="e1")]
    free = suite("search", domain="plain", scorer="exact")
    for suites in ([free, suite("search")], [suite("search"), free]):
        seen.clear()
        calibrate(make(reply=note, name=str(suites[0].name)), label, suites,
                  min_labels=1, min_kappa=0.1)  # fmt: skip
        assert "text: mail search 1" in seen[0], "the judged suite's example"
    two = [suite("search"), suite("search", domain="post")]
    with pytest.raises(DataError, match=r"several have that id \(mail, post\)"):
        calibrate(make(), label, two, min_labels=1, min_kappa=0.1)


def test_a_label_written_twice_counts_once(make: Make) -> None:
    told = [Anchor(output=f"please{' ' * i}", verdict="pass") for i in range(9)]
    told += [Anchor(output="now", verdict="fail")]
    found = calibrate(make(), told, [suite("search")], min_labels=3, min_kappa=0.1)
    assert found.agreement.n == 2
    assert not found.calibrated


def compares(request: Request) -> tuple[str, str]:
    first, second = request.messages[-1]["content"].split("<answer>\n")[1:]
    return first.split("\n</answer>")[0], second.split("\n</answer>")[0]


def longer(request: Request) -> Completion:
    first, second = compares(request)
    said = "tie" if len(first) == len(second) else ["second", "first"][len(first) > len(second)]
    return Completion(f"The {said} one.", prompt_tokens=9, completion_tokens=3, money=0.0)


CASE = suite("search").examples[0]


def test_a_preference_counts_if_it_survives_the_exchange(make: Make) -> None:
    judge = make(PairwiseJudge, longer)
    answers = ["so be it now", "so", "ab cd ef", " so  be it "]
    outcomes = judge.verdicts([(CASE, answer) for answer in answers])
    assert [one.score for one in outcomes] == [1.0, 0.0, 0.5, 0.5]
    assert judge.budget.spent.calls == 6, "what equals the target needs no call"
    assert "equals the target" in str(outcomes[3].note)


@pytest.mark.parametrize("place", ["first", "second"])
def test_a_judge_that_prefers_a_place_gives_ties(make: Make, place: str) -> None:
    """Without the exchange it would call every answer better, or every one worse."""
    judge = make(PairwiseJudge, lambda _: Completion(place, money=0.0))
    (said,) = judge.verdicts([(CASE, "anything")])
    assert said.score == 0.5
    assert "the orders disagree" in str(said.note)


def test_a_half_verdict_is_a_tie_and_none_is_missing(make: Make) -> None:
    def half(request: Request) -> Completion:
        return Completion("first" if compares(request)[0] == "x" else "tie", money=0.0)

    assert make(PairwiseJudge, half).verdicts([(CASE, "x")])[0].score == 0.5

    def mute(request: Request) -> Completion:
        return Completion("first" if compares(request)[0] == "y" else "well", money=0.0)

    (said,) = make(PairwiseJudge, mute, name="mute").verdicts([(CASE, "y")])
    assert said.score is None
    assert said.scorer_failed


def test_its_labels_say_at_least_as_good_as_the_target(make: Make) -> None:
    told = [Anchor(output="so be it" + "!" * i, verdict="pass") for i in range(5)]
    told += [Anchor(output="so" + "!" * i, verdict="fail") for i in range(4)]
    judge = make(PairwiseJudge, longer)
    found = calibrate(judge, told, [suite("search")], min_labels=9, min_kappa=0.9)
    assert found.calibrated
    assert found.certificate(judge, "d").mode == "pairwise"
