"""Stock texts by kind of task: the raw material of structural variation.

One YAML file a kind. A kind reads the files of ``KINDS`` in order; the lists of a group are
joined, its mappings merged, and a file's ``anew`` names the groups that it starts afresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from genomes.errors import GenomeError

__all__ = ["KINDS", "load_library"]

KINDS: Mapping[str, tuple[str, ...]] = {
    "general": ("general",),
    "classify": ("general", "classify"),
    "sentiment": ("general", "classify", "sentiment"),
    "tools": ("general", "tools"),
}


def load_library(task_kind: str) -> dict[str, Any]:
    """The stock library for one kind of task, as ``GenomeSpec.stock`` wants it.

    Args:
        task_kind: ``general``, ``classify``, ``sentiment`` or ``tools``; see ``Domain.task_kind``.

    Returns:
        Group to texts. ``roles``, ``instructions``, ``emphasis``, ``reasoning``, ``templates``,
        ``definition_patterns`` and ``fillers`` are lists; ``definitions`` (label to sentences)
        and ``synonyms`` (word to words) are mappings. Texts may hold ``{{ labels }}``,
        ``{{ label }}`` (definitions) and ``{{ input }}`` (templates).

    Raises:
        GenomeError: The kind is unknown.
    """
    if task_kind not in KINDS:
        raise GenomeError(
            f"no stock library for the task kind {task_kind!r}",
            where="task_kind",
            remedy=f"known kinds: {', '.join(KINDS)}",
        )
    stock: dict[str, Any] = {}
    for name in KINDS[task_kind]:
        _merge(stock, _read(name))
    return stock


def _read(name: str) -> dict[str, Any]:
    text = files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def _merge(stock: dict[str, Any], more: dict[str, Any]) -> None:
    for group in more.pop("anew", ()):
        stock.pop(group, None)
    for group, content in more.items():
        if isinstance(content, dict):
            known = stock.setdefault(group, {})
            for key, texts in content.items():
                known[key] = _joined(known.get(key, []), texts)
        else:
            stock[group] = _joined(stock.get(group, []), content)


def _joined(texts: list[str], more: list[str]) -> list[str]:
    return list(dict.fromkeys([*texts, *more]))
