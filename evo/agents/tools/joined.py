"""Tools from several sources as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from evo.agents.tools.observed import Observed
from evo.agents.tools.session import Session, ToolSource
from evo.agents.tools.spec import ToolSpec


class JoinedTools:
    """Several sources; of two tools with one name the first counts. Implements ``ToolSource``.

    Args:
        sources: At least one.
    """

    def __init__(self, sources: Sequence[ToolSource]) -> None:
        self._sources = tuple(sources)

    @property
    def fixed(self) -> bool:
        """Whether the tools are the same for all inputs."""
        return all(source.fixed for source in self._sources)

    def open(self, inputs: Mapping[str, str]) -> JoinedSession:
        """The tools for one example; those of all sources or of none.

        Raises:
            ConfigError: A source gives no tools.
            ModelError: They cannot be made.
        """
        with ExitStack() as opened:
            sessions: list[Session] = []
            for source in self._sources:
                sessions.append(source.open(inputs))
                opened.callback(sessions[-1].close)
            return JoinedSession(sessions, opened.pop_all())


class JoinedSession:
    """The tools of one example; see ``Session``."""

    def __init__(self, sessions: Sequence[Session], opened: ExitStack) -> None:
        self._sessions = tuple(sessions)
        self._opened = opened
        self._places: dict[str, Session] = {}
        specs: dict[str, ToolSpec] = {}
        for session in sessions:
            for spec in session.specs:
                specs.setdefault(spec.name, spec)
                self._places.setdefault(spec.name, session)
        self.specs = tuple(specs.values())

    @property
    def has_end(self) -> bool:
        """Whether one of them tells an end."""
        return any(session.has_end for session in self._sessions)

    def call(self, name: str, args: Mapping[str, object], seconds: float) -> Observed:
        """Calls the tool where it is."""
        if name not in self._places:
            return Observed.failed(f"there is no tool {name!r}", "unknown tool")
        return self._places[name].call(name, args, seconds)

    def end(self, answer: str, seconds: float) -> str:
        """What the first of them says that tells an end; else the answer."""
        telling = next((one for one in self._sessions if one.has_end), None)
        return answer if telling is None else telling.end(answer, seconds)

    def close(self) -> None:
        """Closes all."""
        self._opened.close()
