"""What is said about data and scorers before a call is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitness.probes import (
    Anchor,
    Finding,
    inspect_scorers,
    inspect_targets,
    load_anchors,
    parse_anchors,
)
from fitness.scorers import is_judge
from genomes.errors import DataError

if TYPE_CHECKING:
    from evo.config import Config
    from evo.task import Task


def check_scorers(config: Config, task: Task) -> tuple[Finding, ...]:
    """What may be wrong with the task's scorers and targets; no model is asked.

    Returns:
        The warnings.

    Raises:
        DataError: A scorer fails, rewards junk or contradicts an anchor, and the config does
            not say ``junk: warn``; or the anchors cannot be read.
        ConfigError: A scorer does not exist.
    """
    # A judge asks a model: its anchors are its labels, looked at when it is hired.
    free = [suite for suite in task.suites if not is_judge(suite.scorer)]
    judged = {one.id for suite in task.suites if is_judge(suite.scorer) for one in suite}
    judged -= {one.id for suite in free for one in suite}
    anchors = [one for one in anchors_of(config) if one.example not in judged] if free else ()
    found = (*inspect_scorers(free, anchors), *inspect_targets(task.suites))
    errors = [finding for finding in found if finding.level == "error"]
    if errors and config.junk == "refuse":
        first, rest = errors[0], len(errors) - 1
        what = first.what + (f" (and {rest} more)" if rest else "")
        raise DataError(what, where=first.where, remedy=first.remedy)
    return found


def anchors_of(config: Config) -> tuple[Anchor, ...]:
    """The outputs with a known verdict that the config gives.

    Raises:
        DataError: They cannot be read.
    """
    given = config.anchors
    if given is None:
        return ()
    return parse_anchors(given) if isinstance(given, list) else load_anchors(given)
