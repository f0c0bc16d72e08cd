"""Measures genomes where a judge scores the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evo.gate import JudgeCertificate
from evo.judge.judge import Judge
from fitness.budget import Cost
from fitness.evaluator import Course, Evaluator, Policy, WorkspaceStore
from fitness.outcome import Outcome
from fitness.protocols import Agent
from fitness.scorers import is_judge
from fitness.suites import Example, Suite
from genomes import Rendered


class JudgedEvaluator(Evaluator):
    """An evaluator that asks a judge about the answers of suites with the scorer ``judge``.

    Answers that could not be read or broke the agent's limits score 0 without a verdict. Verdicts
    are paid from the judge's budget, whoever measures.

    Args:
        agent: What is being improved.
        store: Responses and ledger of the workspace.
        run_id: The run that is charged.
        policy: How calls are made.
        course: How the calls are steered.
        judge: Gives the verdicts.

    Attributes:
        certificate: What the verdicts are worth; ``None`` until compared with labels.
    """

    def __init__(
        self,
        agent: Agent,
        store: WorkspaceStore,
        run_id: str,
        policy: Policy,
        course: Course,
        judge: Judge,
    ) -> None:
        super().__init__(agent, store, run_id, policy, course)
        self.judge = judge
        self.certificate: JudgeCertificate | None = None

    @property
    def refusal(self) -> str | None:
        """Why the gate must not decide on these verdicts; ``None`` if it may."""
        found, judge = self.certificate, self.judge
        if found is None:
            return "no gate attempt: the judge has no certificate, it was not calibrated"
        own = (judge.mode, judge.fingerprint, judge.rubric_hash)
        if own != (found.mode, found.fingerprint, found.rubric_hash):
            return "no gate attempt: the judge's certificate is for another judge or rubric"
        return None if found.accepted else f"no gate attempt: {found.line()}"

    def _read(
        self, rendered: Rendered, suite: Suite, examples: Sequence[Example], replicate: int = 0
    ) -> list[Outcome]:
        if not is_judge(suite.scorer):
            return super()._read(rendered, suite, examples, replicate)
        outcomes = super()._read(rendered, replace(suite, scorer="exact"), examples, replicate)
        asked = [i for i, one in enumerate(outcomes) if not one.missing and one.answer is not None]
        cases = [(examples[i], str(outcomes[i].answer)) for i in asked]
        for i, verdict in zip(asked, self.judge.verdicts(cases), strict=True):
            outcomes[i] = replace(
                outcomes[i],
                score=verdict.score,
                note=verdict.note,
                scorer_failed=verdict.scorer_failed,
            )
        return outcomes


def refusal(evaluator: Evaluator) -> str | None:
    """Why the gate must not decide on what this evaluator measures; ``None`` if it may."""
    return evaluator.refusal if isinstance(evaluator, JudgedEvaluator) else None


def certificate(evaluator: Evaluator) -> JudgeCertificate | None:
    """The certificate of the judge on whose verdicts a decision would rest, if it is in order."""
    if not isinstance(evaluator, JudgedEvaluator) or evaluator.refusal is not None:
        return None
    return evaluator.certificate


def judged_for(evaluator: Evaluator) -> Cost:
    """What its judge has spent; nothing without one."""
    return evaluator.judge.budget.spent if isinstance(evaluator, JudgedEvaluator) else Cost()
