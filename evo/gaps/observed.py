"""What gaps are found in: outcomes of one genome on a search suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from genomes.errors import DataError


@dataclass(frozen=True)
class Observed:
    """The champion's outcomes on the first examples of a search suite.

    Attributes:
        suite: A suite in the role ``search``: what diagnosed may never judge.
        outcomes: (n,) outcomes of its first n examples; missing ones are left out.
        replicates: Further rounds of outcomes of the same genome, matched by example.
        before: ``previous`` and ``seed`` to outcomes of these genomes, matched by example.

    Raises:
        DataError: The suite has another role.
    """

    suite: Suite
    outcomes: Sequence[Outcome]
    replicates: Sequence[Sequence[Outcome]] = ()
    before: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.suite.role != "search":
            raise DataError(
                f"suite {self.suite.name!r} has the role {self.suite.role!r};"
                " gaps are found in search suites only",
                remedy="what was used to diagnose may never be used to judge",
            )

    @property
    def rows(self) -> list[tuple[Example, Outcome]]:
        """Examples with an outcome that is not missing, in order."""
        pairs = zip(self.suite.examples, self.outcomes, strict=False)
        return [(example, outcome) for example, outcome in pairs if not outcome.missing]


def by_id(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    """Outcomes that are not missing, by example."""
    return {outcome.example_id: outcome for outcome in outcomes if not outcome.missing}


def wrong(outcome: Outcome) -> bool:
    """Whether the answer counts as a failure: a score below one half."""
    return outcome.score is not None and outcome.score < 0.5
