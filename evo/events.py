"""What a run tells its listeners while it works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

EventKind = Literal["launch", "progress", "generation", "candidate", "gate", "warning", "done"]


@dataclass(frozen=True)
class Event:
    """One step of a run; observers cannot change the run.

    All but ``launch`` carry ``calls``, the calls spent so far; ``launch`` carries ``run``, ``name``
    and ``budget``; ``generation`` its number under that key; ``gate`` the ``verdict`` and the
    ``reason``; ``done`` the ``status`` and the summary.

    Attributes:
        kind: ``launch`` first and ``done`` last, always; between them ``generation`` (one ask
            and tell of the search), ``candidate`` (a frozen genome goes to the gate), ``gate``
            (a decision), ``warning`` (``what`` the user should look at). ``progress`` comes
            after each response bought and is not stored.
        data: JSON content of the event.
    """

    kind: EventKind
    data: Mapping[str, Any] = field(default_factory=dict)
