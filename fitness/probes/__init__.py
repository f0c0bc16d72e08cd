"""What can be known about suites and scorers before money is spent: no model is asked.

``inspect_scorers`` scores junk, right answers and the user's ``Anchor`` s; ``inspect_targets``
names tasks at their ceiling; ``inspect_outcomes`` does so once something was measured. Each gives
``Finding`` s. ``load_anchors`` reads a file, ``parse_anchors`` a list.
"""

from fitness.probes.anchor import Anchor, load_anchors, parse_anchors
from fitness.probes.difficulty import inspect_outcomes, inspect_targets
from fitness.probes.finding import Finding
from fitness.probes.junk import inspect_scorers

__all__ = [
    "Anchor",
    "Finding",
    "inspect_outcomes",
    "inspect_scorers",
    "inspect_targets",
    "load_anchors",
    "parse_anchors",
]
