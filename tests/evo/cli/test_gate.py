"""Reading a decision, planning an attempt, and the agent's own noise (R18, R21, R42)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evo.gate import Effect, GateDecision, GatePlan, Look, Pair
from evo.gate.evidence import Comparison, LimitEvidence, RegressionEvidence
from evo.gate.limits import LimitPlan
from evo.gate.plan import RegressionPlan
from evo.storage import Store

Cli = Callable[..., object]

CHAMPION, CANDIDATE, OTHER = "c" * 64, "d" * 64, "e" * 64

# Answers change from call to call: a service whose servers batch.
NOISY = """
from itertools import count
from evo.models import Completion

calls = count()

def reply(request):
    right = "spam" if "cash" in request.messages[-1]["content"] else "ham"
    wrong = "ham" if right == "spam" else "spam"
    label = wrong if next(calls) % 7 < 2 else right
    other = wrong if label == right else right
    return Completion(label, ((label, -0.1), (other, -3.0)), 9, 1, 0.0, 0.0)
"""


def plan(attempt: str, **more: object) -> GatePlan:
    ids = tuple(f"gate-secret-{i}" for i in range(40))
    content = {
        "attempt_id": attempt, "candidate_id": CANDIDATE, "champion_id": CHAMPION,
        "suite": "mail/gate", "shard_hash": "5" * 64, "domain": "mail", "example_ids": ids,
        "looks": (10, 20, 30, 40), "futility": (20,), "alpha": 0.005, "test": "sign",
        "clustered": False, "min_effect": 0.0, "min_discordant": 5, "coverage": 0.9,
        "regression_margin": 0.05, "regression_alpha": 0.05, "loss_alpha": 0.05,
    }  # fmt: skip
    return GatePlan(**{**content, **more})


def pairs(n: int) -> tuple[Pair, ...]:
    """Of four: one won, three tied; every twentieth lost."""
    scores = [(1.0, 0.0) if i % 20 == 19 else (float(i % 4 != 0), 1.0) for i in range(n)]
    return tuple(
        Pair(example_id=f"gate-secret-{i}", cluster=f"{i}", champion=old, candidate=new)
        for i, (old, new) in enumerate(scores)
    )


def decided(of: GatePlan, verdict: str = "HOLD", **more: object) -> GateDecision:
    looks = tuple(
        Look(examples=n, wins=-(-n // 4), losses=n // 20, missing=0, net=1.0,
             statistic=-(-n // 4), boundary=None if n < 30 else n // 2)
        for n in of.looks
    )  # fmt: skip
    content = {
        "verdict": verdict, "reason": "the trend is positive", "plan_hash": of.hash,
        "attempt_id": of.attempt_id, "candidate_id": CANDIDATE, "champion_id": CHAMPION,
        "wins": 10, "losses": 2, "ties": 28, "looks": looks, "pairs": pairs(40), "alpha": 0.005,
        "effect": Effect(estimate=0.2, low=-0.02, high=0.41, level=0.99, method="repeated"),
        "minimum_detectable": 0.18,
    }  # fmt: skip
    return GateDecision(**{**content, **more})


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store(folder / "runs" / "evo.db") as opened:
        for run in ("r1", "r2"):
            opened.start_run(run, "mail", json.dumps({"gate": {"attempts_budget": 4}}), 1)
        yield opened


def put(store: Store, of: GatePlan, decision: GateDecision | None, run: str = "r2") -> None:
    store.register_attempt("mail/mail", of.attempt_id, run, of.model_dump_json())
    if decision is not None:
        store.decide_attempt(of.attempt_id, decision.model_dump_json())


def explained(cli: Cli, *arguments: str) -> dict:
    done = cli("gate", "explain", *arguments, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_hold_says_what_would_decide_it(cli: Cli, store: Store) -> None:
    put(store, plan("mail-1"), decided(plan("mail-1")))
    found = explained(cli)
    (more,) = found["more"]
    assert (more["what"], more["discordance"]) == ("gain", pytest.approx(0.3))
    assert more["n"] > 40
    assert found["budget"] | {"lineage": 0} == {
        "lineage": 0, "attempt": 1, "alpha": 0.05, "attempts": 4, "share": 0.005, "used": 0.005,
        "left": 3, "next_share": 0.0125,
    }  # fmt: skip
    assert [point["boundary"] for point in found["course"]][:2] == [None, None]
    text = cli("gate", "explain").out
    assert f"{more['n']} examples would decide" in text.replace("\n  ", " ")
    for said in (
        "10 won, 2 lost, 28 tied, 0 missing",
        "repeated 99 % interval -0.020 to +0.410",
        "+0.180 with 80 % power",
        plan("mail-1").hash[:12],
        "stops if no gain",
    ):
        assert said in text, text
    assert max(map(len, text.splitlines())) <= 80


def test_gate_examples_stay_hidden(cli: Cli, store: Store) -> None:
    put(store, plan("mail-1"), decided(plan("mail-1")))
    for arguments in ((), ("--json",)):
        assert "gate-secret" not in cli("gate", "explain", *arguments).out


def test_the_whole_ladder_is_shown(cli: Cli, store: Store) -> None:
    suites = tuple(
        RegressionPlan(suite=name, hash="1" * 64, domain=name, test="sign", clustered=False,
                       example_ids=("a",) * 50, must_pass=("a",) if name == "news" else ())
        for name in ("news", "chat", "code", "later")
    )  # fmt: skip
    beside = Comparison(
        against=OTHER, status="underpowered", wins=2, losses=3, ties=45, missing=0, n=50,
        margin=0.05, noninferiority_p=0.2, loss_p=0.4, bound=-0.07, estimate=-0.02,
        reason="not yet",
    )  # fmt: skip
    seen = (
        RegressionEvidence(suite="news", domain="news", rung="score_test", status="underpowered",
                           wins=3, losses=3, ties=44, n=50, margin=0.05, noninferiority_p=0.03,
                           loss_p=0.6, bound=-0.04, reason="held", must_pass=1, anchor=beside),
        RegressionEvidence(suite="chat", domain="chat", rung="identity", status="certified",
                           margin=0.05, reason="rendered byte-identically"),
        RegressionEvidence(suite="code", domain="code", rung="disagreement", status="certified",
                           n=50, margin=0.05, noninferiority_p=0.01, reason="few differ",
                           disagreements=1),
    )  # fmt: skip
    limit = LimitEvidence(objective="cost", status="kept", n=40, mean=90.0, low=80.0, high=99.0,
                          level=0.05, reason="kept")  # fmt: skip
    of = plan("mail-1", regressions=suites, limits=(LimitPlan(objective="cost", ceiling=120.0),),
              pool_margin=0.03)  # fmt: skip
    put(store, of, decided(of, regressions=seen, limits=(limit,)))
    assert explained(cli)["not_reached"] == ["later"]
    text = cli("gate", "explain").out
    for said in (
        "cost ceiling: kept, by confidence bound\n    40 examples; limit 120, bound 99\n",
        "critical of news: kept, by each one alone\n    1 pair, 0 lost\n",
        "news: underpowered, by score test\n    50 pairs, 3 won, 3 lost, 0 missing; margin 0.05,",
        " p 0.030, bound -0.040\n    held\n",
        "news beside best: underpowered, by score test\n    50 pairs, 2 won, 3 lost,",
        "chat: certified, by identity\n    margin 0.05\n",
        "code: certified, by comparing answers\n    1 of 50 answers differ; margin 0.05, p 0.010\n",
        "later: not reached\n    margin 0.05\n",
        "pool: not reached\n    margin 0.03\n",
    ):
        assert said in text, text
    assert max(map(len, text.splitlines())) <= 80


def test_an_open_suite_says_how_many_examples_it_needs(cli: Cli, store: Store) -> None:
    suite = RegressionPlan(suite="news", hash="1" * 64, domain="news", test="sign",
                           clustered=False, example_ids=("a",) * 50)  # fmt: skip
    seen = RegressionEvidence(suite="news", domain="news", rung="score_test",
                              status="underpowered", wins=3, losses=3, ties=44, n=50, margin=0.05,
                              noninferiority_p=0.2, loss_p=0.6, bound=-0.09, reason="not yet",
                              estimate=0.0)  # fmt: skip
    of = plan("mail-1", regressions=(suite,))
    crossed = decided(of, regressions=(seen,))
    looks = (*crossed.looks[:-1], crossed.looks[-1].model_copy(update={"boundary": 5.0}))
    put(store, of, crossed.model_copy(update={"looks": looks}))
    (more,) = explained(cli)["more"]
    assert more["what"] == "news"
    assert 297 <= more["n"] <= 330  # (1.645 + .842)**2 * .12 / .05**2, raised to the exact power


@pytest.mark.parametrize(("verdict", "said"), [
    ("REJECT", "this candidate is not tested again"), ("INDECISIVE", "evidence is missing"),
])  # fmt: skip
def test_more_examples_are_promised_to_nobody_else(
    cli: Cli, store: Store, verdict: str, said: str
) -> None:
    put(store, plan("mail-1"), decided(plan("mail-1"), verdict))
    assert explained(cli)["more"] == []
    assert said in cli("gate", "explain").out


def test_which_attempt(cli: Cli, store: Store) -> None:
    put(store, plan("mail-1"), decided(plan("mail-1"), "REJECT"), "r1")
    done = cli("gate", "explain")
    assert done.code == 2
    assert "run r2 made no attempt" in done.err
    assert "mail-1" in done.err
    put(store, plan("mail-2", candidate_id=OTHER), decided(plan("mail-2")))
    put(store, plan("mail-20"), None)
    for word, wanted in ((), "mail-20"), (("latest",), "mail-20"), (("mail-2",), "mail-2"), (
        ("eeee",), "mail-2"), (("mail-1",), "mail-1"), (("dddddd",), "mail-20"):  # fmt: skip
        assert explained(cli, *word)["plan"]["attempt_id"] == wanted
    done = cli("gate", "explain", "mial-1")
    assert (done.code, "did you mean" in done.err) == (2, True)


def test_an_earlier_attempt_shows_the_budget_of_its_time(cli: Cli, store: Store) -> None:
    for number in (1, 2, 3):
        put(store, plan(f"mail-{number}"), decided(plan(f"mail-{number}"), "REJECT"))
    assert [explained(cli, f"mail-{n}")["budget"]["left"] for n in (1, 2, 3)] == [3, 2, 1]


def test_what_broke_off(cli: Cli, store: Store) -> None:
    put(store, plan("mail-1"), None)
    found = explained(cli)
    assert (found["verdict"], found["decision"], found["used"]) == ("INDECISIVE", None, 0)
    assert found["budget"]["share"] == 0.005
    assert "broken off" in cli("gate", "explain", "--plot", "a.svg").out


def test_a_plot(cli: Cli, store: Store, folder: Path) -> None:
    put(store, plan("mail-1"), decided(plan("mail-1")))
    for name, magic in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        assert cli("gate", "explain", "--plot", name).code == 0
        assert (folder / name).read_bytes().startswith(magic)
    assert cli("gate", "explain", "--plot", "a.gif").code == 2


def test_a_plan_needs_no_run_and_no_model(cli: Cli, workspace: Path) -> None:
    done = cli("gate", "plan", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    own = next(one for one in found["sizes"] if one["n"] == found["n"])
    assert (found["attempt"], found["alpha"], found["shares"]) == (1, 0.005, [0.1, 0.2, 0.35])
    assert found["available"] == found["n"]
    assert len(own["detectable"]) == 3
    gains = [one["detectable"][1]["difference"] for one in found["sizes"]]
    assert gains == sorted(gains, reverse=True)
    assert not (workspace / "runs").exists()
    assert max(map(len, cli("gate", "plan").out.splitlines())) <= 80


def test_a_plan_of_a_later_attempt_and_of_more_examples(cli: Cli, workspace: Path) -> None:
    small = ("--set", "gate.attempts_budget=3")
    last = json.loads(cli("gate", "plan", "--attempt", "3", "--n", "500", *small, "--json").out)
    assert last["alpha"] == pytest.approx(0.05 / 3)
    assert (last["n"], last["looks"]) == (500, 50)
    assert last["available"] < 500
    assert last["max_calls"] >= 1000
    assert "add" in cli("gate", "plan", "--n", "500").out
    gone = cli("gate", "plan", "--attempt", "4", *small)
    assert (gone.code, "no share is left" in gone.out) == (0, True)


def test_a_plan_where_the_cost_decides(cli: Cli, workspace: Path) -> None:
    done = cli("gate", "plan", "--set", "gate.primary=cost", "--json")
    rows = [one["equal_passes"] for one in json.loads(done.out)["sizes"]]
    assert all(len(row) == 3 and row == sorted(row, reverse=True) for row in rows)


def scripted(folder: Path, text: str) -> None:
    (folder / "noisy.py").write_text(text)
    file = folder / "evo.yaml"
    config = file.read_text().replace("kind: local", "kind: scripted")
    file.write_text(config.replace("smollm2-135m", "noisy:reply"))


@pytest.fixture
def noisy(workspace: Path) -> Iterator[Path]:
    """A workspace whose model is declared to be deterministic and is not."""
    scripted(workspace, NOISY)
    before = list(sys.path)
    yield workspace
    sys.path[:] = before
    sys.modules.pop("noisy", None)


def test_a_deterministic_agent_is_not_measured(cli: Cli, noisy: Path) -> None:
    done = cli("gate", "aa")
    assert (done.code, "equal by construction" in done.out) == (0, True)
    assert not (noisy / "runs").exists()


def test_a_false_declaration_is_found_out(cli: Cli, noisy: Path) -> None:
    done = cli("gate", "aa", "--verify", "10", "--budget", "calls=20", "--json")
    assert done.code == 1
    found = json.loads(done.out)
    assert (found["fixed"], found["bought"]) == (True, 20)
    assert found["different"] > 0
