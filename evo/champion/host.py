"""What a user's application imports: the champion in force, kept fresh."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from evo.champion.version import Version
from genomes.errors import ConfigError, EvogateError, IntegrityError
from genomes.genome import Genome
from genomes.render import render
from genomes.rendered import Rendered

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class _Loaded:
    version: str
    genome: Genome
    checked: float
    problem: str | None = None


class Champion:
    """The champion of one agent; made by ``load_champion``. Thread-safe.

    A new version takes effect without a restart: ``HEAD`` is read again once the last look is
    older than ``ttl`` seconds. If that fails, the version last seen stays in force and
    ``problem`` says why.

    Args:
        name: The agent.
        folder: Its folder below ``champions/``.
        ttl: Seconds between looks at ``HEAD``; 0 looks each time.
        fallback: Genome to use while no champion can be read.
        clock: Monotonic clock in seconds.

    Raises:
        EvogateError: No champion can be read and there is no fallback.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        ttl: float = 5.0,
        fallback: Genome | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._folder = folder
        self._ttl = ttl
        self._clock = clock
        self._render = lru_cache(maxsize=64)(render)
        self._loaded = self._first(fallback)

    @property
    def version(self) -> str:
        """Id of the version in force; ``fallback-<genome id>`` while the fallback is used."""
        return self._fresh().version

    @property
    def genome(self) -> Genome:
        """The genome in force."""
        return self._fresh().genome

    @property
    def uri(self) -> str:
        """Name and version for logs, e.g. ``evogate:film@1f2e3d4c5b6a``."""
        version = self.version
        head, _, genome_id = version.partition("-")
        return f"evogate:{self.name}@" + (f"{head}-{genome_id[:12]}" if genome_id else head[:12])

    @property
    def problem(self) -> str | None:
        """Why the last look at the champion failed; ``None`` if it did not."""
        return self._fresh().problem

    def messages(self, domain: str | None = None, /, **inputs: str) -> list[dict[str, str]]:
        """Chat messages for one set of inputs.

        Args:
            domain: May be left out if the genome has only one.
            **inputs: The inputs of the domain's contract.

        Raises:
            GenomeError: Unknown domain, or an input is missing.
        """
        return self.rendered(domain).messages(inputs)

    def rendered(self, domain: str | None = None, /) -> Rendered:
        """Messages, sampling settings and reading rule of a domain.

        Raises:
            ConfigError: Unknown domain, or none named where there are several.
        """
        genome = self._fresh().genome
        if domain is None:
            if len(genome.domains) > 1:
                names = ", ".join(one.name for one in genome.domains)
                raise ConfigError("which domain?", remedy=f"name one of: {names}")
            domain = genome.domains[0].name
        return self._render(genome, domain)

    def _fresh(self) -> _Loaded:
        # Replaced as a whole, so that a thread sees one version with its own genome.
        loaded = self._loaded
        if self._clock() - loaded.checked >= self._ttl:
            loaded = self._loaded = self._look_again(loaded)
        return loaded

    def _look_again(self, last: _Loaded) -> _Loaded:
        try:
            if _head(self._folder) == last.version:
                return _Loaded(last.version, last.genome, self._clock())
            return self._read()
        except EvogateError as error:
            if last.problem is None:
                _log.warning("champion %s stays at %s: %s", self.name, last.version[:12], error)
            return _Loaded(last.version, last.genome, self._clock(), str(error))

    def _first(self, fallback: Genome | None) -> _Loaded:
        try:
            return self._read()
        except EvogateError as error:
            if fallback is None:
                raise
            _log.warning("champion %s is replaced by the fallback: %s", self.name, error)
            return _Loaded(f"fallback-{fallback.id}", fallback, self._clock(), str(error))

    def _read(self) -> _Loaded:
        version_id = _head(self._folder)
        version = Version.load(self._folder / "versions" / f"{version_id}.json")
        return _Loaded(version.id, version.genome, self._clock())


def load_champion(
    name: str,
    root: Path | str = "champions",
    *,
    ttl: float = 5.0,
    fallback: Genome | None = None,
) -> Champion:
    """The champion in force of an agent, for the application that uses it.

    Reads two small files; needs no store, model or network.

    Args:
        name: The agent.
        root: The workspace's folder of champions.
        ttl: Seconds between looks for a newer version; 0 looks each time.
        fallback: Genome to use while no champion can be read.

    Raises:
        ConfigError: There is no such agent and no fallback.
        IntegrityError: The version was changed after it was written, and no fallback.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no agent's name", remedy="letters, digits, dot, dash and underscore"
        )
    return Champion(name, Path(root) / name, ttl=ttl, fallback=fallback)


def _head(folder: Path) -> str:
    path = folder / "HEAD"
    try:
        text = path.read_text().strip()
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no champion {folder.name!r}", where=str(path), remedy=_known(folder.parent)
        ) from error
    except (OSError, ValueError) as error:
        raise IntegrityError(f"HEAD cannot be read: {error}", where=str(path)) from error
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise IntegrityError(f"HEAD names no version: {text[:80]!r}", where=str(path))
    return text


def _known(root: Path) -> str:
    names = sorted(path.parent.name for path in root.glob("*/HEAD"))
    return f"known: {', '.join(names)}" if names else "a run makes one"
