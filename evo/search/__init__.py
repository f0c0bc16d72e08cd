"""Search: what to measure next, and what to keep.

``Search`` asks and is told; ``Driver`` stands between it and the evaluator; ``Archive`` keeps;
``SearchConfig`` holds the settings. ``best_of_n`` is the sober baseline.
"""

from evo.search.archive import Archive
from evo.search.config import SearchConfig
from evo.search.entry import Entry
from evo.search.scheduler import Search
from evo.search.trial import Measured, Trial

__all__ = ["Archive", "Entry", "Measured", "Search", "SearchConfig", "Trial"]
