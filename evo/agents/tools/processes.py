"""Tools in processes of their own: one for each example, killed when a tool hangs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from evo.agents.tools.observed import LONGEST, Observed
from evo.agents.tools.spec import ToolSpec
from evo.agents.tools.threads import late
from genomes.errors import ConfigError, ModelError

_START_SECONDS = 120.0
"""For importing the user's module, and for making the tools of one example."""

_CODE = "from evo.agents.tools.worker import main; main()"


class ProcessTools:
    """Makes tools in processes. Implements ``ToolSource``.

    One process imports the module once; for each example it forks a child, so that every example
    meets the module as it was after its import, and a child is killed with all that it started
    when a tool takes too long or the example is over. What tools print is thrown away. POSIX only.

    Args:
        target: ``module:name`` of what ``make_toolbox`` takes.
        longest: Characters after which an observation is cut.
    """

    def __init__(self, target: str, *, longest: int = LONGEST) -> None:
        self._target = target
        self._longest = longest
        self._lock = threading.Lock()
        self._started: _Parent | None = None

    @property
    def fixed(self) -> bool:
        """Whether the tools are the same for all inputs."""
        with self._lock:
            return self._parent().fixed

    def open(self, inputs: Mapping[str, str]) -> ProcessSession:
        """The tools for one example.

        Raises:
            ConfigError: The module cannot be imported, or what was named gives no tools.
            ModelError: Making them failed.
        """
        return ProcessSession(self, inputs)

    def connect(self) -> socket.socket:
        """A socket to a new child.

        Raises:
            ConfigError: The module cannot be imported.
        """
        with self._lock:
            try:
                return self._parent().child()
            except OSError:  # it was killed: once more, with a new one
                self._started = None
                return self._parent().child()

    def _parent(self) -> _Parent:
        if self._started is None:
            self._started = _Parent(self._target, self._longest)
        return self._started


class ProcessSession:
    """The tools of one example in a process; see ``Session``."""

    def __init__(self, source: ProcessTools, inputs: Mapping[str, str]) -> None:
        self._source = source
        self._inputs = dict(inputs)
        self._child: _Child | None = None
        self._open()

    def _open(self) -> None:
        self._child = _Child(self._source.connect())
        try:
            told = self._child.ask({"inputs": self._inputs}, _START_SECONDS)
        except (TimeoutError, EOFError) as error:
            self.close()
            raise ModelError(
                "making the tools took too long" if isinstance(error, TimeoutError)
                else "making the tools ended their process",
                where="agent.tools",
            ) from error  # fmt: skip
        if "failed" in told:
            self.close()
            raise ModelError(f"the tools cannot be made: {told['failed']}", where="agent.tools")
        self.specs = tuple(ToolSpec(**spec) for spec in told["specs"])
        self.has_end = bool(told["has_end"])

    def call(self, name: str, args: Mapping[str, object], seconds: float) -> Observed:
        """Calls a tool; its process is killed if it takes longer than ``seconds``."""
        try:
            told = self._asked({"name": name, "args": dict(args)}, seconds)
        except TimeoutError:
            self._anew()
            return late(name, seconds, "killed")
        except EOFError:
            self._anew()
            return Observed.failed(
                f"{name} ended the process of the tools; they were made anew, so what earlier "
                "calls changed in them is lost",
                "tool died",
            )
        if "failed" in told:
            return Observed.failed(str(told["failed"]), "tool raised")
        return Observed(**{**told, "problems": tuple(told["problems"])})

    def end(self, answer: str, seconds: float) -> str:
        """What is scored."""
        try:
            told = self._asked({"end": answer}, seconds)
        except (TimeoutError, EOFError) as error:
            self.close()
            raise ModelError(f"the end of the tools failed: {type(error).__name__}") from error
        if "failed" in told:
            raise ModelError(f"the end of the tools raised {told['failed']}")
        return str(told["end"])

    def close(self) -> None:
        """Kills the process and all that it started."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _asked(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        if self._child is None:
            raise EOFError
        return self._child.ask(request, seconds)

    def _anew(self) -> None:
        self.close()
        self._open()


class _Parent:
    """The process that forks."""

    def __init__(self, target: str, longest: int) -> None:
        self._control, theirs = socket.socketpair()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CODE, str(theirs.fileno()), target, str(longest)],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        weakref.finalize(self, _stop, self._control, self._process)
        self.fixed = bool(self._greeting(target)["fixed"])

    def child(self) -> socket.socket:
        """A socket to a new child.

        Raises:
            OSError: The process is gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"+"], [theirs.fileno()])
        return ours

    def _greeting(self, target: str) -> dict[str, Any]:
        try:
            told = _Reader(self._control).read(_START_SECONDS)
        except (TimeoutError, EOFError) as error:
            told = {"failed": f"its import {type(error).__name__}"}
        if "failed" in told:
            raise ConfigError(
                f"the tools {target!r} cannot be loaded: {told['failed']}", where="agent.tools"
            )
        return told


class _Child:
    """One forked process and the socket to it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = _Reader(connection)
        self._pid: int | None = None
        self._alive = True

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Raises: TimeoutError or EOFError; the child is of no use any more."""
        try:
            if self._pid is None:
                self._pid = int(self._reader.read(_START_SECONDS)["pid"])
            message = json.dumps({**request, "seconds": seconds}, default=str)
            self._connection.settimeout(seconds)
            self._connection.sendall(message.encode("utf-8", "replace") + b"\n")
            return self._reader.read(seconds)
        except (EOFError, BrokenPipeError, ConnectionError) as error:
            self._alive = False
            raise EOFError from error

    def kill(self) -> None:
        """Ends it; a child that has ended by itself is left alone, its number may be another's."""
        if self._pid is not None and self._alive:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
        self._connection.close()


class _Reader:
    """Reads JSON lines from a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""

    def read(self, seconds: float) -> dict[str, Any]:
        """Raises: TimeoutError, EOFError."""
        import time

        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            piece = self._connection.recv(1 << 16)
            if not piece:
                raise EOFError
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return dict(json.loads(line))


def _stop(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    control.close()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
