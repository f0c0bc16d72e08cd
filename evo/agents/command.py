"""The user's own agent as a command: one process a call, JSON in, JSON out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from evo.agents.reply import from_json, question, tail
from fitness.response import Response
from fitness.suites.example import Example
from genomes.errors import ModelError, TransientModelError
from genomes.hashing import content_hash
from genomes.rendered import Rendered

# What programs need to start and to read text; nothing of it is a secret.
_PASSED = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH"),
)
_WHO = "the agent's command"


class CommandAgent:
    """Starts a command for each call, without a shell.

    It reads one JSON object (``messages``, ``inputs``, ``sampling``) on standard input and
    writes one (``text`` and any other fields of ``Response``) on standard output. It sees of
    the environment only what every program needs and what is named. Implements
    ``fitness.protocols.Agent``; thread-safe.

    Args:
        command: Program and arguments.
        fingerprint: Changes whenever the command's answers could, e.g. a version or a commit.
        timeout: Seconds until the process and all that it started are killed.
        cwd: Folder that it runs in.
        env: Names of further environment variables that it may see, such as that of a key.
        stateless: Whether an answer depends on messages and inputs alone. Only then does an
            equal prompt prove equal behaviour; say so only if it is true.
        price: USD per (prompt, completion) token; ``None`` if unknown.

    Attributes:
        fingerprint: Hash of the command line and the version that the user gave.
        stateless: As declared.
        price: As given.

    Raises:
        ModelError: A named environment variable is not set.
    """

    def __init__(
        self,
        command: Sequence[str],
        fingerprint: str,
        *,
        timeout: float = 60.0,
        cwd: str | Path = ".",
        env: Sequence[str] = (),
        stateless: bool = False,
        price: tuple[float, float] | None = None,
    ) -> None:
        self._command = tuple(command)
        self._timeout = timeout
        self._cwd = Path(cwd)
        self._environment, self._secrets = _environment(env)
        self.stateless = stateless
        self.price = price
        self.fingerprint = content_hash(
            {"agent": "command", "command": self._command, "version": fingerprint}
        )

    def run(self, rendered: Rendered, example: Example) -> Response:
        """Runs the command once.

        Raises:
            TransientModelError: It ended with an exit code other than 0, was killed by a signal
                or took too long.
            ModelError: It cannot be started, or its output is not the JSON that was asked for.
        """
        body = json.dumps(question(rendered, example))
        start = time.perf_counter()
        code, out, err = self._finish(self._start(), body.encode())
        if code != 0:
            raise TransientModelError(
                f"{_WHO} ended with {_ending(code)}: {tail(err, self._secrets) or 'no message'}",
                where=self._command[0],
            )
        return from_json(out, time.perf_counter() - start, _WHO, self._secrets)

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._cwd,
                env=self._environment,
                # A group of its own, so that all it starts can be killed with it, and so that
                # Ctrl-C on evogate lets a call in flight finish.
                start_new_session=True,
            )
        except OSError as error:
            raise ModelError(
                f"cannot start {_WHO}: {error}",
                where=self._command[0],
                remedy="check agent.command; a program beside evo.yaml is written ./program",
            ) from error

    def _finish(self, process: subprocess.Popen[bytes], body: bytes) -> tuple[int, str, str]:
        try:
            out, err = process.communicate(body, timeout=self._timeout)
        except subprocess.TimeoutExpired as error:
            told = tail(_text(_kill(process)), self._secrets)
            raise TransientModelError(
                f"{_WHO} took longer than {self._timeout:g} s{f': {told}' if told else ''}",
                where=self._command[0],
                remedy="raise agent.timeout",
            ) from error
        except BaseException:
            _kill(process)
            raise
        # What the command started and left behind would pile up, one for each call.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, _text(out), _text(err)


def _environment(names: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The variables that the command sees, and the values that no message may show."""
    missing = [name for name in names if name not in os.environ]
    if missing:
        raise ModelError(
            f"the environment variable {missing[0]} is not set",
            where="agent.env",
            remedy=f"export {missing[0]}=... and run it again",
        )
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    named = {name: os.environ[name] for name in names}
    return passed | named, tuple(named.values())


def _kill(process: subprocess.Popen[bytes]) -> bytes:
    """Kills the process and its group; gives what it had written on standard error."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    try:
        return process.communicate(timeout=5)[1] or b""
    except subprocess.TimeoutExpired as error:  # a child that left the group holds the pipes
        return error.stderr or b""
    finally:
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
