"""Islands: a population that stands still is left for one of twice the size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.deceptive import _genome, _spec
from evo.proposers import Context, Proposal
from evo.search import Archive, Entry, Measured, Search, SearchConfig, Trial
from evo.search.island import Island
from fitness.budget import BudgetExhaustedError
from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from genomes import FragmentGene, Genome

SUITE = Suite("t/search", "search", "trap", (Example("t", {"x": "x"}, "1", "trap", "t"),))
CONFIG = SearchConfig(blocks=(1,), finalists=0)


def _ones(genome: Genome) -> int:
    return sum(isinstance(gene, FragmentGene) and gene.text == "one" for gene in genome.genes)


def _search(seed: int = 1, config: SearchConfig = CONFIG) -> Search:
    return Search(_genome(), _spec(), SUITE, (), config, np.random.default_rng(seed))


def _tell(trials: Sequence[Trial], value: float | None = None) -> list[Measured]:
    return [
        Measured(
            t.proposal.genome,
            [Outcome("t", _ones(t.proposal.genome) / 32 if value is None else value)],
        )
        for t in trials
    ]


def _entry(ones: int, score: float) -> Entry:
    genes = _genome().genes
    texts = [g.model_copy(update={"text": "one"}) if i < ones else g for i, g in enumerate(genes)]
    genome = _genome().with_genes(tuple(texts))
    return Entry(Proposal(genome, (), "x"), "trap", {"t": Outcome("t", score)})


def test_age_counts_generations_without_movement() -> None:
    island, better = Island(0, 4), [_entry(1, 0.2), _entry(2, 0.5)]
    island.age(better)
    assert (island.generation, island.stalled) == (1, 0)
    island.age(better)
    assert island.stalled == 1
    island.age([_entry(3, 0.3), _entry(2, 0.5)])  # the mean moved
    assert island.stalled == 0


def test_only_members_breed() -> None:
    archive, island = Archive(["t"]), Island(1, 4)
    for entry in (stranger := _entry(9, 0.9), mine := _entry(1, 0.1)):
        archive.add(entry)
    island.members.append(mine.genome.id)
    assert island.parents(archive) == [mine]
    assert stranger not in island.rivals(archive)


def test_a_full_population_gives_rivals() -> None:
    archive, island = Archive(["t"]), Island(0, 2)
    for ones in range(3):
        archive.add(_entry(ones, ones / 10))
        island.members.append(_entry(ones, ones / 10).genome.id)
    assert [_ones(rival.genome) for rival in island.rivals(archive)] == [2, 1]


def test_a_flat_landscape_ends_after_the_islands_allowed() -> None:
    search, sizes = _search(config=CONFIG.model_copy(update={"islands": 2, "stagnation": 2})), []
    while trials := search.ask():
        sizes.append(search.island.size)
        search.tell(_tell(trials, 0.5))
    assert sorted(set(sizes)) == [4, 8, 16]  # the first finds a best; then two in vain
    assert search.ask() == ()


def test_the_best_of_other_islands_come_once() -> None:
    archive, island = Archive(["t"]), Island(1, 4, stalled=3)
    for ones in range(5):
        archive.add(_entry(ones, ones / 10))
    island.members.append(_entry(0, 0.0).genome.id)
    assert island.join(archive)
    assert island.stalled == 0
    assert sorted(_ones(e.genome) for e in island.entries(archive)) == [0, 3, 4]
    assert not island.join(archive)


def test_a_generation_fits_into_what_is_left() -> None:
    search = _search()
    search.tell(_tell(search.ask(5)))
    trials = search.ask(5)
    assert len(trials) == 5
    search.tell(_tell(trials))
    assert search.ask(0) == ()


def test_a_writer_that_cannot_be_paid_is_left_out_and_the_others_go_on() -> None:
    asked: list[Context] = []

    def pen(context: Context, rng: np.random.Generator) -> Proposal | None:
        asked.append(context)
        raise BudgetExhaustedError("no calls are left")

    rng = np.random.default_rng(1)
    search = Search(_genome(), _spec(), SUITE, (), CONFIG, rng, written={"pen": pen})
    for _ in range(4):
        search.tell(_tell(search.ask()))
    assert len(asked) == 2  # once in the first generation, which has shares of its own
    assert "pen" not in search.chances
    assert len(search.archive.entries) > 20
