"""A plan must be one that can be valid: a plan that contradicts itself proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from evo.gate.must_pass import must_pass_ids
from evo.gate.order import example_key
from evo.gate.plan import GatePlan, RegressionPlan, is_pass_fail
from fitness.suites import Example, Suite
from genomes.errors import IntegrityError


def check_plan(plan: GatePlan, suites: Mapping[str, Suite]) -> None:
    """Whether levels, looks, examples and tests of a plan fit each other and its suites.

    ``make_plan`` makes no other; one that was written or changed by hand may be.

    Args:
        plan: The plan.
        suites: Name to suite, of all that the plan names.

    Raises:
        IntegrityError: Names the first contradiction.
    """
    for problem in _problems(plan, suites):
        raise IntegrityError(
            f"the plan contradicts itself: {problem}",
            where=f"attempt {plan.attempt_id}",
            remedy="make a new plan from the config",
        )


def _problems(plan: GatePlan, suites: Mapping[str, Suite]) -> Iterator[str]:
    yield from _levels(plan)
    yield from _looks(plan)
    yield from _examples(plan, suites[plan.suite])
    names = [plan.suite, *(part.suite for part in plan.regressions)]
    if len(set(names)) < len(names):
        yield "it names a suite twice"
    for part in plan.regressions:
        yield from _regression(part, suites[part.suite])


def _levels(plan: GatePlan) -> Iterator[str]:
    # Written so that what is no number fails too.
    levels = {name: getattr(plan, name) for name in ("alpha", "regression_alpha", "loss_alpha")}
    levels |= {f"limits.{one.objective}": one.level for one in plan.limits}
    yield from (f"{name} is {v!r}" for name, v in levels.items() if not 0.0 < v < 0.5)
    margins = {name: getattr(plan, name) for name in ("regression_margin", "quality_margin")}
    margins["pool_margin"] = 0.5 if plan.pool_margin is None else plan.pool_margin
    yield from (f"{name} is {v!r}" for name, v in margins.items() if not 0.0 < v < 1.0)
    if not 0.0 < plan.coverage <= 1.0:
        yield f"coverage is {plan.coverage!r}"
    if not 0.0 <= plan.min_effect < 1.0:
        yield f"min_effect is {plan.min_effect!r}"
    if plan.min_discordant < 1 or plan.replicate < 0:
        yield "a count is too low"


def _looks(plan: GatePlan) -> Iterator[str]:
    if any(before >= after for before, after in pairwise((0, *plan.looks))):
        yield f"its looks do not ascend: {plan.looks}"
    if (plan.looks[-1] if plan.looks else 0) != plan.n:
        yield f"its last look is not at its {plan.n} examples"
    if not set(plan.futility) <= set(plan.looks):
        yield "it would stop between looks"


def _examples(plan: GatePlan, shard: Suite) -> Iterator[str]:
    known = {example.id: example for example in shard}
    yield from _drawn(plan.example_ids, known, plan.suite)
    if plan.domain != shard.domain:
        yield f"suite {shard.name!r} is of domain {shard.domain!r}"
    if plan.clustered == shard.independent:
        yield f"it does not mind the clusters of {shard.name!r}"
    if plan.test == "sign" and (plan.clustered or (plan.primary == "quality" and plan.min_effect)):
        yield "the sign test can mind neither clusters nor a minimum effect"
    order = [known[name] for name in plan.example_ids if name in known]
    if plan.example_keys and plan.example_keys != tuple(map(example_key, order)):
        yield "its keys are not those of its examples"
    if plan.clustered:
        yield from _clusters(plan, [example.cluster for example in order])


def _clusters(plan: GatePlan, order: list[str]) -> Iterator[str]:
    changes = [i for i in range(1, len(order)) if order[i] != order[i - 1]]
    if len(changes) + bool(order) != len(set(order)):
        yield "a cluster is torn apart"
    if not set(plan.looks) <= {*changes, len(order)}:
        yield "a look falls into a cluster"


def _regression(part: RegressionPlan, suite: Suite) -> Iterator[str]:
    yield from _drawn(part.all_ids, {example.id: example for example in suite}, part.suite)
    if len(set(part.example_ids)) < len(part.example_ids):
        yield f"it uses an example of {part.suite!r} twice"
    if part.domain != suite.domain:
        yield f"suite {suite.name!r} is of domain {suite.domain!r}"
    if part.clustered == suite.independent:
        yield f"it does not mind the clusters of {part.suite!r}"
    if part.test == "sign" and not is_pass_fail(suite):
        yield f"the score test does not fit {part.suite!r}"
    if part.must_pass != must_pass_ids(suite):
        yield f"it leaves critical examples of {part.suite!r} out, or adds some"


def _drawn(ids: tuple[str, ...], known: Mapping[str, Example], suite: str) -> Iterator[str]:
    if len(set(ids)) < len(ids):
        yield f"it uses an example of {suite!r} twice"
    strange = next((name for name in ids if name not in known), None)
    if strange is not None:
        yield f"example {strange!r} is not in {suite!r}"
