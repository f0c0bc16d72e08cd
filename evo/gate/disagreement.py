"""Where answers are the same, scores are the same: a certificate without scoring anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evo.gate.pair import check_asked
from evo.gate.plan import GatePlan, RegressionPlan
from fitness.outcome import Outcome
from fitness.stats import anytime_p, cluster_means
from fitness.suites import Example


class Disagreement(NamedTuple):
    """How often two genomes answer differently.

    Attributes:
        ids: Examples whose answers differ or are missing.
        n: Examples compared.
        p: p-value of "the rate of disagreement is the margin or more".
        missing: Examples of which an answer is missing.
    """

    ids: tuple[str, ...]
    n: int
    p: float
    missing: int


def disagree(
    plan: GatePlan,
    part: RegressionPlan,
    examples: Sequence[Example],
    champion: Sequence[Outcome],
    candidate: Sequence[Outcome],
) -> Disagreement:
    """Compares answers; a missing one counts as different.

    No loss can exceed the rate of disagreement. Pass/fail pairs: exact binomial test, the same as
    an upper bound by Clopper & Pearson (1934) below the margin. Other pairs: the betting
    e-process on the disagreements. Either certifies only what the suite's own test would
    certify if every disagreement were a loss, so that trying this first adds no error.

    Args:
        plan: The registered plan.
        part: The suite.
        examples: (n,) its planned examples.
        champion: (n,) outcomes before scoring.
        candidate: (n,) the same of the candidate.
    """
    ids = differing(examples, champion, candidate)
    missing = sum(old.missing or new.missing for old, new in zip(champion, candidate, strict=True))
    different = [one.id in set(ids) for one in examples]
    return Disagreement(ids, len(examples), _p_value(plan, part, examples, different), missing)


def differing(
    examples: Sequence[Example], champion: Sequence[Outcome], candidate: Sequence[Outcome]
) -> tuple[str, ...]:
    """Ids of examples whose answers differ or are missing.

    Raises:
        IntegrityError: An arm answered for other examples than those asked for.
    """
    check_asked(champion, examples)
    check_asked(candidate, examples)
    arms = zip(examples, champion, candidate, strict=True)
    return tuple(one.id for one, old, new in arms if not _same(old, new))


def _same(old: Outcome, new: Outcome) -> bool:
    if old.missing or new.missing:
        return False
    # Without an answer an abstention and a broken limit look alike; what they score tells.
    return old.answer == new.answer and (old.answer is not None or old.score == new.score)


def _p_value(
    plan: GatePlan, part: RegressionPlan, examples: Sequence[Example], different: Sequence[bool]
) -> float:
    if not examples:
        return 1.0
    if part.test == "sign":
        return at_most(sum(different), len(different), plan.regression_margin)
    values = [-float(differs) for differs in different]
    if part.clustered:
        return anytime_p(
            cluster_means(values, [one.cluster for one in examples]), -plan.regression_margin
        )
    return anytime_p(values, -plan.regression_margin)


def at_most(hits: int, n: int, share: float) -> float:
    """``P(Bin(n, share) <= hits)``: small where a rate of ``share`` or more is excluded."""
    from scipy.special import bdtr

    return float(bdtr(hits, n, share))
