"""One small call to each model of a config: does it answer, and what does it tell?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evo.build_agent import build_model
from evo.models import Completion, Model, Request
from genomes.errors import ModelError

if TYPE_CHECKING:
    from evo.config import Config, ModelConfig

_MOST_TOKENS = 16
_SHOWN = 40


@dataclass(frozen=True)
class Pong:
    """What came of asking one model once.

    Attributes:
        model: Key of the config, e.g. ``models.task``.
        name: The model's name.
        answered: Whether it gave text.
        text: The beginning of its answer.
        tokens: Prompt and completion tokens; ``None`` if it does not count them.
        money: USD; ``None`` if its price or the tokens are unknown.
        seconds: Wall time of the call.
        logprobs: Whether it gives log-probabilities, which offsets of labels need.
        problem: What is wrong, with the remedy; ``None`` if nothing is.
    """

    model: str
    name: str
    answered: bool
    text: str = ""
    tokens: int | None = None
    money: float | None = None
    seconds: float | None = None
    logprobs: bool = False
    problem: str | None = None


def models_of(config: Config) -> dict[str, ModelConfig]:
    """The models that a run would ask, each once, by the key of the config."""
    found: dict[str, ModelConfig] = {}
    if config.agent.asks_a_model:
        found["models.task"] = config.models.task
    proposer = config.models.proposer and config.models.proposer.model
    if proposer is not None and proposer not in found.values():
        found["models.proposer"] = proposer
    if config.judge is not None and config.judge.model not in found.values():
        found["judge.model"] = config.judge.model
    return found


def ping(config: Config) -> tuple[Pong, ...]:
    """Asks each model of the config once; a failure is a row, not an error."""
    return tuple(_ask_model(key, model) for key, model in models_of(config).items())


def _ask_model(key: str, config: ModelConfig) -> Pong:
    name = str(config.name or config.path)
    try:
        completion = _ask(build_model(config))
    except ModelError as error:
        return Pong(key, name, answered=False, problem=str(error))
    return _pong(key, name, completion)


def _ask(model: Model) -> Completion:
    turn: Mapping[str, str] = {"role": "user", "content": "Answer with one word: yes or no?"}
    return model.complete(Request((turn,), max_tokens=_MOST_TOKENS, top_logprobs=2))


def _pong(key: str, name: str, completion: Completion) -> Pong:
    text = completion.text.strip()
    silent = (
        f"no text within {_MOST_TOKENS} tokens: a model that reasons first needs longer replies "
        "(data.max_tokens) | or its reasoning switched off"
    )
    return Pong(
        model=key,
        name=name,
        answered=bool(text),
        text=text[:_SHOWN],
        tokens=_sum((completion.prompt_tokens, completion.completion_tokens)),
        money=completion.money,
        seconds=completion.seconds,
        logprobs=completion.logprobs is not None,
        problem=None if text else silent,
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    found = list(counts)
    return None if None in found else sum(count or 0 for count in found)
