"""A task from the user's own rows: examples, roles, seed genome, what may vary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evo.config.explain import Source, did_you_mean, explain
from evo.plain_genome import plain_seed, plain_spec
from evo.task import Task
from fitness.scorers import scorer_name
from fitness.suites import Example, Role, Suite
from fitness.suites.checks import check_suites
from fitness.suites.columns import Columns, Loaded
from fitness.suites.loaders import load_csv, load_jsonl
from fitness.suites.splits import split
from genomes import Demo, Domain, Genome, GenomeSpec, Slot, render
from genomes.codec import from_yaml
from genomes.errors import ConfigError, DataError, GenomeError

if TYPE_CHECKING:
    from pathlib import Path

    from evo.config import Config, DataConfig

_MOST_LABELS = 20
_TOP_LOGPROBS = 60
_FREE_TEXT_TOKENS = 32


class SpecFile(BaseModel):
    """What of ``GenomeSpec`` a user writes; stock and demonstrations come from elsewhere.

    Attributes:
        slots: One for each gene that may vary.
        max_chars: Longest total text of a genome in characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slots: tuple[Slot, ...] = ()
    max_chars: int = Field(default=4000, ge=1)


def own_task(config: Config, data: DataConfig) -> Task:
    """The task of a config that has ``data``.

    Raises:
        DataError: The file cannot be used: columns, labels, leaks, a single class.
        GenomeError: The seed genome or its spec cannot be used.
    """
    loaded = read_examples(data)
    given, slots = _genome_file(config.genome) if config.genome else (None, None)
    name = data.domain or config.name
    domain = given.domain(name) if given else plain_domain(data, loaded, name)
    suites = own_suites(data, domain, loaded)
    check_suites(suites, {domain.name: domain.labels})
    seed = given or plain_seed(domain)
    render(seed, domain.name)
    spec = _spec(seed, _spec_file(config.spec) or slots, suites)
    return Task(name=config.name, domain=domain.name, seed=seed, spec=spec, suites=suites)


def read_examples(data: DataConfig) -> Loaded:
    """The examples of the user's file; the format follows its suffix.

    Raises:
        ConfigError: The suffix is neither CSV nor JSONL.
        DataError: The file is missing, or rows or columns cannot be used.
    """
    columns = Columns(
        inputs={input_name(column): column for column in data.inputs},
        target=data.target,
        id=data.id,
        cluster=data.cluster,
    )
    suffix = data.file.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return load_csv(data.file, columns, domain=data.domain or "")
    if suffix in (".jsonl", ".ndjson"):
        return load_jsonl(data.file, columns, domain=data.domain or "")
    raise ConfigError(
        f"cannot tell the format of {data.file.name}",
        where="data.file",
        remedy="name it .csv, .tsv or .jsonl",
    )


def input_name(column: str) -> str:
    """The placeholder of a column: ``Review text`` becomes ``Review_text``."""
    name = re.sub(r"\W", "_", column, flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() else name


def plain_domain(data: DataConfig, loaded: Loaded, name: str | None = None) -> Domain:
    """The host contract that the file and its config imply.

    Args:
        data: The config.
        loaded: The file's examples.
        name: Name of the domain, if ``data`` gives none.

    Raises:
        DataError: There are too many different targets to take them for labels, or labels that
            the first token of an answer cannot tell apart.
    """
    labels = _labels(data, loaded)
    return Domain(
        name=data.domain or name or data.file.stem,
        inputs=tuple(input_name(column) for column in data.inputs),
        labels=labels,
        task_kind=data.task_kind or ("classify" if labels else "general"),
        max_tokens=data.max_tokens or (1 if labels else _FREE_TEXT_TOKENS),
        top_logprobs=_TOP_LOGPROBS if labels else 0,
    )


def own_suites(data: DataConfig, domain: Domain, loaded: Loaded) -> tuple[Suite, ...]:
    """One suite a role, split by hash of the cluster."""
    shares = data.shares.model_dump()
    scorer = scorer_name(data.scorer or ("exact" if domain.labels else "normalised"))
    examples = [_in_domain(example, domain.name) for example in loaded.examples]
    return tuple(
        Suite(
            name=f"{domain.name}/{role}",
            role=_ROLES[role],
            domain=domain.name,
            examples=members,
            scorer=scorer,
            independent=data.cluster is None,
        )
        for role, members in split(examples, shares).items()
    )


_ROLES: dict[str, Role] = {"search": "search", "gate": "gate", "audit": "audit"}


def _in_domain(example: Example, domain: str) -> Example:
    return Example(
        example.id, example.inputs, example.target, domain, example.cluster, example.tags
    )


def _labels(data: DataConfig, loaded: Loaded) -> tuple[str, ...]:
    if data.labels is not None:
        return _distinct(data.labels)
    found = sorted({example.target for example in loaded.examples})
    if len(found) > _MOST_LABELS:
        raise DataError(
            f"column {data.target!r} has {len(found)} different values",
            where=f"{loaded.source} data.labels",
            remedy="list the labels under data.labels, or say labels: [] for free text",
        )
    return _distinct(tuple(found))


def _distinct(labels: tuple[str, ...]) -> tuple[str, ...]:
    # An answer is read by the first token that begins one label and no other.
    for label in labels:
        for other in labels:
            if label is not other and other.lower().startswith(label.lower()):
                raise DataError(
                    f"label {label!r} begins label {other!r}: an answer could mean both",
                    where="data.labels",
                    remedy="rename one of them in the file",
                )
    return labels


def _genome_file(path: Path) -> tuple[Genome, SpecFile | None]:
    content = _yaml(path)
    spec = content.pop("spec", None)
    genome = from_yaml(yaml.safe_dump(content, allow_unicode=True), where=path.name)
    return genome, None if spec is None else _parsed_spec(spec, path)


def _spec_file(path: Path | None) -> SpecFile | None:
    return None if path is None else _parsed_spec(_yaml(path), path)


def _parsed_spec(content: Any, path: Path) -> SpecFile:
    try:
        return SpecFile.model_validate(content)
    except ValidationError as error:
        problem = explain(error, SpecFile, Source(path.name))
        raise GenomeError(problem.what, where=problem.where, remedy=problem.remedy) from error


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise GenomeError(f"cannot read {path.name}: {error}", where=str(path)) from error
    if not isinstance(content, dict):
        raise GenomeError(f"{path.name} is not a mapping of keys to values", where=str(path))
    return content


def _spec(seed: Genome, slots: SpecFile | None, suites: Sequence[Suite]) -> GenomeSpec:
    spec = plain_spec(seed, [_pool(suite) for suite in suites if suite.role == "search"])
    if slots is None:
        return spec
    known = [gene.id for gene in seed.genes]
    for slot in slots.slots:
        if slot.gene not in known:
            raise GenomeError(
                f"the spec speaks of a gene {slot.gene!r} that the genome lacks",
                where="spec.slots",
                remedy=did_you_mean(slot.gene, known),
            )
    return spec.model_copy(update={"slots": slots.slots, "max_chars": slots.max_chars})


def _pool(suite: Suite) -> tuple[str, tuple[Demo, ...]]:
    return suite.domain, tuple(example.as_demo() for example in suite)
