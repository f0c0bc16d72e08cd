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
from genomes.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

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
    found = (*inspect_scorers(task.suites, _anchors(config.anchors)), *inspect_targets(task.suites))
    errors = [finding for finding in found if finding.level == "error"]
    if errors and config.junk == "refuse":
        first, rest = errors[0], len(errors) - 1
        what = first.what + (f" (and {rest} more)" if rest else "")
        raise DataError(what, where=first.where, remedy=first.remedy)
    return found


def _anchors(given: Path | list[dict[str, object]] | None) -> tuple[Anchor, ...]:
    if given is None:
        return ()
    return parse_anchors(given) if isinstance(given, list) else load_anchors(given)
