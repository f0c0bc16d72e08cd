"""``evogate run --resume``: going on with a run that was killed, stopped or failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from evo.cli.progress import Mode
    from evo.config import Config
    from evo.events import Event
    from evo.launch import Origin
    from evo.result import Result
    from evo.resume import Past

BARE = "--resume"


def spelled_out(arguments: Sequence[str]) -> list[str]:
    """The arguments with ``--resume`` given its default, ``latest``, where it stands alone.

    The parser knows no option with an optional value.
    """
    full: list[str] = []
    for index, word in enumerate(arguments):
        after = arguments[index + 1 : index + 2]
        full += [word, "latest"] if word == BARE and (not after or after[0][0:1] == "-") else [word]
    return full


def origin(file: Path | None, sets: Iterable[str]) -> Origin:
    """Where a run's config came from."""
    from evo.config import config_file
    from evo.launch import Origin

    return Origin(file=None if file is None else config_file(file), overrides=tuple(sets))


def resume_run(
    run: str,
    file: Path | None,
    ignored: Sequence[str],
    progress: Mode,
    *,
    as_json: bool,
    allow_changed: bool = False,
    retry_errors: bool = False,
) -> None:
    """Goes on with a run, or shows the summary of one that is finished.

    Args:
        run: Id, beginning of an id, or ``latest``.
        file: The config named on the command line, if any; it says which workspace is meant.
        ignored: Flags that were given and mean nothing here.
        progress: How to show progress.
        as_json: One JSON line an event.
        allow_changed: Whether config, genome, data and agent may differ from the start.
        retry_errors: Whether stored failures are asked for again.
    """
    from evo.cli.output import note
    from evo.resume import recall

    workspace = _workspace(file)
    past = recall(workspace, run)
    if ignored:
        note(
            f"warning: ignored with --resume: {', '.join(ignored)}; "
            f"run {past.run_id} goes on with the config that it began with"
        )
    if past.finished:
        if retry_errors:
            _refuse_retries(past, workspace)
        _show_finished(past, as_json=as_json)
        return
    past = _checked(past, file, allow_changed=allow_changed)
    _go_on(past, progress, as_json=as_json, allow_changed=allow_changed, retry_errors=retry_errors)


def carry_out(
    work: Callable[[Callable[[Event], None], Callable[[], bool]], Result],
    progress: Mode,
    *,
    as_json: bool,
) -> Result:
    """Shows the progress of a run and says how to resume it if it does not reach its end."""
    from evo.cli.interrupt import stops_gently
    from evo.cli.progress import view
    from genomes.errors import EvogateError, StoppedError

    begun: list[str] = []
    try:
        with stops_gently() as stop, view(progress, as_json=as_json) as listener:

            def both(event: Event) -> None:
                if event.kind == "launch":
                    begun.append(str(event.data["run"]))
                listener(event)

            return work(both, stop)
    except KeyboardInterrupt as error:
        remedy = f"go on with: evogate run --resume {begun[0]}" if begun else None
        raise StoppedError("stopped at once", remedy=remedy) from error
    except StoppedError:
        raise
    except EvogateError as error:
        if begun:
            later = f"go on later with: evogate run --resume {begun[0]}"
            error.remedy = f"{error.remedy}; {later}" if error.remedy else later
        raise


def _workspace(file: Path | None) -> Path:
    from evo.cli.workspace import find_workspace
    from evo.config import config_file, load_config

    if file is not None and not file.is_dir():
        return load_config(config_file(file)).workspace
    return find_workspace(file or Path()).root.absolute()


def _checked(past: Past, file: Path | None, *, allow_changed: bool) -> Past:
    """Refuses a config file that was edited since, or takes it; one that is gone is not needed."""
    from evo.cli.lookup import let_import_from, read_config
    from evo.resume import check_config, with_config

    source = file or past.launch.origin.file
    if source is None or not source.exists():
        let_import_from(past.config.workspace)
        return past
    present: Config = read_config(source, None, past.launch.origin.overrides)
    if allow_changed:
        return with_config(past, present, str(source))
    check_config(past, present, str(source))
    return past


def _refuse_retries(past: Past, workspace: Path) -> None:
    """What a finished run has decided stays decided, with the answers that it had."""
    from evo.resume import still_missing
    from genomes.errors import ConfigError

    missing = still_missing(workspace, past)
    if missing:
        raise ConfigError(
            f"run {past.run_id} is finished; {missing} responses stayed missing in it, and its "
            "decisions stand",
            remedy="a new run asks for them again and pays for nothing that was answered: "
            "evogate run",
        )


def _go_on(
    past: Past, progress: Mode, *, as_json: bool, allow_changed: bool, retry_errors: bool
) -> None:
    from evo.build_task import build_task
    from evo.cli.downloads import fetch_model, watched_downloads
    from evo.cli.output import note
    from evo.cli.summary import end, show_result
    from evo.run import resume

    if past.config.agent.asks_a_model:
        fetch_model(past.config.models.task)
    with watched_downloads():
        task = build_task(past.config)
    lost = f"; {past.lost.calls} calls have no answer and count" if past.lost.calls else ""
    note(f"resuming run {past.run_id}{lost}")
    result = carry_out(
        lambda listener, stop: resume(
            past,
            listener=listener,
            task=task,
            stop=stop,
            allow_changed=allow_changed,
            retry_errors=retry_errors,
        ),
        progress,
        as_json=as_json,
    )
    if not as_json:
        show_result(result.summary())
    end(result.summary())


def _show_finished(past: Past, *, as_json: bool) -> None:
    from evo.cli.output import emit_json, note
    from evo.cli.summary import show_result
    from genomes.errors import ConfigError

    if past.summary is None:
        raise ConfigError(f"run {past.run_id} has no summary")
    note(f"run {past.run_id} is finished")
    if as_json:
        emit_json({"event": "done", **past.summary}, indent=None)
    else:
        show_result(past.summary)
