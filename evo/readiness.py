"""Whether the models of a config can be asked, as far as that is known without asking."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evo.ping import models_of
from evo.prices import known_prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evo.config import Config, ModelConfig
    from evo.models import Price

_MILLION = 1_000_000


@dataclass(frozen=True)
class Readiness:
    """One model.

    Attributes:
        model: Key of the config.
        state: ``ok``, ``warning`` (it may work, or only a money budget is refused) or
            ``problem`` (a run would end at once).
        detail: What it is, its price and pace, and what is missing.
    """

    model: str
    state: Literal["ok", "warning", "problem"]
    detail: str


def readiness(config: Config) -> tuple[Readiness, ...]:
    """Looks at each model of the config; no key is read, only whether there is one."""
    prices = known_prices(config)
    return tuple(
        _one(key, model, prices.get(f"{key}.price")) for key, model in models_of(config).items()
    )


def _one(key: str, model: ModelConfig, price: Price | None) -> Readiness:
    missing = _missing_key(model)
    parts = [str(model.name or model.path), *_parts(model, price)]
    state: Literal["ok", "warning", "problem"] = "ok" if price is not None else "warning"
    if missing is not None:
        parts.append(f"{missing} is not set")
        state = "problem" if model.api_key_env else "warning"
    return Readiness(key, state, ", ".join(parts))


def _missing_key(model: ModelConfig) -> str | None:
    """The variable that should hold the key and does not."""
    if model.kind != "provider":
        return None
    # Without an address it is the provider's own variable, which is nearly always called so.
    own = f"{str(model.name).partition('/')[0].upper()}_API_KEY"
    name = model.api_key_env or (None if model.base_url else own)
    return name if name is not None and not os.environ.get(name) else None


def _parts(model: ModelConfig, price: Price | None) -> Iterator[str]:
    if model.base_url:
        yield f"at {model.base_url}"
    if price is None:
        yield "price unknown: a budget in USD needs price: [prompt, completion] per million tokens"
    elif model.kind != "local":
        yield f"${price[0] * _MILLION:g} and ${price[1] * _MILLION:g} a million tokens"
    for name in ("concurrency", "requests_per_minute", "tokens_per_minute"):
        if getattr(model, name) is not None:
            yield f"{name.replace('_', ' ')} {getattr(model, name)}"
