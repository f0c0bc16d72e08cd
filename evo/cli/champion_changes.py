"""``evogate champion promote, rollback, revert, pending, approve, reject``: what changes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.options import JsonOption, NameOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evo.champion import Registry, Version
    from evo.cli.workspace import Workspace
    from evo.storage import Store

_SHORT = 12
ReasonOption = Annotated[str, typer.Option(help="Why; kept in the journal.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change and change nothing.")
]
AttemptArgument = Annotated[
    str | None, typer.Argument(help="The gate attempt; default the only one that waits.")
]


def register(group: typer.Typer) -> None:
    """Adds the commands to the group ``champion``."""
    group.command(
        "promote",
        epilog=examples("evogate champion promote film-3", "evogate champion promote 3f2a9c1b"),
    )(_promote)
    group.command(
        "rollback",
        epilog=examples(
            "evogate champion rollback --reason 'complaints since Monday'",
            "evogate champion rollback 1 --dry-run",
        ),
    )(_rollback)
    group.command(
        "revert",
        epilog=examples("evogate champion revert 2 --dry-run", "evogate champion revert 2"),
    )(_revert)
    group.command(
        "pending", epilog=examples("evogate champion pending", "evogate champion pending --json")
    )(_pending)
    group.command(
        "approve",
        epilog=examples("evogate champion approve film-3 --reason 'read and agreed'"),
    )(_approve)
    group.command(
        "reject", epilog=examples("evogate champion reject film-3 --reason 'wrong tone'")
    )(_reject)


def _promote(
    attempt: Annotated[
        str, typer.Argument(help="A gate attempt, or the beginning of the genome's id.")
    ],
    name: NameOption = None,
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Put in force what the gate decided to promote, where its run did not come to it.

    Only a decision of this workspace's gate counts, and only while the champion that it was
    about is in force. With gate.approval it waits for approval.
    """
    from evo.cli.output import emit
    from evo.cli.workspace import find_workspace
    from genomes.diff import format_diff

    space = find_workspace(workspace)
    registry = space.registry(name)
    with space.store() as store:
        decision, run, plan = _decided(store, registry, attempt)
        genome = store.get_genome(str(decision["promoted_id"] or decision["candidate_id"]))
    if dry_run:
        emit(format_diff(registry.head().genome, genome) or "no difference")
        return
    provenance, began = _provenance(registry, decision, run)
    provenance["plan"] = plan
    if _needs_approval(space):
        waits = registry.approvals.submit(genome, decision, provenance=provenance, began=began)
        _say_pending(waits.attempt)
    _in_force(registry.promote(genome, decision, provenance=provenance, began=began))


def _rollback(
    version: Annotated[
        str | None, typer.Argument(help="A version's number or id; default the one before.")
    ] = None,
    name: NameOption = None,
    reason: ReasonOption = "by hand",
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Put an earlier version in force again, byte for byte. Needs no model and no store.

    All that came after it goes out of force too, and is listed.
    """
    from evo.cli.output import emit
    from evo.cli.workspace import find_workspace
    from genomes.diff import format_diff

    registry = find_workspace(workspace).registry(name)
    present = _readable(registry)
    if dry_run:
        head = registry.head()
        target = registry.version(number(version) if version else _parent(head))
        emit(f"version {head.number} -> version {target.number} ({target.id[:_SHORT]})")
        emit(format_diff(head.genome, target.genome) or "no difference")
        return
    restored = registry.rollback(number(version) if version else None, reason=reason)
    undone = registry.history(1)[0].payload.get("undone", ())
    emit(f"version {restored.number} ({restored.id[:_SHORT]}) is in force; was {present}")
    if undone:
        emit(f"out of force with it: version {', '.join(map(str, undone))}")


def _revert(
    version: Annotated[str, typer.Argument(help="Number or id of the version whose change goes.")],
    name: NameOption = None,
    reason: ReasonOption = "by hand",
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Take the change of one version out and keep all later ones. Needs no model and no store.

    Refused, with the genes named, where later changes build on it. The gate has not judged what
    is left; the new version says so.
    """
    from evo.cli.output import emit, emit_json
    from evo.cli.workspace import find_workspace
    from genomes.diff import format_diff

    registry = find_workspace(workspace).registry(name)
    before = registry.head()
    found = registry.removal(number(version))
    made = None if dry_run else registry.revert(number(version), reason=reason)
    if as_json:
        content = {**found.provenance(reason), "genome_id": found.genome.id}
        emit_json({**content, "version": None if made is None else made.number})
        return
    emit(format_diff(before.genome, found.genome))
    for line in found.known:
        emit(line)
    if made is not None:
        _in_force(made)


def _pending(
    name: NameOption = None, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Show the promotions that wait for approval, and what became of earlier ones."""
    from evo.cli.output import emit, emit_json
    from evo.cli.records import emit_records
    from evo.cli.workspace import find_workspace

    rows = [one.row() for one in find_workspace(workspace).registry(name).approvals.all()]
    if as_json:
        emit_json(rows)
    elif not rows:
        emit("nothing waits")
    else:
        columns = ("attempt", "state", "since", "genome", "why")
        cells = [
            (r["attempt"], r["state"], r["since"][:16], r["genome_id"][:_SHORT], r["reason"])
            for r in rows
        ]
        emit_records(columns, cells, ("why",))


def _approve(
    attempt: AttemptArgument = None,
    name: NameOption = None,
    reason: ReasonOption = "by hand",
    workspace: WorkspaceOption = Path(),
) -> None:
    """Put a promotion in force that waits for approval."""
    from evo.cli.workspace import find_workspace

    _in_force(find_workspace(workspace).registry(name).approve(attempt, reason=reason))


def _reject(
    attempt: AttemptArgument = None,
    name: NameOption = None,
    reason: ReasonOption = "by hand",
    workspace: WorkspaceOption = Path(),
) -> None:
    """Refuse a promotion that waits; its genome is not tried again."""
    from evo.cli.output import emit
    from evo.cli.workspace import find_workspace

    found = find_workspace(workspace).registry(name).approvals.reject(attempt, reason)
    emit(f"attempt {found.attempt} is rejected; the version in force stays")


def number(version: str) -> str | int:
    """What a user typed for a version: short digits are a number, longer ones an id."""
    return int(version) if version.isdecimal() and len(version) < 8 else version


def _in_force(version: Version) -> None:
    from evo.cli.output import emit

    emit(f"version {version.number} ({version.id[:_SHORT]}) is in force")


def _readable(registry: Registry) -> int:
    """The number of the version in force, whether or not its file can be read."""
    moves = [e for e in registry.history() if "number" in e.payload and "parent" in e.payload]
    return int(moves[-1].payload["number"]) if moves else registry.head().number


def _parent(version: Version) -> str:
    from genomes.errors import IntegrityError

    if version.parent is None:
        raise IntegrityError(f"version {version.number} replaced none: nothing to go back to")
    return version.parent


def _needs_approval(space: Workspace) -> bool:
    from evo.config import load_config

    return (space.root / "evo.yaml").is_file() and load_config(space.root).gate.approval


def _say_pending(attempt: str) -> None:
    from evo.champion.approval import remedy
    from evo.cli.exit_codes import PENDING
    from evo.cli.output import note

    note(f"attempt {attempt} waits for approval: {remedy(attempt)}")
    raise typer.Exit(PENDING)


def _decided(
    store: Store, registry: Registry, word: str
) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The PROMOTE decision that is meant, its run and its plan."""
    from genomes.errors import ConfigError, IntegrityError

    rows = [(row, json.loads(row["decision_json"] or "{}")) for row in store.attempts()]
    named = [(row, d) for row, d in rows if row["attempt_id"] == word or _about(d, word)]
    if not named:
        raise ConfigError(f"the gate made no attempt {word!r}", remedy="see: evogate runs show")
    row, decision = named[-1]
    if decision.get("verdict") != "PROMOTE":
        raise IntegrityError(
            f"the gate did not promote in attempt {row['attempt_id']}: "
            f"{decision.get('verdict', 'it is not decided')}",
            remedy=decision.get("reason") or "go on with its run: evogate run --resume",
        )
    if registry.knows(decision):
        raise IntegrityError(
            f"attempt {row['attempt_id']} has been put in force or waits already",
            remedy="see: evogate champion history, evogate champion pending",
        )
    return decision, row["run_id"], json.loads(row["plan_json"])


def _about(decision: Mapping[str, Any], word: str) -> bool:
    ids = (decision.get("promoted_id"), decision.get("candidate_id"))
    return len(word) >= 4 and any(str(one).startswith(word) for one in ids if one)


def _provenance(
    registry: Registry, decision: Mapping[str, Any], run: str
) -> tuple[dict[str, Any], int | None]:
    """What the journal noted when the attempt began."""
    for entry in reversed(registry.history()):
        payload = entry.payload
        same = (run, decision["candidate_id"]) == (payload.get("run"), payload.get("genome_id"))
        if entry.kind == "propose" and same:
            proposal = {key: value for key, value in payload.items() if key != "run"}
            return {"run": run, "proposal": proposal}, entry.seq
    return {"run": run}, None
