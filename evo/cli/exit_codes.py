"""The exit codes of every command, and which error gives which. Frozen: scripts rely on them.

| code | meaning |
|---|---|
| 0 | done; a run that used up its budget is done |
| 1 | the answer is "no": a verification or ``--check`` failed |
| 2 | usage, config or data are wrong, or the budget cannot pay for what was asked |
| 3 | a model is missing, unreachable or fails too often |
| 4 | the workspace store cannot be used |
| 5 | a promotion that the gate decided waits for approval (only with ``gate.approval``) |
| 70 | a defect of evogate itself |
| 130 | interrupted, resumable |
"""

from __future__ import annotations

DONE = 0
NO = 1
USAGE = 2
MODEL = 3
STORE = 4
PENDING = 5
DEFECT = 70
INTERRUPTED = 130


def exit_code(error: BaseException) -> int:
    """The exit code that ``error`` ends the command with."""
    from genomes import errors

    table = (
        (KeyboardInterrupt, INTERRUPTED),
        (errors.StoppedError, INTERRUPTED),
        (errors.PendingError, PENDING),
        (errors.IntegrityError, NO),
        (errors.ModelError, MODEL),
        (errors.StoreError, STORE),
        (errors.EvogateError, USAGE),
    )
    return next((code for kind, code in table if isinstance(error, kind)), DEFECT)
