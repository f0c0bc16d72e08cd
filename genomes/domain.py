"""The host contract of one domain: what goes in, what may come out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Domain(BaseModel):
    """What a host may rely on in one domain; it never evolves.

    Attributes:
        name: The domain's name, as in ``Example.domain``.
        inputs: Names of the inputs; each must appear as ``{{ name }}`` in the rendered user turn.
        labels: Closed answer set for classification; empty for free text.
        task_kind: Which parts of the stock library fit (``sentiment``, ``classify``, ``general``,
            ``tools``).
        max_tokens: Longest reply in tokens. With labels read from first-token
            log-probabilities, 1 is enough.
        top_logprobs: How many first-token alternatives to ask for; 0 for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    inputs: tuple[str, ...] = Field(min_length=1)
    labels: tuple[str, ...] = ()
    task_kind: str = "general"
    max_tokens: int = Field(default=1, ge=1)
    top_logprobs: int = Field(default=0, ge=0, le=100)
