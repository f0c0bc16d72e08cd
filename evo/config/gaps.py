"""The block ``gaps``: what a run buys to see whether answers change from one time to the next."""

from __future__ import annotations

from pydantic import Field

from evo.config.blocks import Block


class GapsConfig(Block):
    """How a run looks for gaps.

    Attributes:
        replicates: Further answers of the champion to each of ``examples``, bought before gaps are
            looked for; needs a budget. 0 buys none, and then no gap can be ``unreliable``.
        examples: Search examples that are asked again.
    """

    replicates: int = Field(default=0, ge=0)
    examples: int = Field(default=60, ge=1)
