"""The text of the files that ``evogate init`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

SCHEMA = "evo.schema.json"

_EXAMPLE = f"""\
# yaml-language-server: $schema=./{SCHEMA}
# Every key and its default: evogate config show
version: 1
name: {{name}}
task: {{task}}            # a built-in suite; look at it with: evogate validate

models:
  task:                     # the model that answers; evogate models list shows more
    kind: local
    name: smollm2-135m

budget:
  calls: 4000               # a hard bound: no path exceeds it

run:
  seed: 1
"""

_OWN_DATA = f"""\
# yaml-language-server: $schema=./{SCHEMA}
# Every key and its default: evogate config show
version: 1
name: {{name}}
genome: genome.yaml         # the prompt to start from; edit it as you like

data:
  file: {{file}}
  inputs: {{inputs}}
  target: {{target}}
{{optional}}  shares: {{shares}}   # of the rows, by hash; nothing is in two roles

models:
  task:                     # the model that answers; evogate models list shows more
    kind: local
    name: smollm2-135m

search:
  blocks: {{blocks}}    # examples seen after each round of a race
  reserve: {{reserve}}

gate:
  n: {{gate_n}}                    # unseen examples of one attempt

budget:
  calls: {{calls}}               # a hard bound: no path exceeds it

run:
  seed: 1
"""


@dataclass(frozen=True)
class OwnData:
    """What is known of the user's file.

    Attributes:
        name: Name of the agent.
        file: The file, as the config shall name it.
        inputs: Columns shown to the model.
        target: Column with the right answer.
        cluster: Column of clusters.
        domain: Name of the domain.
        searchable: Examples in the search role.
        gateable: Examples in the gate role.
        audited: Examples in the audit role.
    """

    name: str
    file: Path
    inputs: tuple[str, ...]
    target: str
    cluster: str | None
    domain: str
    searchable: int
    gateable: int
    audited: int


def example_config(task: str, name: str) -> str:
    """``evo.yaml`` for a built-in suite."""
    return _EXAMPLE.format(task=task, name=name)


def own_data_config(data: OwnData, shares: dict[str, float]) -> str:
    """``evo.yaml`` for the user's own rows, with sizes that fit them."""
    reserve = data.searchable // 4
    in_use = data.searchable - reserve
    blocks = sorted({max(in_use // 5, 1), max(in_use // 2, 1), in_use})
    optional = f"  domain: {_inline(data.domain)}\n"
    if data.cluster:
        optional += f"  cluster: {_inline(data.cluster)}\n"
    return _OWN_DATA.format(
        name=data.name,
        file=_inline(str(data.file)),
        inputs=_inline(list(data.inputs)),
        target=_inline(data.target),
        optional=optional,
        shares=_inline(shares),
        blocks=_inline(blocks),
        reserve=reserve,
        gate_n=data.gateable,
        calls=_calls(data),
    )


def _calls(data: OwnData) -> int:
    # Some fifteen genomes on all search examples, two attempts at the gate, the report.
    return round(15 * data.searchable + 4 * data.gateable + 3 * data.audited, -2) or 100


def _inline(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000)
    return text.removesuffix("\n").removesuffix("\n...").strip()
