"""What a form cannot carry, so that nobody finds out by surprise."""

from __future__ import annotations

from collections.abc import Iterator

from evo.exports.source import Source
from genomes import Rendered, render

_TEXT_ONLY = ("openai", "promptfoo", "dspy")


def left_behind(source: Source, to: str) -> tuple[str, ...]:
    """One sentence for each thing of the genome that the form does not hold; empty if none.

    Args:
        source: What is exported.
        to: Name of the exporter.
    """
    if to not in _TEXT_ONLY:
        return ()
    if to == "dspy":
        rendered = [render(source.genome, domain.name) for domain in source.genome.domains]
    else:
        rendered = [source.rendered()]
    return tuple(line for one in rendered for line in _lines(one, to))


def _lines(rendered: Rendered, to: str) -> Iterator[str]:
    reading = rendered.reading
    names = [
        *(["offsets"] if any(nats for _, nats in reading.offsets) else []),
        *(["thresholds"] if reading.thresholds else []),
        *(["abstention"] if reading.abstain else []),
        *([f"extraction {reading.extract!r}"] if reading.extract else []),
    ]
    where = f"domain {rendered.domain!r}"
    if names:
        yield f"{where}: how answers are read ({', '.join(names)}) is not part of this form"
    steering = [
        *([f"{len(rendered.policy.rules)} enforced rules"] if rendered.policy else []),
        *(["the conduct of a tool agent"] if rendered.conduct else []),
    ]
    if steering:
        yield f"{where}: {' and '.join(steering)} are not part of this form"
    if reading.labels and rendered.sampling.top_logprobs and to != "openai":
        yield f"{where}: labels are read from the text, not from log-probabilities"
    if to == "openai" and any(turn.literal and "{{" in turn.text for turn in rendered.turns):
        yield f"{where}: a demonstration holds braces that are text, not a placeholder"
