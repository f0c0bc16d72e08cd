"""What a run says before it starts and after it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evo.gate import Preflight


def gate_lines(outlook: Preflight) -> Iterator[str]:
    """What the gate can still do and detect, in plain sentences."""
    if not outlook.attempts_left:
        yield "gate: no attempt is left; what would decide is used up, so nothing can be promoted"
        return
    yield (
        f"gate: {outlook.attempts_left} attempts left, {outlook.n} unseen examples each, "
        f"error share {outlook.alpha:.3g}; {outlook.fresh_shards} of {outlook.shards} shards "
        f"fresh; at most {outlook.max_calls} calls an attempt"
    )
    for one in outlook.detectable:
        if one.difference is None:
            found = "finds no gain with 80 % power"
        else:
            found = f"finds a gain of {one.difference:+.3f} with 80 % power"
        yield f"  {found} where {one.discordance:.0%} of the answers differ"
    for part in outlook.regressions:
        yield (
            f"  {part.suite}: {part.n} examples, margin {part.margin:.3g}; a harmless change "
            f"passes with probability {part.harmless_passes:.2f}"
        )
