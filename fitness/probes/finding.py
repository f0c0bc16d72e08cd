"""One thing that is wrong, or may be, with a suite or its scorer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What was found.

    Attributes:
        level: ``error`` if nothing measured with this scorer could be trusted; ``warning`` if the
            user should look.
        what: One sentence, with the value at fault.
        where: Suite and example.
        remedy: What the user can do.
    """

    level: Literal["error", "warning"]
    what: str
    where: str
    remedy: str

    def line(self) -> str:
        """All of it in one line."""
        return f"{self.what} | at {self.where} | {self.remedy}"
