"""Between search and evaluator: measures trials, and fits reading genes on the way, for free."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evo.search.scheduler import Search
from evo.search.trial import Measured, Trial
from fitness.budget import Budget, BudgetExhaustedError, Cost
from fitness.evaluator import Evaluator
from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from fitness.sweep import sweep
from genomes import Genome, GenomeSpec, render


class Driver:
    """Runs a search on a budget.

    Args:
        evaluator: Measures.
        spec: Which reading genes may be fitted.
        suite: Search suite of the domain to improve.
        budget: What the search may spend.
        purpose: What the ledger says of its calls.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        spec: GenomeSpec,
        suite: Suite,
        budget: Budget,
        purpose: str = "search",
    ) -> None:
        self.budget = budget
        self._purpose = purpose
        self._evaluator = evaluator
        self._spec = spec
        self._suite = suite

    def run(self, search: Search, on_generation: Callable[[Search], None]) -> None:
        """Asks and tells until the search ends or what is left must go to the finalists."""
        while trials := search.ask(self._spendable(search)):
            fitting = self._fitting(search, trials)
            if not fitting:
                break
            results = self._measured(search.shorten(fitting))
            if not results:
                break
            search.shorten(len(results))
            search.tell(results)
            if search.between_generations:
                on_generation(search)
        self._confirm(search)
        on_generation(search)

    def measure(self, trial: Trial) -> Measured:
        """Measures one trial; the genome comes back with its reading genes fitted.

        Raises:
            BudgetExhaustedError: The trial does not fit, or time ran out in it.
        """
        genome, suite, examples = trial.proposal.genome, trial.suite, trial.examples
        self.outcomes(genome, suite, examples, trial.purpose or trial.proposal.operator)
        if suite.domain == self._suite.domain:
            genome = self.fit(genome, examples)
        return Measured(genome, self._evaluator.replay(genome, suite, examples))

    def outcomes(
        self, genome: Genome, suite: Suite, examples: Sequence[Example], operator: str
    ) -> list[Outcome]:
        """Outcomes of a genome as it stands, paid for by the search.

        Raises:
            BudgetExhaustedError: They do not fit, or time ran out in between.
        """
        return self._evaluator.evaluate(
            [genome], suite, examples, budget=self.budget, purpose=self._purpose, operator=operator
        )[0]

    def fit(self, genome: Genome, examples: Sequence[Example]) -> Genome:
        """The genome with its reading genes fitted to responses that are already there."""
        rendered = render(genome, self._suite.domain)
        usable = [e for e in examples if e.id not in rendered.excludes]
        responses = self._evaluator.responses(rendered, usable)
        return sweep(genome, self._spec, self._suite, usable, responses)

    def _measured(self, trials: Sequence[Trial]) -> list[Measured]:
        """Results of the first trials, as many as the budget pays for: time may run out in the
        middle, however well the calls were planned."""
        results: list[Measured] = []
        for trial in trials:
            try:
                results.append(self.measure(trial))
            except BudgetExhaustedError:
                break
        return results

    def _spendable(self, search: Search) -> int | None:
        left = self.budget.left()
        return None if left is None else left - search.finalist_calls

    def _fitting(self, search: Search, trials: Sequence[Trial]) -> int:
        """How many of the trials, best first, can be paid for."""
        # What the finalists will need is kept back: a winner chosen on the examples that it
        # was bred on would look better than it is.
        kept, total = self._kept(search), Cost()
        for number, trial in enumerate(trials):
            total = total + self._price(trial)
            if not self.budget.fits(total + kept):
                return number
        return len(trials)

    def _kept(self, search: Search) -> Cost:
        """What the finalists will need: one at its upper bound, since each is settled before the
        next, the others at what calls have cost so far."""
        calls, limits, spent = search.finalist_calls, self.budget.limits, self.budget.spent
        if not calls or not spent.calls or (limits.tokens is None and limits.money is None):
            return Cost(calls)
        bounds = [self._price(trial) for trial in search.finalists()]
        if not bounds:
            return Cost(calls)
        dearest = max(bounds, key=lambda cost: (cost.money or 0.0, cost.tokens))
        others = max(calls - dearest.calls, 0) / spent.calls
        unknown = dearest.money is None or spent.money is None
        return Cost(
            calls,
            dearest.tokens + int(others * spent.tokens),
            None if unknown else (dearest.money or 0.0) + others * (spent.money or 0.0),
        )

    def _confirm(self, search: Search) -> None:
        for trial in search.finalists():
            try:
                search.confirm(self.measure(trial))
            except BudgetExhaustedError:  # tokens, money or time ran out; the archive stands
                return

    def _price(self, trial: Trial) -> Cost:
        return self._evaluator.price([trial.proposal.genome], trial.suite, trial.examples)
