"""Statistics for paired comparisons: pure functions over arrays.

Discordant pairs: ``sign_test``, ``mcnemar``, ``SignWalk``, ``sequential_boundary``. Means:
``log_wealth``, ``peak_log_wealth``, ``anytime_p``, ``rejects``, ``log_wealth_finite`` (a finite
suite), ``cluster_means``; where differences are symmetric ``sign_flip``, ``FlipWalk``.
Non-inferiority: ``score_statistic``, ``score_test``. Intervals: ``wilson``, ``tango``,
``repeated_interval`` (with the sequential sign test), ``mean_interval``, ``confidence_bounds``,
``confidence_bounds_finite``, ``confidence_sequence``; ``standard_error``. Error budgets:
``next_share``, ``harmonic_share``, ``attempts_left``, ``Spent``, ``quadratic_spending``. Planning:
``sign_power``, ``betting_power``, ``noninferiority_power``, ``minimum_detectable``,
``sample_size``, ``mean_sample_size``. Several tests: ``holm``, ``benjamini_hochberg``. Selected
candidates: ``normal_prior``, ``shrink``. Raters: ``cohen_kappa``.
"""

from fitness.stats.agreement import Agreement, cohen_kappa
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
from fitness.stats.finite import confidence_bounds_finite, log_wealth_finite
from fitness.stats.intervals import (
    Interval,
    mean_interval,
    score_interval,
    standard_error,
    tango,
    wilson,
)
from fitness.stats.multiple import benjamini_hochberg, holm
from fitness.stats.noninferiority import score_statistic, score_test
from fitness.stats.power import (
    Power,
    betting_power,
    minimum_detectable,
    noninferiority_power,
    sign_power,
)
from fitness.stats.repeated import repeated_interval
from fitness.stats.sample_size import mean_sample_size, sample_size
from fitness.stats.sequence import ConfidenceSequence, confidence_sequence, rejects
from fitness.stats.shrinkage import NormalPrior, normal_prior, shrink
from fitness.stats.sign_flip import FlipWalk, sign_flip
from fitness.stats.sign_test import mcnemar, sign_test
from fitness.stats.sign_walk import SignWalk, sequential_boundary
from fitness.stats.spending import (
    Shares,
    Spent,
    attempts_left,
    harmonic_share,
    next_share,
    quadratic_spending,
)

__all__ = [
    "GRID",
    "Agreement",
    "ConfidenceSequence",
    "FlipWalk",
    "Interval",
    "NormalPrior",
    "Power",
    "Shares",
    "SignWalk",
    "Spent",
    "anytime_p",
    "attempts_left",
    "benjamini_hochberg",
    "bet_fractions",
    "betting_power",
    "cluster_means",
    "cohen_kappa",
    "confidence_bounds",
    "confidence_bounds_finite",
    "confidence_sequence",
    "harmonic_share",
    "holm",
    "log_growth",
    "log_mean_exp",
    "log_wealth",
    "log_wealth_finite",
    "mcnemar",
    "mean_interval",
    "mean_sample_size",
    "minimum_detectable",
    "next_share",
    "noninferiority_power",
    "normal_prior",
    "peak_log_wealth",
    "quadratic_spending",
    "rejects",
    "repeated_interval",
    "sample_size",
    "score_interval",
    "score_statistic",
    "score_test",
    "sequential_boundary",
    "shrink",
    "sign_flip",
    "sign_power",
    "sign_test",
    "standard_error",
    "tango",
    "wilson",
]
