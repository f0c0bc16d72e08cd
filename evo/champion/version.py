"""One version of a champion: a genome with the decision that let it in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evo.champion.migrations import migrated
from genomes.errors import IntegrityError, StoreError
from genomes.genome import Genome

Kind = Literal["seed", "promoted", "extended", "reverted"]

_FORMS = {"extended": 2, "reverted": 3}
"""Oldest stored form that holds a version of the kind; 1 for all others."""


class Version(BaseModel):
    """What ``versions/<id>.json`` holds.

    Attributes:
        id: SHA-256 of the file's bytes (``sha256sum`` shows it); not part of the content.
        schema_version: Version of the form in which it was stored; see ``migrations``.
        number: 1 for the seed, then counted up; never used twice.
        kind: ``seed`` for the first version, ``promoted`` by a decision, ``extended`` by new
            domains only, ``reverted`` if an earlier change was taken out alone.
        genome: The genome.
        decision: The gate decision with all evidence; ``None`` if none was needed.
        provenance: Where it comes from: gap, proposal, run.
        parent: Id of the version that it replaced; ``None`` for the seed.
        created: UTC time, ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(exclude=True)
    schema_version: int = 1
    number: int = Field(ge=1)
    kind: Kind
    genome: Genome
    decision: dict[str, Any] | None = None
    provenance: dict[str, Any] = Field(default_factory=dict)
    parent: str | None = None
    created: str

    @classmethod
    def create(cls, **content: Any) -> Self:
        """A new version; its id follows from its content."""
        form = _FORMS.get(content.get("kind", ""), 1)
        draft = cls(id="", **{"schema_version": form, **content})
        return draft.model_copy(update={"id": digest(draft.stored())})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a version file and checks that it is what its name says.

        Raises:
            IntegrityError: The file is missing, or any byte of it was changed.
            StoreError: It was written by a newer evogate.
        """
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise IntegrityError(
                f"champion version {path.stem[:12]} cannot be read: {error.strerror}",
                where=str(path),
                remedy="restore the file from a copy, or roll back to another version",
            ) from error
        if digest(raw) != path.stem:
            raise IntegrityError(
                f"champion version {path.stem[:12]} was changed after it was written",
                where=str(path),
                remedy="restore the file from a copy, or roll back to another version",
            )
        return cls._parsed(raw, path)

    @classmethod
    def _parsed(cls, raw: bytes, path: Path) -> Self:
        try:
            content = migrated(json.loads(raw))
            return cls.model_validate({**content, "id": path.stem})
        except StoreError as error:
            what = f"champion version {path.stem[:12]} cannot be read: {error.what}"
            raise StoreError(what, where=str(path), remedy=error.remedy) from error
        except (ValueError, TypeError, AttributeError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise IntegrityError(
                f"champion version {path.stem[:12]} holds no version: {problem}", where=str(path)
            ) from error

    def stored(self) -> bytes:
        """The bytes of the file."""
        content = self.model_dump(mode="json")
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return f"{text}\n".encode()


def digest(raw: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()
