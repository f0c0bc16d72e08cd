"""The text of the files that ``evogate init`` writes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from evo.config import DataConfig
    from genomes import Genome

SCHEMA = "evo.schema.json"

_HEAD = f"""\
# yaml-language-server: $schema=./{SCHEMA}
# Every key and its default: evogate config show
version: 1
"""

_MODELS = """\
models:
  task:                     # the model that answers; evogate models list shows more
    kind: local
    name: smollm2-135m
"""

_EXAMPLE = """\
name: {name}
task: {task}{pad}# a built-in suite; look at it with: evogate validate

{settings}"""

_SETTINGS = f"""\
{_MODELS}
search:
  finalists: 2
  reserve: 60               # fresh examples that rank the finalists

gate:
  n: 200                    # unseen examples of one attempt
  regression_n: 60
  look_every: 20            # a local model keeps its prompt warm from one look to the next

budget:
  calls: 2600               # a hard bound: no path exceeds it

run:
  seed: 2
"""

_OWN_DATA = """\
name: {name}
genome: genome.yaml         # the prompt to start from; edit it as you like

data:
{data}
{models}
search:
  blocks: {blocks}    # examples seen at the end of each round of a race
  reserve: {reserve}

gate:
  n: {gate}                   # unseen examples of one attempt

budget:
  calls: {calls}               # a hard bound: no path exceeds it

run:
  seed: 1
"""

_GENOME = """\
# The prompt to start from. {{ name }} stands for an input, {{ labels }} for the answers.
# Genes under spec.slots may evolve, within these bounds; remove a slot to freeze its gene.
"""


def schema_text() -> str:
    """The JSON Schema of ``evo.yaml``."""
    from evo.config import Config

    return json.dumps(Config.model_json_schema(), indent=2) + "\n"


def example_config(task: str, name: str) -> str:
    """``evo.yaml`` for a suite announced by name.

    Whoever announces a suite may also announce, under ``evogate.examples`` and the same name, a
    function that gives the text of its blocks; the default is made for short questions.
    """
    from evo.plugins import EXAMPLES, load_plugin, plugin_names

    own = task in plugin_names(EXAMPLES)
    settings = load_plugin(EXAMPLES, task)() if own else _SETTINGS
    pad = " " * max(22 - len(task), 1)
    return _HEAD + _EXAMPLE.format(task=task, name=_inline(name), pad=pad, settings=settings)


def own_data_config(name: str, data: DataConfig, sizes: Mapping[str, int], folder: Path) -> str:
    """``evo.yaml`` for the user's own rows, with sizes that fit them.

    Args:
        name: Name of the agent.
        data: The file and its columns.
        sizes: Examples by role.
        folder: The folder of ``evo.yaml``; the file is named relative to it.
    """
    reserve = sizes["search"] // 4
    in_use = sizes["search"] - reserve
    blocks = sorted({max(in_use // 5, 1), max(in_use // 2, 1), in_use})
    return _HEAD + _OWN_DATA.format(
        name=_inline(name),
        data=_data(data, folder),
        models=_MODELS,
        blocks=_inline(blocks),
        reserve=reserve,
        gate=sizes["gate"],
        calls=_calls(sizes),
    )


def genome_text(genome: Genome) -> str:
    """``genome.yaml``: the seed genome and what of it may evolve."""
    from evo.plain_genome import plain_slots
    from genomes.codec import to_yaml

    slots = [slot.model_dump(mode="json", exclude_defaults=True) for slot in plain_slots(genome)]
    spec = yaml.safe_dump({"spec": {"slots": slots}}, sort_keys=False, allow_unicode=True)
    return f"{_GENOME}{to_yaml(genome)}{spec}"


def _data(data: DataConfig, folder: Path) -> str:
    file = os.path.relpath(data.file, folder)
    rows: dict[str, object] = {"file": file, "inputs": list(data.inputs), "target": data.target}
    rows |= {key: value for key in ("cluster", "domain") if (value := getattr(data, key))}
    if data.labels is not None:
        rows["labels"] = list(data.labels)
    rows["shares"] = data.shares.model_dump()
    return "".join(f"  {key}: {_inline(value)}\n" for key, value in rows.items())


def _calls(sizes: Mapping[str, int]) -> int:
    # Some fifteen genomes on all search examples, two attempts at the gate, the report.
    exact = 15 * sizes["search"] + 4 * sizes["gate"] + 3 * sizes["audit"]
    return max(100 * round(exact / 100), 100)


def _inline(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000)
    return text.strip().removesuffix("...").strip()
