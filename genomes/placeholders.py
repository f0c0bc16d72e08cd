"""``{{ name }}`` placeholders: the one template syntax of evogate.

Filling is a single pass, so that text which comes from data and happens to hold
``{{ ... }}`` is never expanded a second time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from genomes.errors import GenomeError

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


def placeholders(template: str) -> frozenset[str]:
    """Names of the placeholders in ``template``."""
    return frozenset(PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replaces every placeholder by its value.

    Raises:
        GenomeError: A placeholder has no value.
    """

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise GenomeError(
                f"no value for placeholder {{{{ {name} }}}}",
                remedy=f"give one of: {', '.join(sorted(values)) or 'no inputs known'}",
            )
        return str(values[name])

    return PLACEHOLDER.sub(value_of, template)


def fill_known(template: str, values: Mapping[str, str]) -> str:
    """Replaces the placeholders named in ``values`` and leaves all others as they stand."""
    return PLACEHOLDER.sub(lambda m: values.get(m.group(1), m.group(0)), template)
