"""Gaps: where the champion falls short. ``find_gaps`` gives ``Gap`` records, costliest first."""

from evo.gaps.gap import Gap
from evo.gaps.slices import find_gaps

__all__ = ["Gap", "find_gaps"]
