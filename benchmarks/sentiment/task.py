"""The sentiment task: seed genome, what may vary, suites by role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from benchmarks.sentiment.data import (
    headline_examples,
    plot_examples,
    role_of,
    sentiment_examples,
)
from evo.task import Task
from fitness.suites import Example, Role, Suite
from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    ReasoningGene,
    Slot,
)
from genomes.library import load_library

SEARCH_IN_USE, RESERVE, POOL = 150, 150, 60
GATE_SHARDS, AUDIT = 6, 400
REGRESSION_SEARCH, REGRESSION_JUDGE = 60, 100
SHOWN = slice(200, 204)
"""Search examples of a regression domain that its seed shows: none of those in use."""


def sentiment() -> Task:
    """Film review snippets; plot and headline recognition must not get worse.

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    by_role = _by_role(sentiment_examples())
    pool = by_role["search"][SEARCH_IN_USE + RESERVE :][:POOL]
    suites = [
        _suite("sentiment", "search", by_role["search"][: SEARCH_IN_USE + RESERVE]),
        *_gate_shards(by_role["gate"]),
        _suite("sentiment", "audit", by_role["audit"][:AUDIT]),
    ]
    shown: dict[str, tuple[Demo, ...]] = {}
    for domain, examples in (("plot", plot_examples()), ("headline", headline_examples())):
        parts = _by_role(examples)
        shown[domain] = _demos(parts["search"][SHOWN])
        suites.append(_suite(domain, "search", parts["search"][:REGRESSION_SEARCH]))
        suites.append(_suite(domain, "regression", parts["regression"][:REGRESSION_JUDGE]))
    return Task("sentiment", "sentiment", seed_genome(shown), _spec(pool), tuple(suites))


def from_nothing() -> Task:
    """The same task, but the seed does not say what to do with the bare text."""
    return _changed({"task_sentiment": "", "template_sentiment": "{{ text }}"})


def from_a_wrong_start() -> Task:
    """The same task, but the seed tells the model the opposite of what is right."""
    wrong = "Praise is negative and complaint is positive. Classify the text as {{ labels }}."
    return _changed({"task_sentiment": wrong})


def _changed(texts: Mapping[str, str]) -> Task:
    task = sentiment()
    genes = tuple(
        gene.model_copy(update={"text": texts[gene.id]}) if gene.id in texts else gene
        for gene in task.seed.genes
    )
    return replace(task, seed=task.seed.with_genes(genes))


def seed_genome(shown: Mapping[str, tuple[Demo, ...]]) -> Genome:
    """A plain start for sentiment: one instruction, no demonstration, no offset.

    Args:
        shown: Demonstrations by regression domain. They are behaviour that already works: with
            the instruction alone the local model is at chance there, and what is at chance
            could not get worse.
    """
    return Genome(
        domains=tuple(_domain(name, labels) for name, labels in _DOMAINS.items()),
        genes=(
            FragmentGene(id="role", text="You are a helpful assistant."),
            *(
                FragmentGene(id=f"task_{name}", scope=(name,), text=text)
                for name, text in _TASKS.items()
            ),
            ReasoningGene(id="reasoning", template="Answer with one word."),
            DemoGene(id="demos", scope=("sentiment",)),
            *(
                DemoGene(id=f"demos_{name}", scope=(name,), demos=demos)
                for name, demos in shown.items()
            ),
            *(
                FragmentGene(id=f"template_{name}", scope=(name,), place="user", text=text)
                for name, text in _TEMPLATES.items()
            ),
            DecisionGene(
                id="offset_positive", scope=("sentiment",), parameter="offset", label="positive"
            ),
        ),
    )


_DOMAINS = {
    "sentiment": ("positive", "negative"),
    "plot": ("plot", "review"),
    "headline": ("news", "review"),
}
# Wording of the regression domains: chosen on 100 of their search examples.
_TASKS = {
    "sentiment": "Classify the text as {{ labels }}.",
    "plot": "plot: tells what happens in the story. review: gives an opinion.",
    "headline": "Classify the text as {{ labels }}.",
}
_TEMPLATES = {
    "sentiment": "Review: {{ text }}\nSentiment:",
    "plot": "{{ text }}\nPlot or review?",
    "headline": "Text: {{ text }}\nCategory:",
}


def _domain(name: str, labels: tuple[str, str]) -> Domain:
    kind = "sentiment" if name == "sentiment" else "classify"
    return Domain(name=name, inputs=("text",), labels=labels, task_kind=kind, top_logprobs=60)


def _spec(pool: list[Example]) -> GenomeSpec:
    return GenomeSpec(
        slots=(
            Slot(gene="role", max_chars=200, library=("roles",), optional=True),
            Slot(
                gene="task_sentiment",
                library=("instructions", "emphasis", "definitions"),
                optional=True,
            ),
            Slot(gene="reasoning", max_chars=200, library=("reasoning",), optional=True),
            Slot(gene="demos", max_demos=6),
            Slot(gene="template_sentiment", max_chars=200, library=("templates",)),
            Slot(gene="offset_positive", low=-8.0, high=8.0),
        ),
        demo_pool=(("sentiment", _demos(pool)),),
        max_chars=2400,
        stock=load_library("sentiment"),
    )


def _demos(examples: list[Example]) -> tuple[Demo, ...]:
    return tuple(example.as_demo() for example in examples)


def _by_role(examples: list[Example]) -> dict[Role, list[Example]]:
    parts: defaultdict[Role, list[Example]] = defaultdict(list)
    for example in examples:
        parts[role_of(example.cluster)].append(example)
    return parts


def _gate_shards(examples: list[Example]) -> list[Suite]:
    """Shards with one snippet of each film.

    Snippets of one film are no independent evidence: which prompt reads them better agrees
    within films (intraclass correlation .07 to .10 of the paired differences). The sign test
    asks for independent pairs, so no film comes twice in a shard.
    """
    films: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        films[example.cluster].append(example)
    return [
        Suite(
            f"sentiment/gate-{number + 1}",
            "gate",
            "sentiment",
            tuple(snippets[number] for snippets in films.values() if len(snippets) > number),
        )
        for number in range(GATE_SHARDS)
    ]


def _suite(domain: str, role: Role, examples: list[Example]) -> Suite:
    return Suite(f"{domain}/{role}", role, domain, tuple(examples))
