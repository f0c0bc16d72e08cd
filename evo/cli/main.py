"""The command ``evogate``: start-up checks, then the commands, then errors as three lines."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from evo.cli.exit_codes import DEFECT, USAGE, exit_code
from evo.cli.verbosity import speaking, split
from evo.origins import intruders


def main() -> None:
    """Runs one command and exits with its code."""
    arguments = [one for one in sys.argv[1:] if one != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    arguments, level = split(arguments)
    _refuse_intruders()
    _load_env_file()
    try:
        from evo.cli.app import build_app
        from evo.cli.resume import spelled_out

        with speaking(level):
            build_app()(args=spelled_out(arguments), prog_name="evogate")
    except Exception as error:  # noqa: BLE001 - the edge of the program: everything ends as a message
        sys.exit(_report(error, debug=debug))


def _refuse_intruders() -> None:
    found = intruders()
    for intruder in found:
        kind = "error" if intruder.fatal else "warning"
        print(f"{kind}: {intruder.line()}", file=sys.stderr)  # noqa: T201
    if any(intruder.fatal for intruder in found):
        sys.exit(USAGE)


def _load_env_file() -> None:
    if Path(".env").is_file():
        from dotenv import load_dotenv

        load_dotenv(".env", override=False)


def _report(error: Exception, *, debug: bool) -> int:
    code = exit_code(error)
    if debug:
        from evo.models.secrets import scrub

        print(scrub("".join(traceback.format_exception(error))), file=sys.stderr)  # noqa: T201
    elif code == DEFECT:
        _lines(f"{type(error).__name__}: {error}", None, "a defect of evogate; see it with --debug")
    else:
        _lines(
            getattr(error, "what", str(error)),
            getattr(error, "where", None),
            getattr(error, "remedy", None),
        )
    return code


def _lines(what: str, where: str | None, remedy: str | None) -> None:
    from evo.cli.output import note
    from evo.models.secrets import scrub

    note(scrub(f"error: {what}"))
    for line in (where, remedy):
        if line:
            note(scrub(f"  {line}"))
