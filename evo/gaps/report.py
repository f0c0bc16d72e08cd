"""What a search for gaps found, and what it could not see."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from evo.gaps.gap import Gap


class Blind(BaseModel):
    """The least that would have been found among slices of one size.

    Attributes:
        share: Share of the slice among the examples of the domain.
        n: Its examples.
        difference: Smallest difference of failure rates that is found four times out of five;
            ``None`` if not even a slice that always fails is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float
    n: int
    difference: float | None


class DomainLevel(BaseModel):
    """How the champion does in a domain as a whole.

    Attributes:
        domain: The domain.
        n: Examples measured and not missing.
        failures: Those with a score below one half.
        low: Lower end of the 95 % interval of the failure rate (Wilson 1927).
        high: Upper end.
        blind: What cannot be seen, by size of slice.
        too_small: Slices of one condition with too few examples to be looked at.
        unseen: Kinds that could not be looked for, with the reason.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str
    n: int
    failures: int
    low: float
    high: float
    blind: tuple[Blind, ...] = ()
    too_small: tuple[str, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()

    @property
    def rate(self) -> float:
        """``failures / n``."""
        return self.failures / self.n if self.n else 0.0


class GapReport(BaseModel):
    """Gaps of one genome, with the limits of the search.

    Attributes:
        gaps: Confirmed gaps, then leads; each costliest first.
        domains: Levels by domain.
        looked: Slices that each finding was corrected for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gaps: tuple[Gap, ...] = ()
    domains: tuple[DomainLevel, ...] = ()
    looked: int = 0

    @property
    def confirmed(self) -> tuple[Gap, ...]:
        """What two halves agree on."""
        return tuple(gap for gap in self.gaps if gap.confirmed)

    @property
    def leads(self) -> tuple[Gap, ...]:
        """What may be chance, and only guides proposals."""
        return tuple(self._unconfirmed())

    def _unconfirmed(self) -> Iterator[Gap]:
        return (gap for gap in self.gaps if not gap.confirmed)
