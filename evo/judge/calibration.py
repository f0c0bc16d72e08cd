"""Is a judge right where the user knows the verdict?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evo.gate import JudgeCertificate
from evo.judge.judge import Judge
from fitness.probes import Anchor
from fitness.scorers import is_judge
from fitness.stats.agreement import Agreement, cohen_kappa
from fitness.suites import Example, Suite
from genomes.errors import DataError


@dataclass(frozen=True)
class Calibration:
    """What a judge's verdicts are worth.

    Attributes:
        agreement: With the labels; a label without a verdict counts as disagreement.
        min_labels: Labels needed.
        min_kappa: Kappa needed.
    """

    agreement: Agreement
    min_labels: int
    min_kappa: float

    @property
    def calibrated(self) -> bool:
        """Whether there are enough labels, and kappa is high enough."""
        kappa = self.agreement.kappa
        return self.agreement.n >= self.min_labels and kappa is not None and kappa >= self.min_kappa

    def certificate(
        self, judge: Judge, date: str, *, uncalibrated_allowed: bool = False
    ) -> JudgeCertificate:
        """The figures as they are kept with each decision.

        Args:
            judge: Whose they are.
            date: UTC time of the comparison, ISO 8601.
            uncalibrated_allowed: Whether the user takes its verdicts whatever they are.
        """
        return JudgeCertificate(
            mode=judge.mode,
            fingerprint=judge.fingerprint,
            rubric_hash=judge.rubric_hash,
            n=self.agreement.n,
            agreement=self.agreement.agreement,
            kappa=self.agreement.kappa,
            min_labels=self.min_labels,
            min_kappa=self.min_kappa,
            uncalibrated_allowed=uncalibrated_allowed,
            date=date,
        )


def calibrate(
    judge: Judge,
    anchors: Sequence[Anchor],
    suites: Sequence[Suite],
    *,
    min_labels: int,
    min_kappa: float,
) -> Calibration:
    """Asks the judge about every label and sets its ``calibrated``.

    A label is an anchor that is for the judge: one that names an example of a suite without a
    judge tells nothing about it and is left out. The same answer to the same question counts
    once, however often it is written down.

    Args:
        judge: Its budget pays.
        anchors: Outputs with a known verdict.
        suites: Where the anchors' examples are.
        min_labels: Labels needed.
        min_kappa: Kappa needed.

    Raises:
        DataError: An anchor names an example that no suite has, or one that several have.
        BudgetExhaustedError: The verdicts do not fit.
    """
    labels = {
        (example.inputs_hash, example.target, " ".join(output.split()), verdict): (
            example,
            output,
            verdict,
        )
        for example, output, verdict in _labels(anchors, suites)
    }
    cases = [(example, output) for example, output, _ in labels.values()]
    known = [verdict for _, _, verdict in labels.values()]
    said = [
        (not label) if one.score is None else judge.passes(one.score)
        for one, label in zip(judge.verdicts(cases) if cases else (), known, strict=True)
    ]
    found = Calibration(cohen_kappa(known, said), min_labels, min_kappa)
    judge.calibrated = found.calibrated
    return found


def _labels(
    anchors: Sequence[Anchor], suites: Sequence[Suite]
) -> Iterator[tuple[Example, str, bool]]:
    judged = _by_id(suite for suite in suites if is_judge(suite.scorer))
    others = _by_id(suite for suite in suites if not is_judge(suite.scorer))
    first = next((found[0] for found in judged.values()), None)
    for anchor in anchors:
        if first is None or (anchor.example in others and anchor.example not in judged):
            continue
        example = first if anchor.example is None else _named(anchor.example, judged)
        if anchor.target is not None:
            example = replace(first, inputs={}, target=anchor.target)
        yield example, anchor.output, anchor.verdict == "pass"


def _by_id(suites: Iterator[Suite]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for suite in suites:
        for example in suite:
            found.setdefault(example.id, []).append(example)
    return found


def _named(example_id: str, examples: Mapping[str, Sequence[Example]]) -> Example:
    found = examples.get(example_id, ())
    if not found:
        raise DataError(
            f"an anchor answers example {example_id!r}, which no suite has",
            where="anchors",
            remedy="name an example of the data, or give target instead",
        )
    if len({(one.inputs_hash, one.target) for one in found}) > 1:
        domains = ", ".join(sorted({one.domain for one in found}))
        raise DataError(
            f"an anchor answers example {example_id!r}, and several have that id ({domains})",
            where="anchors",
            remedy="give target instead of example, or make the ids different",
        )
    return found[0]
