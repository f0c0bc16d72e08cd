"""Tasks on which nearly everything passes or fails: little can be gained, or shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fitness.outcome import Outcome
from fitness.probes.finding import Finding
from fitness.suites import Suite

CEILING = 0.95
FLOOR = 0.05
"""Mean scores beyond which a task is called at its ceiling or floor."""

MAJORITY = 0.9
"""Share of one target above which a constant answer does nearly as well as any."""

_FEWEST = 10


def inspect_targets(suites: Sequence[Suite]) -> tuple[Finding, ...]:
    """Names the suites whose most common target is nearly every target."""
    return tuple(found for suite in suites for found in _majority(suite))


def _majority(suite: Suite) -> tuple[Finding, ...]:
    counts = Counter(example.target.strip().casefold() for example in suite)
    if len(suite) < _FEWEST:
        return ()
    target, count = counts.most_common(1)[0]
    if count < MAJORITY * len(suite):
        return ()
    return (
        Finding(
            "warning",
            f"the task is near its ceiling: {count} of {len(suite)} targets are {target!r:.40}, "
            "so that answer alone passes nearly everything",
            f"suite {suite.name}",
            "add examples with other answers; a prompt that ignores its input would look good",
        ),
    )


def inspect_outcomes(outcomes: Sequence[Outcome], suite: Suite) -> Finding | None:
    """Whether the genome in force passes or fails nearly everything; ``None`` if neither.

    Args:
        outcomes: Its outcomes on search examples.
        suite: Where they come from.
    """
    scores = [o.score for o in outcomes if o.score is not None]
    if len(scores) < _FEWEST:
        return None
    mean = sum(scores) / len(scores)
    if FLOOR < mean < CEILING:
        return None
    if mean >= CEILING:
        what = f"nearly everything passes: the genome in force scores {mean:.3f}"
        rest = f"at most {1 - mean:.3f} can be gained; harder examples would show more"
    else:
        what = f"nearly everything fails: the genome in force scores {mean:.3f}"
        rest = "look at some answers: is the model able to do this, and does the scorer see it?"
    return Finding("warning", f"{what} on {len(scores)} examples", f"suite {suite.name}", rest)
