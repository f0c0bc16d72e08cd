"""A judge for a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evo.agents import ChatAgent
from evo.allotment import judge_limits
from evo.build_agent import build_beside
from evo.checks import anchors_of
from evo.judge.calibration import calibrate
from evo.judge.evaluator import JudgedEvaluator
from evo.judge.judge import Judge
from evo.judge.pairwise import PairwiseJudge
from evo.prices import check_money
from fitness.evaluator import Evaluator
from fitness.scorers import is_judge, is_pairwise
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from evo.models import Model
    from evo.session import Session
    from evo.task import Task


_CALIBRATED = "judge calibrated"


def needs_judge(task: Task) -> bool:
    """Whether any suite is scored by a judge."""
    return any(is_judge(suite.scorer) for suite in task.suites)


def hire(session: Session, model: Model | None = None) -> None:
    """Brings the judge that the config names into a run, and calibrates it; does nothing if no
    suite needs one. What it may spend was set aside; its labels are paid first.

    Args:
        session: The run; gets an evaluator that asks the judge.
        model: Instead of the one that the config names.

    Raises:
        ConfigError: The task needs a judge and the config names none; the run began with another.
        BudgetError: A budget in USD, but the price of the judge's model is unknown.
        EvogateError: The judge's model cannot be used, or its budget does not pay for the labels.
    """
    config = session.config
    if not needs_judge(session.task):
        return
    if config.judge is None:
        raise ConfigError(
            "scorer judge, but no judge is named", where="judge", remedy="add the block judge"
        )
    _check_free_text(session.task)
    _check_mode(session, config.judge.mode)
    model = model or build_beside(config.judge.model, config.models.task, session.agent)
    check_money(config, {"judge.model.price": model.price})
    _check_same(session, model)
    evaluator = Evaluator(
        ChatAgent(model), session.store, session.run_id, session.policy, session.course
    )
    budget = session.budget.beside(judge_limits(config))
    session.parts.append(budget)
    kind = PairwiseJudge if config.judge.mode == "pairwise" else Judge
    judge = kind(evaluator, budget, config.judge.rubric, config.judge.max_tokens)
    found = calibrate(
        judge,
        anchors_of(config),
        session.task.suites,
        min_labels=config.judge.min_labels,
        min_kappa=config.judge.min_kappa,
    )
    judged = JudgedEvaluator(
        session.agent, session.store, session.run_id, session.policy, session.course, judge
    )
    judged.tally = evaluator.tally
    judged.certificate = found.certificate(
        judge, _date(session), uncalibrated_allowed=config.judge.allow_uncalibrated
    )
    session.evaluator = judged
    session.store.add_event(
        session.run_id,
        "judge",
        {
            "calibration": judged.certificate.line(),
            "certificate": judged.certificate.model_dump(mode="json"),
        },
    )
    if not found.calibrated:
        session.emit("warning", what=judged.certificate.line())


def _date(session: Session) -> str:
    """When the judge was compared with the labels: a resumed run keeps its date."""
    known = session.store.get_state(session.run_id, _CALIBRATED)
    if known is None:
        known = datetime.now(UTC).isoformat(timespec="seconds")
        session.store.put_state(session.run_id, _CALIBRATED, known)
    return str(known)


def _check_mode(session: Session, mode: str) -> None:
    """Pass or fail, or graded, is what the gate plans by; the name of the scorer tells it."""
    for suite in session.task.suites:
        if is_judge(suite.scorer) and is_pairwise(suite.scorer) != (mode == "pairwise"):
            raise ConfigError(
                f"suite {suite.name!r} is scored by {suite.scorer}, but judge.mode is {mode}",
                where="judge.mode",
                remedy="judge:pairwise goes with mode: pairwise, judge with mode: verdict",
            )


def _check_free_text(task: Task) -> None:
    for suite in task.suites:
        if is_judge(suite.scorer) and task.seed.domain(suite.domain).labels:
            raise ConfigError(
                f"suite {suite.name!r} has labels and a judge",
                where="data.scorer",
                remedy="labels need no judge: take exact; or say labels: [] for free text",
            )


def _check_same(session: Session, model: Model) -> None:
    """A resumed run keeps its judge: another one would be paid, and judge, all over again."""
    known = session.store.get_state(session.run_id, "judge")
    if known is None:
        session.store.put_state(session.run_id, "judge", model.fingerprint)
    elif known != model.fingerprint:
        raise ConfigError(
            f"run {session.run_id} cannot go on: the judge's model changed since it began",
            where="judge.model",
            remedy="restore what it began with, or start anew with: evogate run",
        )
