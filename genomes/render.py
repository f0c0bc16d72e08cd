"""``render(genome, domain)``: from genes to what the agent runs."""

from __future__ import annotations

from genomes.conduct import Conduct
from genomes.demo import DemoGene
from genomes.domain import Domain
from genomes.errors import GenomeError
from genomes.gene import RenderDraft
from genomes.genome import Genome
from genomes.placeholders import fill, fill_known, placeholders
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn
from genomes.rules.policy import Policy


def render(genome: Genome, domain: str) -> Rendered:
    """Renders the genes in scope for ``domain``.

    Raises:
        GenomeError: The domain is unknown, or the user template lacks a required input.
    """
    draft = RenderDraft(domain=genome.domain(domain))
    genes = [gene for gene in genome.genes if gene.acts_in(domain)]
    for gene in genes:
        gene.contribute(draft)
    return Rendered(
        domain=domain,
        turns=_turns(draft),
        sampling=_sampling(draft),
        reading=_reading(draft),
        excludes=frozenset(
            demo.example_id for gene in genes if isinstance(gene, DemoGene) for demo in gene.demos
        ),
        policy=_policy(draft),
        conduct=Conduct.of(draft.conduct),
        shots=tuple(draft.shots),
    )


def label_list(domain: Domain) -> str:
    """The labels as words: "positive or negative"."""
    *head, last = domain.labels or ("",)
    return f"{', '.join(head)} or {last}" if head else last


def _turns(draft: RenderDraft) -> tuple[Turn, ...]:
    # Everything shared by all examples comes first and the example last, so that a local
    # model keeps the prefix of a candidate warm from one example to the next.
    known = {"labels": label_list(draft.domain)}
    user = fill_known("\n".join(draft.user), known)
    _check_inputs(draft.domain, user)
    system = fill_known("\n".join(draft.system), known)
    turns = [Turn("system", system)] if system else []
    for inputs, target in draft.shots:
        turns.append(Turn("user", fill(user, inputs), literal=True))
        turns.append(Turn("assistant", target, literal=True))
    return (*turns, *draft.turns, Turn("user", user))


def _check_inputs(domain: Domain, user: str) -> None:
    missing = sorted(set(domain.inputs) - placeholders(user))
    if missing:
        names = ", ".join(f"{{{{ {name} }}}}" for name in missing)
        raise GenomeError(
            f"the user template of domain {domain.name!r} lacks {names}",
            remedy=f"add {names} to a fragment with place: user",
        )


def _policy(draft: RenderDraft) -> Policy | None:
    rules = tuple(dict.fromkeys(draft.rules))
    return Policy(rules, draft.ties) if rules or draft.ties != "given" else None


def _sampling(draft: RenderDraft) -> Sampling:
    return Sampling(
        temperature=float(draft.sampling.get("temperature", 0.0)),
        max_tokens=int(draft.sampling.get("max_tokens", draft.domain.max_tokens)),
        top_logprobs=draft.domain.top_logprobs,
    )


def _reading(draft: RenderDraft) -> ReadingRule:
    return ReadingRule(
        labels=draft.domain.labels,
        offsets=tuple(sorted(draft.offsets.items())),
        thresholds=tuple(sorted(draft.thresholds.items())),
        abstain=draft.abstain,
        extract=draft.extract,
    )
