"""The blocks of ``evo.yaml`` that belong to no room of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from evo.models.secrets import check_address, check_key_name

ModelKind = Literal["local", "provider", "scripted"]


class Block(BaseModel):
    """A block of the file: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ShareConfig(Block):
    """Which part of the clusters plays which role. The parts are relative: 2, 2, 1 is fine.

    Attributes:
        search: Read by the proposers.
        gate: Decides on promotions; one bit comes back.
        audit: Opened for the final report only.
    """

    search: float = Field(default=0.35, gt=0)
    gate: float = Field(default=0.45, gt=0)
    audit: float = Field(default=0.2, gt=0)


class DataConfig(Block):
    """The user's own examples.

    Attributes:
        file: CSV or JSONL, relative to ``evo.yaml``.
        inputs: Columns that the prompt may show, as ``{{ column }}``.
        target: Column with the right answer.
        id: Column with a unique name of the row; default a hash of the row's inputs.
        cluster: Column whose equal values stay in one role (user, film, document); default each
            row for itself.
        domain: Name of the domain; default the name of the task.
        labels: The closed answer set; default the values found in ``target`` if they are at
            most 20; an empty list says that answers are free text.
        shares: How rows are split into roles, by hash of the cluster.
        task_kind: Part of the stock library to draw from: ``general``, ``classify``,
            ``sentiment``; default ``classify`` with labels and ``general`` without.
        scorer: ``exact``, ``normalised``, ``contains``, ``numeric``, ``json``, ``token_f1``,
            ``margin``, ``regex:PATTERN``, ``numeric:TOLERANCE``, ``json_schema:FILE``,
            ``module:function``, or parts: ``{mean: {token_f1: 0.7, contains: 0.3}}``, also ``all``
            and ``min``; default ``exact`` with labels and ``normalised`` without.
        max_tokens: Longest reply in tokens; default 1 with labels and 32 without.
    """

    file: Path
    inputs: tuple[str, ...] = Field(min_length=1)
    target: str
    id: str | None = None
    cluster: str | None = None
    domain: str | None = None
    labels: tuple[str, ...] | None = None
    shares: ShareConfig = ShareConfig()
    task_kind: str | None = None
    scorer: str | dict[str, Any] | None = None
    max_tokens: int | None = Field(default=None, ge=1)


class ModelConfig(Block):
    """One language model.

    Attributes:
        kind: ``local`` (a GGUF file inside this process), ``provider`` (any LiteLLM name or
            OpenAI-compatible address) or ``scripted`` (a function of the user's, for tests).
        name: A model of ``evogate models list``; ``provider/model``; or ``module:function``,
            from request to completion.
        path: A GGUF file of one's own instead of ``name``, relative to ``evo.yaml``.
        base_url: Address of an OpenAI-compatible server.
        api_key_env: Name of the environment variable that holds the key; never the key.
        price: USD per million tokens, (prompt, completion), where the provider's is unknown.
        threads: Threads of the local engine; default all processors.
        concurrency: Requests in flight at once at a provider; default as many as ``run.jobs``.
        requests_per_minute: Most requests in any 60 seconds.
        tokens_per_minute: Most prompt and completion tokens in any 60 seconds. Two models of one
            endpoint (same address or provider, same key) share these three; the stricter holds.
        timeout: Seconds without a byte from a provider until a call is given up; default 60.
        json_schema: Whether a provider is asked to bind replies of proposals to a JSON schema; set
            it to false for servers that refuse such requests.
    """

    kind: ModelKind = "local"
    name: str | None = None
    path: Path | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    price: tuple[float, float] | None = None
    threads: int | None = Field(default=None, ge=1)
    concurrency: int | None = Field(default=None, ge=1)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    timeout: float | None = Field(default=None, gt=0)
    json_schema: bool = True

    @model_validator(mode="after")
    def _without_secrets(self) -> ModelConfig:
        check_key_name(self.api_key_env)
        check_address(self.base_url)
        return self

    @model_validator(mode="after")
    def _paced(self) -> ModelConfig:
        paces = ("concurrency", "requests_per_minute", "tokens_per_minute", "timeout")
        given = [name for name in paces if getattr(self, name) is not None]
        if self.kind == "local" and given:
            raise ValueError(f"{given[0]} is for a provider; a local model answers one at a time")
        return self

    @model_validator(mode="after")
    def _named(self) -> ModelConfig:
        if self.kind == "local" and not (self.name or self.path):
            raise ValueError("a local model needs a name or a path")
        if self.kind == "provider" and not self.name:
            raise ValueError("a provider's model needs a name, e.g. openai/gpt-4o-mini")
        if self.kind == "scripted" and ":" not in (self.name or ""):
            raise ValueError("a scripted model needs the name of its function, module:function")
        return self


class ProposerConfig(ModelConfig):
    """The model that writes proposals.

    Attributes:
        max_tokens: Longest reply in tokens that is ever asked for; raise it for genes of more than
            about 1,500 characters, or for a model that thinks before it writes.
    """

    max_tokens: int = Field(default=1024, ge=64)

    @property
    def model(self) -> ModelConfig:
        """The model alone: equal to another block that means the same model."""
        return ModelConfig(**self.model_dump(exclude={"max_tokens"}))


class ModelsConfig(Block):
    """The models of a run.

    Attributes:
        task: The model behind the agent that is improved.
        proposer: The model that writes proposals, which may be another; default none: proposals
            come from the structural operators alone.
    """

    task: ModelConfig = ModelConfig(name="smollm2-135m")
    proposer: ProposerConfig | None = None

    @field_validator("proposer", mode="before")
    @classmethod
    def _any_model(cls, given: Any) -> Any:
        return given.model_dump() if isinstance(given, ModelConfig) else given


class BudgetConfig(Block):
    """Upper bounds of one run; nothing given is unlimited.

    Attributes:
        calls: Model calls.
        tokens: Prompt and completion tokens.
        usd: Money.
        minutes: Wall time.
    """

    calls: int | None = Field(default=None, ge=1)
    tokens: int | None = Field(default=None, ge=1)
    usd: float | None = Field(default=None, gt=0)
    minutes: float | None = Field(default=None, gt=0)


class RunConfig(Block):
    """How a run is carried out.

    Attributes:
        jobs: Model calls in flight at once; a local model answers one at a time.
        seed: Seed of every random stream.
        retries: Further tries after a failure of the infrastructure.
        max_error_rate: Share of responses that may stay missing after all retries before the run
            stops.
    """

    jobs: int = Field(default=1, ge=1)
    seed: int = Field(default=1, ge=0)
    retries: int = Field(default=3, ge=0)
    max_error_rate: float = Field(default=0.1, ge=0, le=1)
