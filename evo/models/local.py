"""A GGUF file on this machine's processor, inside this process."""

from __future__ import annotations

import os
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evo.models.files import file_sha256, is_gguf
from evo.models.model import Completion, Price, PromptLengthError, Request
from genomes.errors import ModelError
from genomes.hashing import content_hash


class LocalModel:
    """A GGUF model served by ``xllamacpp`` in this process.

    One slot with the prompt cache on: a reply depends on its request alone, and the text that
    consecutive requests share from the start is read once, so ask one prompt's examples after
    each other. Requests are answered one at a time; threads that ask at once wait for each
    other. Nobody sends a bill, so the price is 0.

    Args:
        path: The GGUF file.
        threads: Threads of the engine; default all processors that this process may use. The
            engine's threads spin while they wait: do not run two models of two threads each
            on two cores.
        context: Longest prompt and reply together, in tokens.

    Raises:
        ModelError: The engine is not installed, the file is missing or is no model.
    """

    def __init__(
        self, path: str | Path, *, threads: int | None = None, context: int = 4096
    ) -> None:
        self.path = Path(path).expanduser()
        _check_file(self.path)
        self._context = context
        self._lock = threading.Lock()
        self._server = _start(self.path, threads or _processors(), context)
        self._fingerprint = content_hash(
            {
                "model": file_sha256(self.path),
                "engine": f"xllamacpp {version('xllamacpp')}",
                "context": context,
                "flash_attention": False,
            }
        )

    @property
    def fingerprint(self) -> str:
        """Hash of the model file, the engine's version and the settings that change answers."""
        return self._fingerprint

    @property
    def price(self) -> Price:
        """(0, 0): nobody sends a bill."""
        return (0.0, 0.0)

    def complete(self, request: Request) -> Completion:
        """Answers one request; waits for its turn.

        Raises:
            PromptLengthError: Prompt and reply do not fit into the context.
            ModelError: The engine refused the request.
        """
        body = _body(request)
        with self._lock:
            start = time.perf_counter()
            try:
                reply: dict[str, Any] = self._server.handle_chat_completions(body)
            except (ValueError, RuntimeError) as error:
                raise ModelError(
                    f"the local model refused: {error}", where=str(self.path)
                ) from error
            seconds = time.perf_counter() - start
        _check_reply(reply, self.path, self._context)
        return _completion(reply, seconds)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise ModelError(
            f"no model file {path}", remedy="fetch one with: evogate models pull smollm2-135m"
        )
    if not is_gguf(path):
        raise ModelError(
            f"{path} is not a GGUF model file",
            remedy="give a .gguf file, or fetch one with: evogate models pull smollm2-135m",
        )


def _start(path: Path, threads: int, context: int) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            "the engine for local models is not installed",
            remedy="pip install 'evogate[local]'",
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_parallel = 1
    params.n_ctx = context
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0
    # With flash attention a reply depends on how much of its prompt is still in the cache (0.3 nats
    # seen on 135M); without it, it does not, at no measurable cost for short prompts.
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.verbosity = -1
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelError(
            f"the engine cannot load {path}",
            remedy="check the file with: evogate models verify; a damaged file is fetched anew "
            "with: evogate models pull NAME",
        ) from error


def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": [dict(message) for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "cache_prompt": True,
    }
    if request.top_logprobs:
        body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    if request.seed is not None:
        body["seed"] = request.seed
    if request.schema is not None:
        body["json_schema"] = dict(request.schema)
    return body


def _check_reply(reply: dict[str, Any], path: Path, context: int) -> None:
    error = reply.get("error")
    if error is None:
        return
    if error.get("type") == "exceed_context_size_error":
        raise PromptLengthError(
            f"a prompt of {error.get('n_prompt_tokens')} tokens does not fit into the context "
            f"of {context}",
            where=str(path),
            remedy="shorten the prompt or set a larger context",
        )
    raise ModelError(f"the local model refused: {error.get('message')}", where=str(path))


def _completion(reply: dict[str, Any], seconds: float) -> Completion:
    choice, usage = reply["choices"][0], reply["usage"]
    return Completion(
        text=choice["message"].get("content") or "",
        logprobs=_first_token(choice),
        prompt_tokens=usage["prompt_tokens"],
        completion_tokens=usage["completion_tokens"],
        money=0.0,
        seconds=seconds,
    )


def _first_token(choice: dict[str, Any]) -> tuple[tuple[str, float], ...] | None:
    # A reply that ends its turn at once carries no block at all.
    tokens = (choice.get("logprobs") or {}).get("content") or []
    if not tokens:
        return None
    return tuple((top["token"], float(top["logprob"])) for top in tokens[0]["top_logprobs"])
