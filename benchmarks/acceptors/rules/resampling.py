"""Bootstrap and permutation, fast enough to be repeated thousands of times."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.acceptors.pairs import FloatArray

DRAWS = 1000
_FEW = 8


def bootstrap_means(values: FloatArray, rng: np.random.Generator) -> FloatArray:
    """(1000,) means of resamples of ``values`` (Efron 1979).

    Few distinct values are resampled by their counts: the same law, less work.
    """
    distinct, counts = np.unique(values, return_counts=True)
    n = len(values)
    if len(distinct) <= _FEW:
        return np.asarray(rng.multinomial(n, counts / n, size=DRAWS) @ distinct / n)
    return np.asarray(values[rng.integers(0, n, (DRAWS, n))].mean(axis=1))


def pooled_permutation_p(first: FloatArray, second: FloatArray) -> float:
    """Two-sided p-value of the difference of means when all 2n scores are dealt out anew.

    Exact (hypergeometric) for pass/fail scores, else by the normal limit with the exact
    permutation variance.
    """
    n = len(first)
    observed = abs(float(second.sum() - first.sum()))
    pooled = np.concatenate([first, second])
    if np.all((pooled == 0.0) | (pooled == 1.0)):
        return _dealt_passes(n, round(float(pooled.sum())), observed)
    spread = math.sqrt(2.0 * n * float(pooled.var(ddof=1)))
    return math.erfc(observed / spread / math.sqrt(2.0)) if spread > 0.0 else 1.0


def _dealt_passes(n: int, passes: int, observed: float) -> float:
    from scipy.special import gammaln

    dealt = np.arange(max(0, passes - n), min(n, passes) + 1)

    def log_choose(top: int, take: FloatArray) -> FloatArray:
        return np.asarray(gammaln(top + 1) - gammaln(take + 1) - gammaln(top - take + 1))

    log_pmf = (
        log_choose(n, dealt.astype(float))
        + log_choose(n, (passes - dealt).astype(float))
        - log_choose(2 * n, np.array([float(passes)]))
    )
    extreme = np.abs(2 * dealt - passes) >= observed - 1e-9
    return min(1.0, float(np.exp(log_pmf[extreme]).sum()))
