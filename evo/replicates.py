"""Further answers of the champion to the same examples: how an unreliable slice is seen."""

from __future__ import annotations

from collections.abc import Sequence

from evo.allotment import with_slack
from evo.config import Config
from evo.session import Session
from fitness.budget import BudgetExhaustedError, Cost
from fitness.suites import Example, Suite
from genomes import Genome, render

PURPOSE = "replicates"
FIXED = "an equal prompt always gets an equal answer here: there is nothing to measure"


def is_fixed(config: Config, stateless: bool, genome: Genome, domain: str) -> bool:
    """Whether asking again can only give the same answer.

    A provider's answers change even at temperature 0: its servers batch requests.

    Args:
        config: Resolved config.
        stateless: What the agent declares.
        genome: What is asked.
        domain: In which domain.
    """
    provided = config.agent.asks_a_model and config.models.task.kind == "provider"
    return stateless and not provided and render(genome, domain).sampling.temperature == 0


def buy_replicates(
    session: Session, champion: Genome, suite: Suite, examples: Sequence[Example]
) -> None:
    """Buys what ``gaps.replicates`` asks for, into the store, on a part of the budget of its own.

    A run that cannot pay for it says so and goes on without: kinds of gaps that nobody looked
    for are named in the report.

    Args:
        session: The run.
        champion: The genome in force.
        suite: Search suite of the domain.
        examples: Those that it was measured on.
    """
    wanted = session.config.gaps
    if not wanted.replicates:
        return
    if is_fixed(session.config, session.agent.stateless, champion, suite.domain):
        session.emit("warning", what=f"gaps.replicates: {FIXED}; none are bought")
        return
    asked, rounds = examples[: wanted.examples], range(1, wanted.replicates + 1)
    prices = [session.evaluator.price([champion], suite, asked, number) for number in rounds]
    bound = sum(prices, Cost())
    try:
        part = session.part(Cost(with_slack(bound.calls), bound.tokens, bound.money))
        for number in rounds:
            session.evaluator.evaluate(
                [champion], suite, asked, budget=part, purpose=PURPOSE, replicate=number
            )
    except BudgetExhaustedError as error:
        session.emit("warning", what=f"gaps.replicates: not all were bought: {error.what}")
