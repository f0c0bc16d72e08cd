"""The process behind ``ProcessTools``: loads the tools once, forks for each example.

A child serves one example and ends with its socket. It kills itself if a tool takes longer than
allowed, so that nothing hangs on if its parent is gone. Has one thread, so that forking is safe.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from dataclasses import asdict
from typing import Any

from evo.agents.tools.toolbox import Toolbox, make_toolbox, takes_inputs

GRACE_SECONDS = 2.0
"""After the time of a call until a child kills itself; its parent is quicker, if there is one."""


def main() -> None:
    """Started as ``-c ... FD TARGET LONGEST``; ends when the socket is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    longest = int(sys.argv[3])
    try:
        target = load(sys.argv[2])
    except BaseException as error:  # noqa: BLE001 (a user's module may raise anything)
        _send(control, {"failed": f"{type(error).__name__}: {error}"})
        return
    _send(control, {"fixed": not takes_inputs(target)})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    while True:
        message, descriptors, *_ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _child(socket.socket(fileno=descriptors[0]), target, longest)
        os.close(descriptors[0])


def load(path: str) -> Any:
    """What ``module:name`` names.

    Raises:
        ConfigError: There is no such module or name.
    """
    import importlib

    from genomes.errors import ConfigError

    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"cannot import {path!r}: {error}", where="agent.tools") from error


def _child(connection: socket.socket, target: object, longest: int) -> None:
    code = 0
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _send(connection, {"pid": os.getpid()})
        _serve(connection, target, longest)
    except BaseException:  # noqa: BLE001 (the parent sees the closed socket)
        code = 1
    finally:
        os._exit(code)


def _serve(connection: socket.socket, target: object, longest: int) -> None:
    toolbox: Toolbox | None = None
    with connection.makefile("rb") as lines:
        for line in lines:
            request = json.loads(line)
            signal.setitimer(signal.ITIMER_REAL, request["seconds"] + GRACE_SECONDS)
            try:
                if toolbox is None:
                    toolbox = make_toolbox(target, request["inputs"], longest)
                    reply = _introduced(toolbox)
                elif "end" in request:
                    reply = {"end": toolbox.end(request["end"])}
                else:
                    reply = asdict(toolbox.call(request["name"], request["args"]))
            except BaseException as error:  # noqa: BLE001 (told to the parent)
                reply = {"failed": f"{type(error).__name__}: {error}"}
            signal.setitimer(signal.ITIMER_REAL, 0)
            _send(connection, reply)


def _introduced(toolbox: Toolbox) -> dict[str, Any]:
    specs = [{**asdict(spec), "parameters": dict(spec.parameters)} for spec in toolbox.specs]
    return {"specs": specs, "has_end": toolbox.has_end}


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message, default=str).encode() + b"\n")
