"""Statistics for paired comparisons: pure functions over arrays.

Discordant pairs: ``sign_test``, ``mcnemar``, ``SignWalk``, ``sequential_boundary``. Means:
``log_wealth``, ``anytime_p``, ``confidence_bounds``, ``cluster_means``. Non-inferiority:
``score_statistic``, ``score_test``. Intervals: ``wilson``, ``tango``, ``mean_interval``. Error
budgets: ``next_share``, ``attempts_left``, ``Spent``, ``quadratic_spending``. Planning:
``sign_power``, ``betting_power``, ``noninferiority_power``, ``minimum_detectable``. Several tests:
``holm``, ``benjamini_hochberg``.
"""

from fitness.stats.eprocess import (
    GRID,
    anytime_p,
    bet_fractions,
    cluster_means,
    confidence_bounds,
    log_growth,
    log_mean_exp,
    log_wealth,
    peak_log_wealth,
)
from fitness.stats.intervals import Interval, mean_interval, standard_error, tango, wilson
from fitness.stats.multiple import benjamini_hochberg, holm
from fitness.stats.noninferiority import score_statistic, score_test
from fitness.stats.power import (
    Power,
    betting_power,
    minimum_detectable,
    noninferiority_power,
    sign_power,
)
from fitness.stats.sign_test import mcnemar, sign_test
from fitness.stats.sign_walk import SignWalk, sequential_boundary
from fitness.stats.spending import Spent, attempts_left, next_share, quadratic_spending

__all__ = [
    "GRID",
    "Interval",
    "Power",
    "SignWalk",
    "Spent",
    "anytime_p",
    "attempts_left",
    "benjamini_hochberg",
    "bet_fractions",
    "betting_power",
    "cluster_means",
    "confidence_bounds",
    "holm",
    "log_growth",
    "log_mean_exp",
    "log_wealth",
    "mcnemar",
    "mean_interval",
    "minimum_detectable",
    "next_share",
    "noninferiority_power",
    "peak_log_wealth",
    "quadratic_spending",
    "score_statistic",
    "score_test",
    "sequential_boundary",
    "sign_power",
    "sign_test",
    "standard_error",
    "tango",
    "wilson",
]
