"""Best-of-N: the sober baseline. Independent draws from the same library, same fit, same calls."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.random import Generator

from evo.proposers import Context, Proposal, Restart
from evo.search.archive import Archive
from evo.search.driver import Driver
from evo.search.entry import Entry
from evo.search.trial import Trial
from fitness.budget import BudgetExhaustedError
from fitness.objectives import OBJECTIVES, Objective
from fitness.suites import Example, Suite
from genomes import Genome, GenomeSpec


def best_of_n(
    driver: Driver,
    seed: Genome,
    spec: GenomeSpec,
    suite: Suite,
    examples: tuple[Example, ...],
    rng: Generator,
    objectives: Sequence[Objective] = OBJECTIVES,
) -> Entry | None:
    """The best of as many independent genomes as the driver's budget pays for.

    Every draw is measured on all ``examples``, its reading genes fitted as in the search, and the
    best is chosen by the search's own measure. ``None`` if not even one fits.

    Args:
        driver: Measures, on a budget of its own.
        seed: Gives the host contract and the genes that may not vary.
        spec: What may vary.
        suite: Search suite.
        examples: Those in use by the search.
        rng: Draws the genomes.
        objectives: Their hard limits hold here too.
    """
    archive = Archive([example.id for example in examples], objectives)
    restart = Restart(seed, spec)
    # Draws may repeat and then cost nothing; the bound ends a library smaller than the budget.
    for _ in range(1000):
        proposal = restart(Context(()), rng)
        if proposal is None:
            continue
        try:
            result = driver.measure(Trial(proposal, suite, examples))
        except BudgetExhaustedError:
            break
        outcomes = {outcome.example_id: outcome for outcome in result.outcomes}
        drawn = Proposal(result.genome, (), "best_of_n")
        archive.add(Entry(drawn, suite.domain, outcomes))
    return next((entry for entry in archive.ranked() if archive.allowed(entry)), None)
