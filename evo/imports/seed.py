"""From a file's text to a seed genome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from evo.imports.foreign import as_ours
from evo.imports.pieces import Piece, split_markdown, split_text
from evo.plain_genome import offsets
from genomes import (
    DemoGene,
    Domain,
    FragmentGene,
    Gene,
    Genome,
    ReasoningGene,
    from_json,
    from_yaml,
    render,
)
from genomes.errors import ConfigError, GenomeError
from genomes.placeholders import placeholders
from genomes.variation.stock import bind

Format = Literal["text", "markdown", "yaml", "json"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "yaml", "json")

_SUFFIXES: dict[str, Format] = {
    ".md": "markdown", ".markdown": "markdown", ".yaml": "yaml", ".yml": "yaml", ".json": "json",
}  # fmt: skip
_DATA = {".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".db", ".sqlite"}
_FREE_TEXT_TOKENS = 32
_TOP_LOGPROBS = 60
_BARE = "{{ input }}"


@dataclass(frozen=True)
class Contract:
    """What a prompt alone does not say.

    Attributes:
        name: Name of the domain.
        inputs: Inputs; empty for those whose placeholders the prompt holds, or ``text``.
        labels: The closed answer set; empty for free text.
    """

    name: str
    inputs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def guess_format(path: Path) -> Format:
    """By suffix; what has no known one is plain text.

    Raises:
        ConfigError: The suffix is one of data: examples are no prompt.
    """
    if path.suffix.lower() in _DATA:
        raise ConfigError(
            f"{path.name} looks like examples, not like a prompt",
            where="--from",
            remedy="start from examples with: evogate init --data FILE; if it is a prompt all the "
            "same, say --from text",
        )
    return _SUFFIXES.get(path.suffix.lower(), "text")


def import_genome(
    text: str,
    form: Format,
    contract: Contract | Domain,
    *,
    format_string: bool = False,
    where: str | None = None,
) -> Genome:
    """A seed genome.

    YAML and JSON are our own schema and come back exactly; the contract is not needed then. A
    prompt becomes one fragment a piece, with an empty reasoning template, no demonstrations and
    one offset a label, so that a search has all of them to vary. Its wording stays: the
    fragments of a turn, rendered, are the text of that turn.

    Args:
        text: The content.
        form: Its format.
        contract: What the prompt itself does not say, or the whole domain.
        format_string: Read ``{name}`` as a placeholder and ``{{`` as a brace.
        where: Name of the file, for error messages.

    Raises:
        GenomeError: The text is empty, of another schema, or asks for inputs that the contract
            lacks.
    """
    if form in ("yaml", "json"):
        return from_json(text, where=where) if form == "json" else _own_yaml(text, where)
    prompt = as_ours(text) if format_string else text
    pieces = split_markdown(prompt) if form == "markdown" else split_text(prompt)
    if not pieces:
        raise GenomeError("the prompt is empty", where=where)
    domain = contract if isinstance(contract, Domain) else _domain(contract, prompt)
    genome = Genome(domains=(domain,), genes=tuple(_genes(pieces, domain)))
    _check_inputs(genome, where)
    return genome


def _own_yaml(text: str, where: str | None) -> Genome:
    # genome.yaml may hold the key spec beside the genome; it says what may vary.
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return from_yaml(text, where=where)
    if isinstance(content, dict) and "spec" in content:
        content.pop("spec")
        text = yaml.safe_dump(content, allow_unicode=True)
    return from_yaml(text, where=where)


def spec_of(text: str, form: Format) -> dict[str, Any] | None:
    """The key ``spec`` of a genome's YAML, which says what may vary; ``None`` without one."""
    if form != "yaml":
        return None
    content = yaml.safe_load(text)
    found = content.get("spec") if isinstance(content, dict) else None
    return found if isinstance(found, dict) else None


def _domain(contract: Contract, prompt: str) -> Domain:
    inputs = contract.inputs or tuple(sorted(placeholders(prompt) - {"labels"})) or ("text",)
    labels = contract.labels
    return Domain(
        name=contract.name,
        inputs=inputs,
        labels=labels,
        task_kind="classify" if labels else "general",
        max_tokens=1 if labels else _FREE_TEXT_TOKENS,
        top_logprobs=_TOP_LOGPROBS if labels else 0,
    )


def _genes(pieces: Iterable[Piece], domain: Domain) -> list[Gene]:
    found = list(pieces)
    asked = {name for one in found if one.place == "user" for name in placeholders(one.text)}
    lacking = tuple(name for name in domain.inputs if name not in asked)
    if lacking:
        found.append(Piece("template", bind(_BARE, lacking), "user"))
    system = [one for one in found if one.place == "system"]
    user = [one for one in found if one.place == "user"]
    taken = {"reasoning", "demos"}
    return [
        *_fragments(system, taken),
        ReasoningGene(id="reasoning"),
        DemoGene(id="demos"),
        *_fragments(user, taken),
        *offsets(domain),
    ]


def _fragments(pieces: list[Piece], taken: set[str]) -> list[Gene]:
    """Fragments of one turn; all but the last keep the blank line that parted them."""
    genes: list[Gene] = []
    for number, piece in enumerate(pieces, start=1):
        gap = "" if number == len(pieces) else "\n"
        name = _unique(piece.name, taken)
        genes.append(FragmentGene(id=name, text=piece.text + gap, place=piece.place))
    return genes


def _unique(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _check_inputs(genome: Genome, where: str | None) -> None:
    (domain,) = genome.domains
    turns = render(genome, domain.name).turns
    unknown = sorted({n for turn in turns for n in placeholders(turn.text)} - {*domain.inputs})
    if unknown:
        raise ConfigError(
            f"the prompt asks for {{{{ {unknown[0]} }}}}, which is no input",
            where=where,
            remedy=f"inputs are: {', '.join(domain.inputs)}; rename the placeholder or the input",
        )
