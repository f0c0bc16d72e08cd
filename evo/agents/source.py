"""What a Python agent's own code is, as a fingerprint."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path

from genomes.errors import ConfigError


def source_hash(target: str) -> str:
    """SHA-256 of the file that holds ``module:function``, in hexadecimal.

    Code that the file imports is no part of it: an agent of several files is better given a
    fingerprint by hand.

    Raises:
        ConfigError: The module has no readable source file.
    """
    module = importlib.import_module(target.partition(":")[0])
    file = getattr(module, "__file__", None)
    if file is None or not Path(file).is_file():
        raise ConfigError(
            f"the code of {target!r} is in no file",
            where="agent.fingerprint",
            remedy="give agent.fingerprint: a text that changes whenever the answers could",
        )
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
