"""Reading ``GenomeSpec.stock`` and binding its texts to a gene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genomes.errors import GenomeError
from genomes.placeholders import fill_known
from genomes.spec import GenomeSpec

# Groups that are no lists of texts to stand alone.
SPECIAL = frozenset({"definitions", "definition_patterns", "synonyms", "fillers"})
# Sentences that follow a text but do not replace one.
ADDED = frozenset({"emphasis"})


def texts(spec: GenomeSpec, group: str) -> list[str]:
    """The texts of a group that a slot names.

    Raises:
        GenomeError: The stock has no such group, or it is no list of texts.
    """
    if group not in spec.stock:
        raise GenomeError(
            f"the stock library has no group {group!r}",
            where="spec.stock",
            remedy=f"known groups: {', '.join(sorted(spec.stock)) or 'none; see load_library'}",
        )
    return _strings(spec.stock[group], group)


def mapping(spec: GenomeSpec, group: str) -> dict[str, list[str]]:
    """A group that maps words or labels to texts; empty if the stock has none.

    Raises:
        GenomeError: The group is no mapping of lists of texts.
    """
    content = spec.stock.get(group, {})
    if not isinstance(content, dict):
        raise GenomeError(f"stock group {group!r} must be a mapping", where=f"spec.stock.{group}")
    return {str(key): _strings(value, f"{group}.{key}") for key, value in content.items()}


def listing(spec: GenomeSpec, group: str) -> list[str]:
    """A group of texts that the stock may lack."""
    return texts(spec, group) if group in spec.stock else []


def bind(text: str, inputs: Sequence[str]) -> str:
    """Puts the host's input placeholders where a stock template says ``{{ input }}``.

    One input stands alone; several become lines such as ``Question: {{ question }}``.
    """
    lines = [f"{_title(name)}: {{{{ {name} }}}}" for name in inputs]
    whole = "\n".join(lines) if len(inputs) > 1 else f"{{{{ {inputs[0]} }}}}" if inputs else ""
    return fill_known(text, {"input": whole})


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _strings(content: Any, where: str) -> list[str]:
    if not isinstance(content, list) or not all(isinstance(text, str) for text in content):
        raise GenomeError(
            f"a list of texts is needed, got {content!r}", where=f"spec.stock.{where}"
        )
    return content
