"""What a model's verdicts are worth, kept with every decision that rests on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from fitness.scorers import is_judge
from fitness.suites import Suite
from genomes.errors import IntegrityError


class JudgeCertificate(BaseModel):
    """A judge's agreement with human labels; without one no verdict decides at the gate.

    Attributes:
        mode: ``verdict`` for pass or fail, ``pairwise`` for a comparison with the target.
        fingerprint: Fingerprint of the judge's model.
        rubric_hash: Content hash of the rubric and of everything else that the judge is asked.
        n: Labels that the judge was compared with.
        agreement: Share of labels that it agreed with; no verdict is disagreement.
        kappa: Cohen's kappa; ``None`` if chance alone would agree always.
        min_labels: Labels needed.
        min_kappa: Kappa needed.
        uncalibrated_allowed: Whether the user takes verdicts of a judge that lacks either.
        date: UTC time of the comparison, ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["verdict", "pairwise"] = "verdict"
    fingerprint: str
    rubric_hash: str
    n: int
    agreement: float
    kappa: float | None
    min_labels: int
    min_kappa: float
    uncalibrated_allowed: bool = False
    date: str

    @property
    def calibrated(self) -> bool:
        """Whether there are enough labels, and kappa is high enough."""
        return self.n >= self.min_labels and self.kappa is not None and self.kappa >= self.min_kappa

    @property
    def accepted(self) -> bool:
        """Whether the gate may decide on the verdicts."""
        return self.calibrated or self.uncalibrated_allowed

    def line(self) -> str:
        """The figures in one line."""
        kappa = "unknown" if self.kappa is None else f"{self.kappa:.2f}"
        state = "calibrated" if self.calibrated else "uncalibrated"
        return (
            f"the judge is {state}: {self.n} labels (of {self.min_labels} needed), agreement "
            f"{self.agreement:.2f}, kappa {kappa} (of {self.min_kappa:.2f} needed)"
        )


def check_certificate(certificate: JudgeCertificate | None, suites: Sequence[Suite]) -> None:
    """Refuses verdicts of a judge without a certificate that is good enough.

    Args:
        certificate: Of the judge that measures; ``None`` without one.
        suites: What the attempt measures on.

    Raises:
        IntegrityError: A suite is scored by a judge, and there is no certificate or a poor one.
    """
    judged = [suite.name for suite in suites if is_judge(suite.scorer)]
    if not judged or (certificate is not None and certificate.accepted):
        return
    told = "it has no certificate" if certificate is None else certificate.line()
    raise IntegrityError(
        f"a judge may not decide at the gate on {', '.join(judged)}: {told}",
        where="judge",
        remedy="give more anchors with a verdict, mend the rubric, or take a better model",
    )
