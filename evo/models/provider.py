"""Any provider's model, over ``dspy.LM``: a LiteLLM name or an OpenAI-compatible address."""

from __future__ import annotations

import http
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evo.models.answer import text_of
from evo.models.failure import Endpoint, translate
from evo.models.model import Completion, Price, Request, cost
from evo.models.secrets import check_address, check_key_name, clean_cause, read_key, scrub
from evo.models.served import served_models
from genomes.errors import ModelError, TransientModelError
from genomes.hashing import content_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BOUNDS = frozenset({"minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum"})
_MOST_LOGPROBS = 20  # what OpenAI and those that follow it accept at most


class ProviderModel:
    """A model behind a provider's API.

    One ``complete`` is at most one request: DSPy's cache and retries are off, so that the
    caller's budget and store see every request. Thread-safe.

    Args:
        name: A LiteLLM name, e.g. ``openai/gpt-4o-mini``; with ``base_url`` the server's own
            name of the model, slashes included (a leading ``openai/`` is left out).
        base_url: Address of an OpenAI-compatible server.
        api_key_env: Name of the environment variable with the key. Default: the provider's own
            variable; with ``base_url`` no key is sent, since the provider's key is not for it.
        price: USD per (prompt, completion) token; default what DSPy's price list says of the
            provider, ``None`` if that says nothing or there is a ``base_url``.
        timeout: Seconds without a byte from the provider until a call is given up.
        json_schema: Whether a request's schema is sent; some servers refuse it.

    Raises:
        ModelError: The environment variable is not set, or name or address is malformed.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key_env: str | None = None,
        price: Price | None = None,
        timeout: float = 60.0,
        json_schema: bool = True,
    ) -> None:
        _check(base_url, api_key_env)
        self.name = f"openai/{name}" if base_url and not name.startswith("openai/") else name
        self._chat = base_url is not None
        self._key = read_key(api_key_env, "api_key_env") if api_key_env else None
        self._endpoint = Endpoint(
            model=self.name,
            where=base_url or self.name,
            key=self._key,
            key_name=api_key_env,
            models=lambda: served_models(base_url, self._key) if base_url else (),
        )
        self._dspy = _import_dspy()
        connection: dict[str, Any] = {"timeout": timeout}
        if base_url:
            # Other variables of the environment must not send the call elsewhere.
            connection |= {"engine": "lm15", "api_base": base_url, "api_key": "none"}
        if self._key:
            connection["api_key"] = self._key
        try:
            self._lm = self._dspy.LM(self.name, cache=False, num_retries=0, **connection)
        except ValueError as error:
            raise ModelError(f"bad model name {name!r}: {error}") from error
        self._price = price if price or base_url else listed_price(self.name)
        self._json_schema = json_schema
        self._most_logprobs = _MOST_LOGPROBS
        identity = {"provider_model": self.name, "base_url": base_url}
        self._fingerprint = content_hash(identity | ({} if json_schema else {"json_schema": False}))

    @property
    def fingerprint(self) -> str:
        """Hash of name and address; a provider may change the model behind them unannounced."""
        return self._fingerprint

    @property
    def price(self) -> Price | None:
        """USD per (prompt, completion) token; ``None`` if unknown."""
        return self._price

    def complete(self, request: Request) -> Completion:
        """Asks the provider once.

        Raises:
            PromptLengthError: The prompt does not fit into the model's context.
            NoAnswerError: A content filter withheld this one answer.
            TransientModelError: A time-out, no connection, 429, 5xx, an unreadable reply or one
                without text.
            ModelError: A wrong key, an unknown model, a refused request.
        """
        start = time.perf_counter()
        reply = self._ask(request, min(request.top_logprobs, self._most_logprobs))
        return self._completion(reply, time.perf_counter() - start)

    def _ask(self, request: Request, logprobs: int) -> Any:
        from dspy.utils.exceptions import LMError, LMUnsupportedFeatureError

        try:
            with self._dspy.context(disable_history=True):
                return self._lm(self._translate(request, logprobs))
        except LMUnsupportedFeatureError as error:
            # Refused before anything was sent: a provider without them.
            if logprobs and error.status is None:
                return self._ask(request, 0)
            if request.schema is not None and error.status is None:
                return self._ask(replace(request, schema=None), 0)
            raise self._error(error) from self._cause(error)
        except LMError as error:
            if logprobs and error.status == http.HTTPStatus.BAD_REQUEST and "logprob" in str(error):
                raise self._without_logprobs() from self._cause(error)
            with_schema = self._sent_schema(request) is not None
            raise self._error(error, with_schema=with_schema) from self._cause(error)
        except ValueError as error:  # text that no provider can receive
            what = scrub(str(error).strip().split("\n", 1)[0], self._key)
            raise ModelError(what, where=self._endpoint.where) from self._cause(error)

    def _without_logprobs(self) -> TransientModelError:
        # The refused request has been counted; the next one is asked without them.
        self._most_logprobs = 0
        where = self._endpoint.where
        return TransientModelError("the endpoint gives no log-probabilities", where=where)

    def _clean(self, text: str) -> str:
        # Half a surrogate pair has no bytes, so no store could keep it.
        return scrub(text, self._key).encode("utf-8", "replace").decode()

    def _error(self, error: Any, *, with_schema: bool = False) -> ModelError:
        return translate(error, self._endpoint, with_schema=with_schema)

    def _cause(self, error: Exception) -> BaseException | None:
        return clean_cause(error, self._key)

    def _translate(self, request: Request, logprobs: int) -> Any:
        from dspy import lm15

        return lm15.Request(
            model=self.name,
            system="\n\n".join(_contents(request, "system")) or None,
            messages=tuple(
                lm15.Message.assistant(m["content"])
                if m["role"] == "assistant"
                else lm15.Message.user(m["content"])
                for m in request.messages
                if m["role"] != "system"
            ),
            config=lm15.Config(
                max_tokens=request.max_tokens,
                temperature=request.temperature,
                seed=request.seed,
                logprobs=logprobs or None,
                response_format=self._sent_schema(request),
            ),
        )

    def _sent_schema(self, request: Request) -> dict[str, Any] | None:
        if request.schema is None or not self._json_schema:
            return None
        schema = _portable(request.schema)
        return {"type": "json_schema", "name": "reply", "schema": schema, "strict": True}

    def _completion(self, reply: Any, seconds: float) -> Completion:
        usage = reply.usage
        # A prompt of no tokens is how some layers write that the count is unknown.
        prompt = (usage.input_tokens or None) if usage else None
        written = usage.output_tokens if usage and prompt else None
        return Completion(
            text=self._clean(text_of(reply, self._endpoint.where, chat=self._chat)),
            logprobs=_first_token(reply.logprobs, self._clean),
            prompt_tokens=prompt,
            completion_tokens=written,
            money=cost(self._price, prompt, written),
            seconds=seconds,
        )


def _import_dspy() -> Any:
    # DSPy and LiteLLM would otherwise fetch a price list from the network.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import dspy

    logger = logging.getLogger("dspy.clients.lm")
    if _not_truncation not in logger.filters:
        logger.addFilter(_not_truncation)
    return dspy


def _not_truncation(record: logging.LogRecord) -> bool:
    # One token is what we ask for where labels are read from log-probabilities.
    return "was truncated" not in record.getMessage()


def _check(base_url: str | None, api_key_env: str | None) -> None:
    try:
        check_address(base_url)
        check_key_name(api_key_env)
    except ValueError as error:
        raise ModelError(str(error), where="models") from None


def listed_price(name: str) -> Price | None:
    """What DSPy's offline list says of ``provider/model``, in USD per token; ``None`` if nothing.

    Args:
        name: A LiteLLM name.
    """
    _import_dspy()
    from dspy.clients.model_metadata import model_info, rate

    provider, _, model = name.partition("/")
    info = model_info(provider, model)
    prompt, completion = (rate(info, f"{side}_cost_per_token") for side in ("input", "output"))
    return (prompt, completion) if prompt is not None and completion is not None else None


def _portable(schema: Any) -> Any:
    """Without the bounds that some providers refuse; whoever reads the reply checks them."""
    if isinstance(schema, Mapping):
        return {key: _portable(value) for key, value in schema.items() if key not in _BOUNDS}
    return [_portable(item) for item in schema] if isinstance(schema, (list, tuple)) else schema


def _contents(request: Request, role: str) -> list[str]:
    return [message["content"] for message in request.messages if message["role"] == role]


def _first_token(
    tokens: Sequence[Any] | None, clean: Callable[[str], str]
) -> tuple[tuple[str, float], ...] | None:
    if not tokens:
        return None
    first = tokens[0]
    found = {clean(top.token): float(top.logprob) for top in first.top or ()}
    found.setdefault(clean(first.token), float(first.logprob))
    return tuple(sorted(found.items(), key=lambda item: -item[1]))
