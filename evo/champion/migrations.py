"""Champion files of older releases, read as if they had been written today (R26).

A version's id is the hash of its file, so a file is never rewritten: it is brought to the present
form each time it is read. To change the form: raise ``SCHEMA_VERSION``, add the step from the
form before to ``STEPS``, and put a folder as the new code writes it beside the other fixtures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from genomes.errors import StoreError
from genomes.genome import SCHEMA_VERSION as GENOME_SCHEMA

SCHEMA_VERSION = 3
"""Newest stored form. A version is written in the oldest form that holds it, so that older
releases go on reading what they can: only the kind ``extended`` needs 2, ``reverted`` 3."""

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _same(content: dict[str, Any]) -> dict[str, Any]:
    """A form that only allows more than the one before."""
    return content


STEPS: Mapping[int, Step] = {1: _same, 2: _same}
"""Form to what makes the next form of it."""


def migrated(
    content: Mapping[str, Any],
    *,
    steps: Mapping[int, Step] = STEPS,
    newest: int = SCHEMA_VERSION,
) -> dict[str, Any]:
    """The content of a version file in the present form; ``schema_version`` stays what it was.

    Args:
        content: Decoded content of the file.
        steps: Form to what makes the next form of it.
        newest: The present form.

    Raises:
        StoreError: The file, or the genome in it, is of a newer form than this release knows.
        ValueError: It does not say of which form it is, or of none that ever was.
    """
    written = _form(content, "schema_version", newest)
    genome = content.get("genome")
    if isinstance(genome, Mapping) and "schema_version" in genome:
        _form(genome, "genome.schema_version", GENOME_SCHEMA)
    moved = dict(content)
    for form in range(written, newest):
        if form not in steps:
            raise ValueError(f"schema_version {written} was never a form of this file")
        moved = steps[form](moved)
    return {**moved, "schema_version": written}


def _form(content: Mapping[str, Any], what: str, newest: int) -> int:
    found = content.get("schema_version")
    if type(found) is not int:
        raise ValueError(f"{what} is {found!r}")
    if found > newest:
        raise StoreError(
            f"it has {what} {found}, this evogate reads up to {newest}", remedy="upgrade evogate"
        )
    return found
