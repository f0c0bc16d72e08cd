"""A genome as a DSPy program, and an adapter that gives its messages byte for byte.

With ``ChatAdapter`` (DSPy's default) a loaded program has our instructions and demonstrations,
but DSPy's own frame around them. With ``TemplateAdapter`` the messages equal ``render``'s. The
user template travels in the prefix of the output field, which DSPy stores and never reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import dspy
from dspy.adapters.utils import parse_value

from fitness.reading import read
from fitness.response import Response
from genomes import DemoGene, Domain, Genome, ReadingRule, Rendered, render
from genomes.errors import ConfigError
from genomes.placeholders import fill

META = "evogate"
_TAKEN = {"signature", "new_signature", "demos", "config", "lm", "prediction"}


class Champion(dspy.Module):  # type: ignore[misc]
    """One predictor a domain.

    Attributes:
        domains: Name to predictor.
    """

    def __init__(self, domains: Mapping[str, dspy.Predict]) -> None:
        super().__init__()
        self.domains = dict(domains)

    def forward(self, domain: str | None = None, **inputs: Any) -> dspy.Prediction:
        """Asks the predictor of ``domain``; it may be left out if there is only one.

        Raises:
            ConfigError: Unknown domain, or none named where there are several.
        """
        name = domain or (next(iter(self.domains)) if len(self.domains) == 1 else "")
        if name not in self.domains:
            known = ", ".join(self.domains)
            raise ConfigError(f"which domain, not {domain!r}?", remedy=f"one of: {known}")
        return self.domains[name](**inputs)


class TemplateAdapter(dspy.Adapter):  # type: ignore[misc]
    """Formats a program of ours exactly as evogate renders it, and reads the reply as text."""

    def format(
        self,
        signature: type[dspy.Signature],
        demos: Sequence[Mapping[str, Any]],
        inputs: Mapping[str, Any],
    ) -> list[dict[str, str]]:
        """System turn if there are instructions, demonstrations, then the example."""
        output, field = next(iter(signature.output_fields.items()))
        template = field.json_schema_extra["prefix"]
        turns = [("system", signature.instructions)] if signature.instructions else []
        for demo in demos:
            shown = {name: str(demo[name]) for name in signature.input_fields}
            turns += [("user", fill(template, shown)), ("assistant", str(demo[output]))]
        turns.append(("user", fill(template, {name: str(inputs[name]) for name in inputs})))
        return [{"role": role, "content": text} for role, text in turns]

    def parse(self, signature: type[dspy.Signature], completion: str) -> dict[str, Any]:
        """The whole reply, or the label that it names or begins."""
        name, field = next(iter(signature.output_fields.items()))
        labels = tuple(getattr(field.annotation, "__args__", ()))
        if not labels:
            return {name: parse_value(completion.strip(), field.annotation)}
        return {name: _label(completion, labels)}


def build_program(genome: Genome) -> Champion:
    """The program of a genome; sampling settings are in each predictor's ``config``.

    Raises:
        ConfigError: An input has a name that DSPy keeps for itself.
    """
    return Champion({domain.name: _predictor(genome, domain) for domain in genome.domains})


def load_program(path: Path | str) -> Champion:
    """A program from a file that ``export --to dspy`` wrote. Use it with ``TemplateAdapter``.

    Raises:
        ConfigError: The file is not one of ours.
    """
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    about = content.get("metadata", {}).get(META)
    if about is None:
        raise ConfigError(
            "the file was not exported by evogate", where=str(path),
            remedy="load it into your own program with its method load",
        )  # fmt: skip
    program = Champion({name: _empty(one) for name, one in about["domains"].items()})
    program.load(path)
    return program


def contract(domain: Domain, rendered: Rendered) -> dict[str, Any]:
    """What DSPy does not store of a domain and ``load_program`` needs."""
    return {
        "inputs": list(domain.inputs),
        "output": output_name(domain),
        "labels": list(domain.labels),
        "config": {
            "temperature": rendered.sampling.temperature,
            "max_tokens": rendered.sampling.max_tokens,
        },
    }


def output_name(domain: Domain) -> str:
    """Name of the output field: one that no input has."""
    wanted = "label" if domain.labels else "answer"
    while wanted in domain.inputs:
        wanted = f"{wanted}_out"
    return wanted


def exact(program: Champion, rendered: Rendered, domain: Domain) -> bool:
    """Whether DSPy gives the messages of ``render`` byte for byte.

    It does not where the system text has tabs, an indent as a whole, or outer blank lines: DSPy
    cuts them.
    """
    predictor = program.domains[domain.name]
    inputs = {name: f"<{name}>" for name in domain.inputs}
    given = TemplateAdapter().format(predictor.signature, predictor.demos, inputs)
    return bool(given == rendered.messages(inputs))


def _predictor(genome: Genome, domain: Domain) -> dspy.Predict:
    rendered = render(genome, domain.name)
    predictor = _empty(contract(domain, rendered))
    output = output_name(domain)
    signature = predictor.signature.with_updated_fields(output, prefix=rendered.turns[-1].text)
    system = [turn.text for turn in rendered.turns if turn.role == "system"]
    signature.instructions = "".join(system)
    predictor.signature = signature
    predictor.demos = [
        dspy.Example(**dict(demo.inputs), **{output: demo.target}).with_inputs(*domain.inputs)
        for gene in genome.genes
        if isinstance(gene, DemoGene) and gene.acts_in(domain.name)
        for demo in gene.demos
    ]
    return predictor


def _empty(about: Mapping[str, Any]) -> dspy.Predict:
    wrong = [name for name in about["inputs"] if name in _TAKEN or name.startswith("_")]
    if wrong:
        raise ConfigError(
            f"DSPy cannot have an input named {wrong[0]!r}", remedy="rename it in the contract"
        )
    labels = tuple(about["labels"])
    kind: Any = Literal[labels] if labels else str
    fields: dict[str, Any] = {name: (str, dspy.InputField()) for name in about["inputs"]}
    fields[about["output"]] = (kind, dspy.OutputField())
    return dspy.Predict(dspy.Signature(fields), **about["config"])


def _label(text: str, labels: tuple[str, ...]) -> str | None:
    named = read(Response(text), ReadingRule(labels=labels)).text if text.strip() else None
    start = text.strip().lower()
    begun = [label for label in labels if start and label.lower().startswith(start)]
    return named or (begun[0] if len(begun) == 1 else None)
