"""Runs code that a model wrote, in a process of its own.

The process has no environment, an empty folder that is deleted afterwards, limits on time, memory,
file size and processes, and a hook that refuses sockets, new processes, native libraries and files
outside that folder. This keeps clumsy code from doing harm. It is no wall against code that
means harm: for that, run evogate in a container.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile

SECONDS = 5
MEMORY = 1 << 30
FILE = 1 << 20

# What stands before the code. It runs isolated (-I) and without site packages (-S).
_RUNNER = """
import json, os, resource, sys
def main():
    code, token, limits = json.load(sys.stdin)
    for what, most in limits.items():
        hard = resource.getrlimit(getattr(resource, what))[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(getattr(resource, what), (most, most))
    here, library = os.getcwd() + "/", os.path.dirname(os.__file__) + "/"
    refused = (
        "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
        "os.kill", "os.putenv", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod",
        "os.chown", "os.link", "os.symlink", "os.truncate", "os.chdir", "ctypes.", "shutil.",
        "resource.", "signal.", "syslog.", "webbrowser.",
    )
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
    def hook(event, arguments):
        if event.startswith(refused):
            raise PermissionError(event + " is refused")
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            reads = path.startswith(library) and not arguments[2] & writing
            if not (reads or path.startswith(here)):
                raise PermissionError("opening " + path + " is refused")
    said, nothing = sys.stdout, open(os.devnull, "r+")
    sys.stdout = sys.stderr = sys.stdin = nothing
    said.write("+")
    said.flush()
    sys.addaudithook(hook)
    exec(compile(code, "answer", "exec"), {"__name__": "answer"})
    said.write(token)
    said.flush()
    os._exit(0)
main()
"""


def runs(code: str, *, seconds: int = SECONDS) -> bool:
    """Whether ``code`` comes to its end without an exception.

    Ending the process early is no way to pass: only code that reaches its end is followed by a
    token. Code that is written to cheat can find it by walking the frames of its process; this
    guards against accidents, not against an adversary.

    Args:
        code: Python source.
        seconds: Most processor time; three times that on the clock.

    Raises:
        OSError: The process did not start; nothing is known about the code.
    """
    token = secrets.token_hex(16)
    limits = {"RLIMIT_CPU": seconds, "RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": FILE, "RLIMIT_CORE": 0,
              "RLIMIT_NPROC": 0}  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="evogate-") as folder:
        out = _said(json.dumps([code, token, limits]), folder, timeout=3 * seconds)
    if not out.startswith("+"):
        raise OSError("the process for the code did not start")
    return out == f"+{token}"


def _said(job: str, folder: str, timeout: int) -> str:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", _RUNNER],
        cwd=folder,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(job.encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return out.decode("utf-8", errors="replace")
