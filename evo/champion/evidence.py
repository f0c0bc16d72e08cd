"""Whether a decision follows from its evidence, asked before it moves anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genomes.errors import IntegrityError
from genomes.genome import Genome


def check_evidence(
    decision: Mapping[str, Any], provenance: Mapping[str, Any], genome: Genome, champion: Genome
) -> None:
    """Derives a decision once more from its plan and its pairs.

    Args:
        decision: The gate decision as JSON content.
        provenance: With the plan of the attempt under ``plan``.
        genome: What would be put in force.
        champion: What is in force.

    Raises:
        IntegrityError: The plan is missing, the decision does not follow from it, or a domain
            that should be unchanged is not.
    """
    from evo.gate.confirm import confirm
    from evo.gate.ladder import same_rendering

    plan = provenance.get("plan")
    if plan is None:
        raise IntegrityError(
            "the decision comes without the plan of its attempt",
            remedy="only what the gate decided is put in force: evogate champion promote",
        )
    confirm(plan, decision)
    for row in decision.get("regressions", ()):
        if row["rung"] == "identity" and not same_rendering(champion, genome, row["domain"]):
            raise IntegrityError(
                f"domain {row['domain']!r} is changed, the decision says it is not"
            )
