"""What the models of a config cost a token, known without loading one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genomes.errors import BudgetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evo.config import Config, ModelConfig
    from evo.models import Price

_MILLION = 1_000_000


def known_prices(config: Config) -> dict[str, Price | None]:
    """Price of each model and agent that is paid for, by the key that would set it.

    Returns:
        USD per (prompt, completion) token; ``None`` if neither the config nor the provider's
        list knows it; (0, 0) for a local model, for which nobody sends a bill.
    """
    prices: dict[str, Price | None] = {}
    if config.agent.asks_a_model:
        prices["models.task.price"] = model_price(config.models.task)
    else:
        prices["agent.price"] = _per_token(config.agent.price)
    if config.models.proposer is not None:
        prices["models.proposer.price"] = model_price(config.models.proposer)
    if config.judge is not None:
        prices["judge.model.price"] = model_price(config.judge.model)
    return prices


def model_price(config: ModelConfig) -> Price | None:
    """The price of one model; see ``known_prices``."""
    if config.kind == "local":
        return (0.0, 0.0)
    if config.price is not None or config.kind != "provider" or config.base_url is not None:
        return _per_token(config.price)
    from evo.models.provider import listed_price

    return listed_price(str(config.name))


def check_money(config: Config, prices: Mapping[str, Price | None]) -> None:
    """Whether a budget in USD can be kept.

    Raises:
        BudgetError: It cannot, since a price is unknown.
    """
    unknown = next((where for where, price in prices.items() if price is None), None)
    if config.budget.usd is not None and unknown is not None:
        raise BudgetError(
            "a budget in USD, but the model's price is unknown",
            where=unknown,
            remedy="give price: [USD per million prompt tokens, per million completion tokens]",
        )


def _per_token(price: tuple[float, float] | None) -> Price | None:
    return None if price is None else (price[0] / _MILLION, price[1] / _MILLION)
