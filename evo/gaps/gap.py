"""A gap: a slice of examples in which the champion falls short."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from genomes.hashing import content_hash


class Gap(BaseModel):
    """Where the champion falls short, with the evidence.

    Attributes:
        kind: ``failing``: the slice is wrong more often than the rest.
        domain: Domain of the slice.
        slice: What its examples share, e.g. ``target=negative``.
        n: Examples of the slice.
        failures: Those with a score below 0.5.
        low: Lower end of the 95 % interval of the failure rate (Wilson 1927).
        high: Upper end.
        priority: Share of all examples times ``low``: what the slice surely costs.
        example_ids: Some failures, at most five; search examples only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["failing"] = "failing"
    domain: str
    slice: str
    n: int
    failures: int
    low: float
    high: float
    priority: float
    example_ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Stable name of the slice, whatever its evidence: 12 hexadecimal digits."""
        return content_hash([self.kind, self.domain, self.slice])[:12]

    def __str__(self) -> str:
        return f"{self.domain} {self.slice}: {self.failures} of {self.n} wrong"
