"""Is the candidate not worse than another genome by a margin? Pure functions of the pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from evo.gate.evidence import Comparison, SuiteStatus
from evo.gate.pair import Pair, Tally, tally, unit_means
from fitness.stats import anytime_p, confidence_bounds, score_test, sign_test, tango
from genomes.errors import DataError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Terms:
    """How a comparison is made.

    Attributes:
        name: What is compared, for the sentence.
        against: Content hash of the other genome.
        pass_fail: Score test on pass/fail pairs; otherwise the betting e-process.
        margin: Loss to exclude.
        level: Level of the test.
        loss_level: Level at which a loss vetoes.
        coverage: Least share of measured pairs.
        forgiving: Whether a significant loss within the margin is no veto.
    """

    name: str
    against: str
    pass_fail: bool
    margin: float
    level: float
    loss_level: float
    coverage: float
    forgiving: bool = False


def compare(terms: Terms, *groups: tuple[Sequence[Pair], bool]) -> Comparison:
    """Certified, lost, underpowered or uncovered.

    The veto counts measured losses only; the certificate counts a missing pair as a loss.

    Args:
        terms: How.
        groups: (pairs, whether their clusters are the independent units); several are pooled.

    Raises:
        DataError: A graded score where pass or fail was planned.
    """
    pairs = list(chain.from_iterable(part for part, _ in groups))
    counts = tally(pairs)
    if terms.pass_fail:
        _check_pass_fail(terms, pairs)
        certificate, bound = _proportions(terms, counts, len(pairs))
        loss = sign_test(counts.losses, counts.wins)
    else:
        units = _units(groups)
        certificate = anytime_p(units, -terms.margin)
        bound = confidence_bounds(units, terms.level)[0]
        loss = anytime_p(-_units([(_measured(part), by) for part, by in groups]))
    status = _status(terms, counts, len(pairs), certificate, loss)
    return Comparison(
        against=terms.against,
        status=status,
        wins=counts.wins,
        losses=counts.losses,
        ties=counts.ties,
        missing=counts.missing,
        n=len(pairs),
        margin=terms.margin,
        noninferiority_p=certificate,
        loss_p=loss,
        bound=bound,
        estimate=_estimate(pairs),
        reason=_reason(terms, status, counts, len(pairs), certificate, loss, bound),
    )


def _measured(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if not pair.missing]


def _estimate(pairs: Sequence[Pair]) -> float | None:
    known = [pair.difference for pair in _measured(pairs)]
    return sum(known) / len(known) if known else None


def _units(groups: Sequence[tuple[Sequence[Pair], bool]]) -> FloatArray:
    means = [unit_means(part, clustered=clustered) for part, clustered in groups]
    return np.concatenate(means) if means else np.empty(0)


def _proportions(terms: Terms, counts: Tally, n: int) -> tuple[float, float]:
    lost = counts.losses + counts.missing
    p = score_test(counts.wins, lost, n, terms.margin)
    return p, tango(counts.wins, lost, n, 1.0 - 2.0 * terms.level).low


def _status(terms: Terms, counts: Tally, n: int, certificate: float, loss: float) -> SuiteStatus:
    measured = n - counts.missing
    certified = certificate <= terms.level
    if measured and loss <= terms.loss_level and not (terms.forgiving and certified):
        return "lost"
    if measured < terms.coverage * n - 1e-9 or measured == 0:
        return "uncovered"
    return "certified" if certified else "underpowered"


def _reason(
    terms: Terms,
    status: SuiteStatus,
    counts: Tally,
    n: int,
    certificate: float,
    loss: float,
    bound: float,
) -> str:
    said = {
        "certified": f"no loss of {terms.margin:.1%} or more (p {certificate:.3f})",
        "lost": f"a significant loss (p {loss:.3f})",
        "underpowered": f"a loss of {terms.margin:.1%} is not excluded, only one above "
        f"{-bound:.1%}",
        "uncovered": "too few pairs were measured",
    }
    return f"{terms.name}: {said[status]}, {counts.wins} won and {counts.losses} lost of {n}"


def _check_pass_fail(terms: Terms, pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        if not {pair.champion, pair.candidate} <= {None, 0.0, 1.0}:
            raise DataError(
                f"example {pair.example_id!r} has a graded score where pass or fail was planned",
                where=f"suite {terms.name!r}",
                remedy="declare the suite's scorer as one that grades",
            )
