"""Markdown: for reading and for review in pull requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evo.exports.provenance import provenance
from evo.exports.source import Source
from genomes import Domain, ReadingRule, Rendered, render


def export_markdown(source: Source) -> str:
    """Provenance, then for each domain the messages, sampling and reading."""
    return "\n".join(_lines(source)) + "\n"


def _lines(source: Source) -> Iterator[str]:
    yield f"# {_title(source)}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for what, text in provenance(source):
        yield f"| {what} | {_cell(text)} |"
    for domain in source.genome.domains:
        yield ""
        yield from _domain(domain, render(source.genome, domain.name))


def _title(source: Source) -> str:
    name = source.name or "Genome"
    number = source.version.number if source.version else source.genome.id[:12]
    return f"{name}, version {number}" if source.version else f"{name} {number}"


def _domain(domain: Domain, rendered: Rendered) -> Iterator[str]:
    yield f"## Domain `{domain.name}`"
    yield ""
    yield f"- Inputs: {_names(domain.inputs)}"
    if domain.labels:
        yield f"- Labels: {_names(domain.labels)}"
    sampling = rendered.sampling
    yield f"- Sampling: temperature {sampling.temperature:g}, at most {sampling.max_tokens} tokens"
    yield from (f"- {line}" for line in _reading(rendered.reading))
    yield from _steering(rendered)
    yield f"- Call hash `{rendered.call_hash}`, reading hash `{rendered.reading_hash}`"
    for turn in rendered.turns:
        yield ""
        yield f"**{turn.role}**"
        yield ""
        yield _fenced(turn.text)


def _steering(rendered: Rendered) -> Iterator[str]:
    if rendered.policy is not None:
        yield f"- Rules that the agent enforces (ties: {rendered.policy.ties}):"
        yield from (f"  - `{rule}`" for rule in rendered.policy.rules)
    if rendered.conduct is not None:
        decided = vars(rendered.conduct).items()
        yield "- Conduct: " + ", ".join(f"{n} {v}" for n, v in decided if v is not None)


def _reading(reading: ReadingRule) -> Iterator[str]:
    for label, nats in reading.offsets:
        yield f"Offset of `{label}`: {nats:+.4g} nats"
    for label, probability in reading.thresholds:
        yield f"Threshold of `{label}`: {probability:.4g}"
    if reading.abstain:
        yield f"Abstains below a margin of {reading.abstain:.4g} nats"
    if reading.extract:
        yield f"Answer is read by `{reading.extract}`"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _fenced(text: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
