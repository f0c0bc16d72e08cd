"""Is a judge right where the user knows the verdict?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evo.judge.judge import Judge
from fitness.probes import Anchor
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

    def line(self) -> str:
        """The figures in one line."""
        found = self.agreement
        kappa = "unknown" if found.kappa is None else f"{found.kappa:.2f}"
        state = "calibrated" if self.calibrated else "uncalibrated"
        return (
            f"the judge is {state}: {found.n} labels (of {self.min_labels} needed), agreement "
            f"{found.agreement:.2f}, kappa {kappa} (of {self.min_kappa:.2f} needed)"
        )


def calibrate(
    judge: Judge,
    anchors: Sequence[Anchor],
    suites: Sequence[Suite],
    *,
    min_labels: int,
    min_kappa: float,
) -> Calibration:
    """Asks the judge about every anchor and sets its ``calibrated``.

    Args:
        judge: Its budget pays.
        anchors: Outputs with a known verdict.
        suites: Where the anchors' examples are.
        min_labels: Labels needed.
        min_kappa: Kappa needed.

    Raises:
        DataError: An anchor names an example that no suite has.
        BudgetExhaustedError: The verdicts do not fit.
    """
    examples = {example.id: example for suite in suites for example in suite}
    cases = list(_cases(anchors, examples))
    verdicts = judge.verdicts(cases) if cases else []
    labels = [anchor.verdict == "pass" for anchor in anchors]
    said = [
        (not label) if one.score is None else one.score == 1.0
        for one, label in zip(verdicts, labels, strict=True)
    ]
    found = Calibration(cohen_kappa(labels, said), min_labels, min_kappa)
    judge.calibrated = found.calibrated
    return found


def _cases(
    anchors: Sequence[Anchor], examples: Mapping[str, Example]
) -> Iterator[tuple[Example, str]]:
    first = next(iter(examples.values()))
    for anchor in anchors:
        if anchor.example is not None and anchor.example not in examples:
            raise DataError(
                f"an anchor answers example {anchor.example!r}, which no suite has",
                where="anchors",
                remedy="name an example of the data, or give target instead",
            )
        example = examples[anchor.example] if anchor.example is not None else first
        if anchor.target is not None:
            example = replace(first, inputs={}, target=anchor.target)
        yield example, anchor.output
