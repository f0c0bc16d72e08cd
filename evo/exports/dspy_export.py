"""DSPy: the state of a program, as ``program.save`` writes it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from evo.exports.provenance import provenance
from evo.exports.source import Source
from genomes import render


def export_dspy(source: Source) -> str:
    """Program JSON with one predictor a domain, and under ``metadata.evogate`` where it is from.

    DSPy itself writes it, so that its versions stand in the file; ``metadata`` is the part that
    DSPy reads no more of than those.

    Raises:
        ConfigError: An input has a name that DSPy keeps for itself.
    """
    # DSPy and LiteLLM would otherwise fetch a price list from the network.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    from evo.exports import dspy_program as dspy_side

    program = dspy_side.build_program(source.genome)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.json"
        program.save(path)
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    domains = {}
    for domain in source.genome.domains:
        rendered = render(source.genome, domain.name)
        domains[domain.name] = {
            **dspy_side.contract(domain, rendered),
            "exact": dspy_side.exact(program, rendered, domain),
        }
    content["metadata"][dspy_side.META] = {
        "origin": dict(provenance(source)),
        "domains": domains,
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
