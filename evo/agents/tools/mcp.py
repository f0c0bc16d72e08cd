"""Tools of servers that speak the Model Context Protocol (MCP), over standard input and output."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Any

from evo.agents.tools.observed import LONGEST, Observed, observe
from evo.agents.tools.spec import ToolSpec
from evo.agents.tools.threads import late
from genomes.errors import ConfigError, ModelError

_START_SECONDS = 120.0


class McpTools:
    """Starts a server for each example, so that none meets what another did. Needs the extra
    ``mcp``. Implements ``ToolSource``.

    Args:
        command: Program and arguments; no shell.
        env: Names of environment variables that the server may see besides the usual ones.
        cwd: Folder that it runs in.
        longest: Characters after which an observation is cut.

    Raises:
        ConfigError: The package ``mcp`` is not installed, or a variable is not set.
    """

    fixed = True

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Sequence[str] = (),
        cwd: str | Path = ".",
        longest: int = LONGEST,
    ) -> None:
        _import_mcp()
        missing = [name for name in env if name not in os.environ]
        if missing:
            raise ConfigError(
                f"the environment variable {missing[0]} is not set",
                where="agent.mcp",
                remedy=f"export {missing[0]}=... and run it again",
            )
        self._command = tuple(command)
        self._env = {name: os.environ[name] for name in env}
        self._cwd = Path(cwd)
        self._longest = longest

    def open(self, inputs: Mapping[str, str]) -> McpSession:  # noqa: ARG002 (one signature)
        """A server and its tools.

        Raises:
            ModelError: It cannot be started, or says nothing within two minutes.
        """
        return McpSession(self._command, self._env, self._cwd, self._longest)


class McpSession:
    """One server; see ``Session``."""

    has_end = False

    def __init__(
        self, command: tuple[str, ...], env: Mapping[str, str], cwd: Path, longest: int
    ) -> None:
        self._settings = (command, env, cwd)
        self._longest = longest
        self._server: _Server | None = None
        self.specs = tuple(map(_spec, self._started().tools))

    def call(self, name: str, args: Mapping[str, object], seconds: float) -> Observed:
        """Calls a tool; the server is ended if it takes longer than ``seconds``."""
        try:
            given = self._started().call(name, dict(args), seconds)
        except FutureTimeoutError:
            self.close()
            return late(name, seconds, "killed")
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 (the server may have ended in any way)
            return self._failed(name, error)
        text, binary = _content(given)
        seen = observe(lambda: text, self._longest)
        problems = (*seen.problems, *(("binary",) if binary else ()))
        failed = bool(getattr(given, "is_error", getattr(given, "isError", False)))
        return Observed(seen.text, seen.text if failed else None, seen.value, problems)

    def end(self, answer: str, seconds: float) -> str:  # noqa: ARG002 (one signature)
        """The answer itself."""
        return answer

    def close(self) -> None:
        """Ends the server; a later call starts another."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _failed(self, name: str, error: Exception) -> Observed:
        if self._started().alive:
            return Observed.failed(f"{name}: {type(error).__name__}: {error}", "tool raised")
        self.close()
        return Observed.failed(f"{name}: the server ended; it was started anew", "tool died")

    def _started(self) -> _Server:
        if self._server is None:
            self._server = _Server(*self._settings)
        return self._server


class _Server:
    """A server process, with an event loop in a thread of its own."""

    def __init__(self, command: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready: Future[Sequence[Any]] = Future()
        self._session: Any = None
        self._thread = threading.Thread(target=self._run, args=(command, env, cwd), daemon=True)
        self._thread.start()
        try:
            self.tools = self._ready.result(_START_SECONDS)
        except Exception as error:
            self.close()
            raise ModelError(
                f"the MCP server cannot be used: {type(error).__name__}: {error}",
                where=command[0],
                remedy="check agent.mcp; start the command by hand",
            ) from error

    @property
    def alive(self) -> bool:
        """Whether the connection still stands."""
        return self._thread.is_alive() and self._probe()

    def call(self, name: str, args: dict[str, Any], seconds: float) -> Any:
        """Raises: FutureTimeoutError, or whatever the client raises."""
        return self._submit(self._session.call_tool(name, args), seconds)

    def close(self) -> None:
        """Ends server and thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)

    def _probe(self) -> bool:
        try:
            self._submit(self._session.list_tools(), 5)
        except Exception:  # noqa: BLE001 (any failure means the same)
            return False
        return True

    def _submit(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        asked = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return asked.result(seconds)
        except FutureTimeoutError:
            asked.cancel()
            raise

    def _run(self, command: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> None:
        try:
            self._loop.run_until_complete(self._live(command, env, cwd))
        except BaseException as error:  # noqa: BLE001 (told to whoever waits)
            if not self._ready.done():
                self._ready.set_exception(error)
        finally:
            self._loop.close()

    async def _live(self, command: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> None:
        """Opens and closes the connection in one task, as the client demands."""
        mcp = _import_mcp()
        from mcp.client.stdio import stdio_client

        server = mcp.StdioServerParameters(
            command=command[0], args=list(command[1:]), env=dict(env), cwd=str(cwd)
        )
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            async with (
                stdio_client(server, errlog=nowhere) as (read, write),
                mcp.ClientSession(read, write) as session,
            ):
                await session.initialize()
                self._session = session
                self._ready.set_result((await session.list_tools()).tools)
                await self._stop.wait()


def _spec(one: Any) -> ToolSpec:
    schema = getattr(one, "input_schema", None) or getattr(one, "inputSchema", None)
    return ToolSpec(one.name, one.description or "", dict(schema or {"type": "object"}))


def _content(given: Any) -> tuple[str, bool]:
    """The texts of a result, and whether there was anything else."""
    texts = [one.text for one in given.content if getattr(one, "text", None) is not None]
    others = [str(one.type) for one in given.content if getattr(one, "text", None) is None]
    return "\n".join([*texts, *(f"({kind}, not shown)" for kind in others)]), bool(others)


def _import_mcp() -> Any:
    try:
        import mcp
    except ImportError as error:
        raise ConfigError(
            "tools over MCP need the package mcp",
            where="agent.mcp",
            remedy="pip install 'evogate[mcp]'",
        ) from error
    return mcp
