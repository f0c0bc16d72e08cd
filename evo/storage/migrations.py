"""The schema as named steps; a store is current when each has been applied once.

Add a step, never edit one: old files in the tests are upgraded through all of them.
"""

from __future__ import annotations

from sqlite_utils import Database as SchemaDatabase
from sqlite_utils import Migrations

from genomes.errors import StoreError

migrations = Migrations("evogate")

_NOW = "DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"


def migrate(database: SchemaDatabase, *, where: str) -> None:
    """Applies the missing steps in one exclusive transaction.

    Raises:
        StoreError: The file knows a step that this version does not: it is newer.
    """
    if _is_current(database, where):
        return
    # IMMEDIATE: of two processes that open a fresh store at once, the second waits here and
    # then finds nothing left to do.
    database.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(database)
        database.conn.execute("COMMIT")
    except BaseException:
        database.conn.rollback()
        raise


def _is_current(database: SchemaDatabase, where: str) -> bool:
    applied = {step.name for step in migrations.applied(database)}
    # On an empty database everything is pending; the library has no public list of steps.
    known = {step.name for step in migrations.pending(SchemaDatabase(memory=True))}
    newer = sorted(applied - known)
    if newer:
        raise StoreError(
            f"the store has a newer schema (step {newer[-1]!r})",
            where=where,
            remedy="upgrade evogate, or use another workspace",
        )
    return applied == known


@migrations()
def m001_first_schema(database: SchemaDatabase) -> None:
    """All tables of the first release."""
    for statement in _FIRST_SCHEMA:
        database.conn.execute(statement)


@migrations()
def m002_steps(database: SchemaDatabase) -> None:
    """How many steps an agent took; unknown for what was stored before."""
    database.conn.execute("ALTER TABLE responses ADD COLUMN steps INTEGER")


@migrations()
def m003_gaps(database: SchemaDatabase) -> None:
    """Gaps by agent, and what happened to them."""
    for statement in _GAPS:
        database.conn.execute(statement)


@migrations()
def m004_trace(database: SchemaDatabase) -> None:
    """What an agent did, line by line; unknown for what was stored before."""
    database.conn.execute("ALTER TABLE responses ADD COLUMN trace TEXT")


_FIRST_SCHEMA = (
    f"""CREATE TABLE responses (
        key TEXT PRIMARY KEY, call_hash TEXT NOT NULL, inputs_hash TEXT NOT NULL,
        fingerprint TEXT NOT NULL, replicate INTEGER NOT NULL, text TEXT NOT NULL,
        logprobs TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, money REAL,
        seconds REAL NOT NULL, status TEXT NOT NULL, error TEXT, created TEXT {_NOW})""",
    f"""CREATE TABLE calls (
        id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, purpose TEXT NOT NULL, operator TEXT,
        response_key TEXT, reserved_tokens INTEGER, reserved_money REAL, tokens INTEGER,
        money REAL, seconds REAL NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'reserved',
        created TEXT {_NOW})""",
    "CREATE INDEX calls_by_run ON calls (run_id)",
    f"CREATE TABLE genomes (id TEXT PRIMARY KEY, genome TEXT NOT NULL, created TEXT {_NOW})",
    f"""CREATE TABLE runs (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        config TEXT NOT NULL, seed INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'running',
        summary TEXT, started TEXT {_NOW}, finished TEXT)""",
    f"""CREATE TABLE events (
        seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, kind TEXT NOT NULL,
        payload TEXT NOT NULL, time TEXT {_NOW})""",
    "CREATE INDEX events_by_run ON events (run_id)",
    f"""CREATE TABLE proposals (
        seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, record TEXT NOT NULL,
        created TEXT {_NOW})""",
    "CREATE INDEX proposals_by_run ON proposals (run_id)",
    f"""CREATE TABLE scores (
        seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, genome_id TEXT NOT NULL,
        payload TEXT NOT NULL, created TEXT {_NOW})""",
    "CREATE INDEX scores_by_run ON scores (run_id)",
    f"""CREATE TABLE states (
        run_id TEXT NOT NULL, name TEXT NOT NULL, payload TEXT NOT NULL, saved TEXT {_NOW},
        PRIMARY KEY (run_id, name))""",
    f"""CREATE TABLE attempts (
        seq INTEGER PRIMARY KEY, attempt_id TEXT NOT NULL UNIQUE, lineage TEXT NOT NULL,
        run_id TEXT NOT NULL, plan TEXT NOT NULL, decision TEXT, registered TEXT {_NOW},
        decided TEXT)""",
    "CREATE INDEX attempts_by_lineage ON attempts (lineage)",
)
_GAPS = (
    f"""CREATE TABLE gaps (
        agent TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL,
        opened TEXT {_NOW}, changed TEXT {_NOW}, PRIMARY KEY (agent, id))""",
    f"""CREATE TABLE gap_events (
        seq INTEGER PRIMARY KEY, agent TEXT NOT NULL, gap_id TEXT NOT NULL,
        run_id TEXT NOT NULL, kind TEXT NOT NULL, evidence TEXT NOT NULL, time TEXT {_NOW},
        UNIQUE (agent, gap_id, run_id, kind))""",
)
