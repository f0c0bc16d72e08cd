"""Gaps: where the champion falls short.

Records: ``Gap`` (with its ``Condition``, ``Terms`` and ``Comparison``), ``GapReport`` with a
``DomainLevel`` for each domain. Finding: ``find_gaps``; ``survey`` over ``Observed`` also says
what could not be seen. Over runs: ``GapRegistry`` keeps each as a ``TrackedGap``, ``Change`` says
whether one has closed, ``past_proposals`` what has helped before.
"""

from evo.gaps.closing import Change, change_between, paired_change
from evo.gaps.condition import Condition
from evo.gaps.gap import Gap, Kind
from evo.gaps.observed import Observed
from evo.gaps.past import past_proposals
from evo.gaps.registry import GapRegistry, TrackedGap
from evo.gaps.report import DomainLevel, GapReport
from evo.gaps.survey import find_gaps, survey
from evo.gaps.terms import Comparison, Terms

__all__ = [
    "Change",
    "Comparison",
    "Condition",
    "DomainLevel",
    "Gap",
    "GapRegistry",
    "GapReport",
    "Kind",
    "Observed",
    "Terms",
    "TrackedGap",
    "change_between",
    "find_gaps",
    "paired_change",
    "past_proposals",
    "survey",
]
