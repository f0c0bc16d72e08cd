"""What a gap's rank is made of, and how it looked under earlier genomes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Bound(BaseModel):
    """An estimate and its lower bound.

    Attributes:
        value: The estimate.
        low: The lower bound that the ranking uses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float


class Terms(BaseModel):
    """The factors of a priority, all in [0, 1]; see ``docs/gaps.md``.

    Attributes:
        share: Share of the slice among all examples measured.
        severity: What one failure of this kind weighs.
        headroom: What closing the gap would win at an example of the slice.
        tractability: How often a proposal against this kind of gap has helped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Bound
    severity: float
    headroom: Bound
    tractability: Bound

    @property
    def low(self) -> float:
        """Product of the lower bounds: below the lower bound of the product, so on the safe
        side."""
        return self.share.low * self.severity * self.headroom.low * self.tractability.low

    @property
    def value(self) -> float:
        """Product of the estimates; decides between gaps whose lower bounds are equal."""
        return self.share.value * self.severity * self.headroom.value * self.tractability.value


class Comparison(BaseModel):
    """The slice under an earlier genome, on the same examples.

    Attributes:
        name: ``seed`` or ``previous`` (the champion before this one).
        n: Examples of the slice that both have answered.
        before: Share of them that the earlier genome failed.
        now: Share that the champion fails.
        low: Lower end of the 95 % interval of ``now - before`` (Tango 1998).
        high: Upper end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    n: int
    before: float
    now: float
    low: float
    high: float
