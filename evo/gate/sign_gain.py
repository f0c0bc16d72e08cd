"""The exact sequential sign test on pass/fail pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evo.gate.evidence import Look
from evo.gate.pair import Pair, Tally
from evo.gate.plan import GatePlan
from fitness.stats import SignWalk
from genomes.errors import DataError


@dataclass(frozen=True, eq=False)
class SignGain:
    """State of the test after some looks.

    A missing pair enters the walk as a loss. With no true gain an observed win is then at most
    as likely as a loss or a missing pair together, so the level holds even where an answer goes
    missing because of its content.

    Attributes:
        plan: The registered plan.
        walk: Law of the wins under no gain.
        examples: Pairs so far.
        wins: Pairs won.
        losses: Pairs lost.
        missing: Pairs missing.
    """

    plan: GatePlan
    walk: SignWalk
    examples: int = 0
    wins: int = 0
    losses: int = 0
    missing: int = 0

    @classmethod
    def start(cls, plan: GatePlan) -> SignGain:
        """The test before any pair."""
        return cls(plan=plan, walk=SignWalk.start(plan.alpha))

    def look(self, fresh: Sequence[Pair]) -> tuple[SignGain, Look]:
        """Takes in new pairs and places the boundary.

        Raises:
            DataError: A score is neither 0 nor 1.
        """
        counts = _counted(self.plan, fresh)
        wins, losses = self.wins + counts.wins, self.losses + counts.losses
        missing = self.missing + counts.missing
        examples = self.examples + len(fresh)
        walk = self.walk.advance(wins + losses + missing)
        critical: int | None = None
        # Whether there is a look may depend on the length of the walk only, never on its path.
        if walk.discordant >= self.plan.min_discordant:
            walk, critical = walk.look(examples / self.plan.n)
        enough = wins + losses >= self.plan.min_discordant
        look = Look(
            examples=examples,
            wins=wins,
            losses=losses,
            missing=missing,
            net=float(wins - losses),
            statistic=float(wins),
            boundary=critical if enough else None,
        )
        return SignGain(self.plan, walk, examples, wins, losses, missing), look


def _counted(plan: GatePlan, pairs: Sequence[Pair]) -> Tally:
    """As ``tally``, in one pass for what may be seen here: 0, 1 or nothing."""
    arms = [(pair.champion, pair.candidate) for pair in pairs]
    wins, losses = arms.count((0.0, 1.0)), arms.count((1.0, 0.0))
    ties = arms.count((1.0, 1.0)) + arms.count((0.0, 0.0))
    if wins + losses + ties < len(arms):
        _check_pass_fail(plan, pairs)
    return Tally(wins, losses, ties, len(arms) - wins - losses - ties)


def _check_pass_fail(plan: GatePlan, pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        if pair.champion not in _SCORES or pair.candidate not in _SCORES:
            bad = pair.candidate if pair.champion in _SCORES else pair.champion
            raise DataError(
                f"example {pair.example_id!r} scored {bad} where pass or fail was planned",
                where=f"suite {plan.suite!r}",
                remedy="set gate.test: eprocess for graded scores",
            )


_SCORES = frozenset({None, 0.0, 1.0})
