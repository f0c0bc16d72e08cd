"""Where the cost is what must get better: is the quality not worse?"""

from __future__ import annotations

from collections.abc import Sequence

from evo.gate.evidence import Comparison
from evo.gate.noninferior import Terms, compare
from evo.gate.pair import Pair, beside
from evo.gate.plan import GatePlan
from evo.gate.trial import Trial


def keeps_quality(plan: GatePlan, pairs: Sequence[Pair]) -> bool:
    """Whether an attempt whose gain is shown may end before all examples are used.

    The score test holds at a size fixed in advance, so it waits for the last example; the
    e-process holds at any time.
    """
    if plan.primary == "quality":
        return True
    return plan.test == "eprocess" and compare_quality(plan, pairs).passed


def hopeless(plan: GatePlan, pairs: Sequence[Pair]) -> bool:
    """Whether the quality is down by the margin at a futility look."""
    if plan.primary == "quality":
        return False
    known = [pair.difference for pair in pairs if not pair.missing]
    return not known or sum(known) / len(known) <= -plan.quality_margin


def compare_quality(
    plan: GatePlan, pairs: Sequence[Pair], against: str | None = None
) -> Comparison:
    """Non-inferiority on the gate's own pairs, at the level of the attempt.

    Args:
        plan: The registered plan.
        pairs: All pairs.
        against: Id of the genome beside the candidate, if it is not the champion.
    """
    name = "quality" if against is None else f"quality beside the best version {against[:12]}"
    terms = Terms(
        name=name,
        against=against or plan.champion_id,
        pass_fail=plan.test == "sign",
        margin=plan.quality_margin,
        level=plan.alpha,
        loss_level=plan.loss_alpha,
        coverage=plan.coverage,
        forgiving=True,
    )
    return compare(terms, (pairs, plan.clustered))


def judge_quality(trial: Trial, pairs: Sequence[Pair]) -> tuple[Comparison, ...]:
    """Against the champion, and then against the anchor where there is one.

    Raises:
        BudgetExhaustedError: The anchor's calls do not fit.
    """
    plan = trial.plan
    first = compare_quality(plan, pairs)
    if plan.anchor_id is None or not first.passed:
        return (first,)
    batch = trial.batch(plan.suite, [pair.example_id for pair in pairs])
    anchor = trial.anchors[plan.anchor_id]
    both = beside(pairs, batch, trial.measure(anchor, plan.domain, batch))
    return first, compare_quality(plan, both, plan.anchor_id)
