"""What comes to the gate must be what its plan names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evo.gate.ladder import same_rendering
from evo.gate.plan import GatePlan, check_suite
from fitness.suites import Example, Role, Suite
from genomes import Genome, render
from genomes.errors import IntegrityError


def planned_examples(plan: GatePlan, suites: Sequence[Suite]) -> dict[str, Mapping[str, Example]]:
    """Suite name to example id to example, of the planned suites.

    Raises:
        IntegrityError: A suite is missing or has changed.
        DataError: A suite plays another role, or holds an example twice.
    """
    wanted: list[tuple[str, str, Role]] = [(plan.suite, plan.shard_hash, "gate")]
    wanted += [(part.suite, part.hash, "regression") for part in plan.regressions]
    given = {suite.name: suite for suite in suites}
    examples: dict[str, Mapping[str, Example]] = {}
    for name, digest, role in wanted:
        suite = given.get(name)
        if suite is None or suite.hash != digest:
            state = "is missing" if suite is None else "has changed"
            raise IntegrityError(
                f"suite {name!r} {state} since the plan was made",
                where=f"attempt {plan.attempt_id}",
                remedy="make a new plan; a plan holds for the data it names",
            )
        check_suite(suite, role)
        examples[name] = {example.id: example for example in suite}
    return examples


def check_genomes(plan: GatePlan, champion: Genome, candidate: Genome) -> None:
    """Whether these are the planned genomes, and none shows what judges it.

    Raises:
        IntegrityError: They are not.
    """
    for who, genome, planned in (
        ("champion", champion, plan.champion_id),
        ("candidate", candidate, plan.candidate_id),
    ):
        if genome.id != planned:
            raise IntegrityError(
                f"the {who} is {genome.id[:12]}, the plan names {planned[:12]}",
                where=f"attempt {plan.attempt_id}",
                remedy="a candidate is frozen; make a new plan for another genome",
            )
    if champion.domains != candidate.domains:
        raise IntegrityError(
            "champion and candidate have different domains",
            where=f"attempt {plan.attempt_id}",
            remedy="the host contract never evolves",
        )
    _check_demonstrations(plan, candidate)


def check_fallback(plan: GatePlan, candidate: Genome, fallback: Genome | None) -> None:
    """Whether this is the planned fallback, and the same as the candidate in the gate's domain.

    Raises:
        IntegrityError: It is not.
    """
    given = None if fallback is None else fallback.id
    if given != plan.fallback_id:
        raise IntegrityError(
            f"the fallback is {str(given)[:12]}, the plan names {str(plan.fallback_id)[:12]}",
            where=f"attempt {plan.attempt_id}",
        )
    if fallback is not None and not same_rendering(candidate, fallback, plan.domain):
        raise IntegrityError(
            f"the fallback differs from the candidate in domain {plan.domain!r}",
            where=f"attempt {plan.attempt_id}",
            remedy="what is shown for the candidate would not hold for it",
        )


def _check_demonstrations(plan: GatePlan, candidate: Genome) -> None:
    parts = [(plan.domain, plan.example_ids)]
    parts += [(part.domain, part.example_ids) for part in plan.regressions]
    for domain, ids in parts:
        shown = sorted(render(candidate, domain).excludes & set(ids))
        if shown:
            raise IntegrityError(
                f"the candidate shows examples that judge it: {', '.join(shown[:5])}",
                where=f"domain {domain!r}",
                remedy="demonstrations come from the search suites only",
            )


def planned_anchors(plan: GatePlan, anchors: Sequence[Genome]) -> dict[str, Genome]:
    """Genome id to genome, of the anchors that the plan names.

    Raises:
        IntegrityError: One is missing.
    """
    given = {genome.id: genome for genome in anchors}
    for name in plan.anchor_ids:
        if name not in given:
            raise IntegrityError(
                f"the plan names the best version {name[:12]}, which is not there",
                where=f"attempt {plan.attempt_id}",
                remedy="take it from the champion's versions; without it, creep would go unseen",
            )
    return {name: given[name] for name in plan.anchor_ids}
