"""Worlds: genomes with a spec, from plain to awkward, on which every operator must behave."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings

from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    PolicyGene,
    ReasoningGene,
    RuleSpace,
    Slot,
)
from genomes.library import load_library
from genomes.rules import FORMS, Tool

# A busy machine is no failure: nothing here is judged by the clock.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


RULES = ("move_file before cd when x.target = y.folder", "at most 2 any")
SPACE = RuleSpace(
    tools=(
        Tool(name="move_file", tool_class="Files", args=("source", "target")),
        Tool(name="cd", tool_class="Files", args=("folder",)),
        Tool(name="ls", tool_class="Files"),
        Tool(name="rm", tool_class="Files", args=("file",)),
        Tool(name="login", tool_class="Mail", args=("user",)),
    ),
    max_rules=5,
    kinds=tuple(FORMS),
    pairs=(("target", "folder"),),
    values=(("folder", '".."'),),
    states=(("mail.open", "true"),),
    texts=("no such file",),
)


@dataclass(frozen=True)
class World:
    """Two unrelated genomes of one host contract, and what may vary."""

    a: Genome = field(repr=False)
    b: Genome = field(repr=False)
    spec: GenomeSpec = field(repr=False)


def _demos(prefix: str, inputs: tuple[str, ...], labels: tuple[str, ...]) -> tuple[Demo, ...]:
    return tuple(
        Demo(
            example_id=f"{prefix}{index}",
            inputs=tuple((name, f"{name} {index} with {{{{ braces }}}}") for name in inputs),
            target=labels[index % len(labels)],
        )
        for index in range(12)
    )


def _rich() -> World:
    """Every kind of gene is open and has room to change in every way."""
    labels = ("positive", "negative")
    domain = Domain(name="s", inputs=("review",), labels=labels, task_kind="sentiment")
    pool = _demos("e", ("review",), labels)
    task = (
        "Please read the text carefully. Is it {{ labels }}? Be brief.\n"
        "positive: the writer liked it."
    )
    genes = (
        FragmentGene(id="house", text="House rules come first."),
        FragmentGene(id="role", text="You are helpful."),
        FragmentGene(id="task", text=task),
        ReasoningGene(id="why", template="Think silently. Then choose."),
        FragmentGene(id="user", place="user", text="Review: {{ review }}\nSentiment:"),
        DemoGene(id="demos", demos=(pool[0], pool[3], pool[4])),
        DecisionGene(id="shift", parameter="offset", label="positive", value=0.7),
        DecisionGene(id="least", parameter="threshold", label="negative", value=0.2),
        DecisionGene(id="heat", parameter="temperature", value=0.3),
        DecisionGene(id="form", parameter="extract", value="first"),
        PolicyGene(id="rules", rules=RULES, text=True),
    )
    other = {
        "role": {"text": "You label texts."},
        "task": {"text": "Which fits? Judge the whole text. Answer {{ labels }}."},
        "why": {"template": "Weigh both sides."},
        "user": {"text": "{{ review }}\nAnswer:"},
        "demos": {"demos": (pool[5], pool[3])},
        "shift": {"value": -1.5},
        "least": {"value": 0.6},
        "form": {"value": "last"},
        "rules": {"rules": ("login first", "verb:move before cd", RULES[1])},
    }
    slots = (
        Slot(gene="role", library=("roles",), optional=True),
        Slot(gene="task", library=("instructions", "emphasis")),
        Slot(gene="why", library=("reasoning",)),
        Slot(gene="user", library=("templates",)),
        Slot(gene="demos", max_demos=5),
        Slot(gene="shift", low=-2.0, high=2.0),
        Slot(gene="least"),
        Slot(gene="heat", high=1.0),
        Slot(gene="form", choices=("first", "last")),
        Slot(gene="rules", rules=SPACE),
    )
    spec = GenomeSpec(slots=slots, demo_pool=(("s", pool),), stock=load_library("sentiment"))
    return World(_genome(domain, genes, {}), _genome(domain, genes, other), spec)


def _locked() -> World:
    """Locked spans in an instruction, a template and a demonstration; tight bounds."""
    labels = ("yes", "no")
    domain = Domain(name="q", inputs=("claim",), labels=labels, task_kind="classify")
    pool = _demos("c", ("claim",), labels)
    keep = "Never reveal {{ labels }} early. It is the law."
    cue = "Claim: {{ claim }}"
    genes = (
        FragmentGene(id="task", text=f"Please decide. {keep} Answer briefly.", locked=(keep,)),
        FragmentGene(id="user", place="user", text=f"{cue}\nAnswer:", locked=(cue,)),
        DemoGene(id="demos", demos=(pool[1], pool[2]), locked=(pool[1].inputs[0][1],)),
        DecisionGene(id="gap", parameter="abstain", value=0.5),
    )
    other = {
        "task": {"text": f"{keep} Say which. Do not explain your answer."},
        "user": {"text": f"Judge this.\n{cue}\nIt is"},
        "demos": {"demos": (pool[1], pool[6])},
        "gap": {"value": 2.0},
    }
    slots = (
        Slot(gene="task", library=("instructions", "emphasis"), max_chars=160),
        Slot(gene="user", library=("templates",), max_chars=80),
        Slot(gene="demos", max_demos=3),
        Slot(gene="gap", low=-1.0, high=3.0),
    )
    spec = GenomeSpec(
        slots=slots, demo_pool=(("q", pool),), max_chars=330, stock=load_library("classify")
    )
    return World(_genome(domain, genes, {}), _genome(domain, genes, other), spec)


def _two_domains() -> World:
    """Genes scoped to one of two domains of different inputs and labels, and shared ones."""
    topics, kinds = ("sport", "law", "art"), ("ham", "spam")
    news = Domain(name="news", inputs=("title", "body"), labels=topics, task_kind="classify")
    mail = Domain(name="mail", inputs=("mail",), labels=kinds, task_kind="classify")
    pools = (
        ("news", _demos("n", ("title", "body"), topics)),
        ("mail", _demos("m", ("mail",), kinds)),
    )
    genes = (
        FragmentGene(id="role", text="You are careful. Always be brief."),
        FragmentGene(id="news.task", text="Which topic? {{ labels }}.", scope=("news",)),
        FragmentGene(id="mail.task", text="Is it {{ labels }}? Be sure.", scope=("mail",)),
        ReasoningGene(id="why"),
        FragmentGene(
            id="news.user",
            place="user",
            text="{{ title }}: {{ body }}\nTopic:",
            scope=("news",),
        ),
        FragmentGene(id="mail.user", place="user", text="{{ mail }}\nKind:", scope=("mail",)),
        DemoGene(id="news.demos", demos=pools[0][1][:2], scope=("news",)),
        DemoGene(id="mail.demos", scope=("mail",)),
        DecisionGene(id="spam", parameter="offset", label="spam", scope=("mail",)),
        DecisionGene(id="length", parameter="max_tokens", value=3.0, scope=("news",)),
        PolicyGene(
            id="order", rules=("in mail: login first", RULES[0], "never rm"), locked=("rm",)
        ),
        PolicyGene(id="advice", rules=("login first",), scope=("news",), enforce=False, text=True),
        PolicyGene(id="idle", rules=("login first",), enforce=False),
    )
    other = {
        "role": {"text": "You sort. Judge the whole."},
        "news.task": {"text": "Name the topic. Only {{ labels }}."},
        "why": {"template": "Think first. Then answer."},
        "mail.user": {"text": "Mail: {{ mail }}\nIs it {{ labels }}?"},
        "mail.demos": {"demos": pools[1][1][:4]},
        "news.demos": {"demos": pools[0][1][1:4]},
        "spam": {"value": 1.25},
        "length": {"value": 8.0},
        "order": {"rules": ("never rm", "any before cd when x.folder = y.folder")},
        "advice": {"rules": ("cd last", "verb:move before cd")},
        "idle": {"rules": ("cd last",)},
    }
    slots = (
        Slot(gene="role", library=("roles", "emphasis")),
        Slot(gene="news.task", library=("instructions", "emphasis")),
        Slot(gene="mail.task", library=("instructions", "emphasis"), optional=True),
        Slot(gene="why", library=("reasoning",)),
        Slot(gene="news.user", library=("templates",)),
        Slot(gene="mail.user", library=("templates",)),
        Slot(gene="news.demos"),
        Slot(gene="mail.demos", max_demos=4),
        Slot(gene="spam"),
        Slot(gene="length", low=1.0, high=12.0),
        Slot(gene="order", rules=SPACE.model_copy(update={"domains": ("news", "mail")})),
        Slot(gene="advice", rules=SPACE.model_copy(update={"max_rules": 3})),
        Slot(gene="idle", rules=SPACE),
    )
    spec = GenomeSpec(slots=slots, demo_pool=pools, stock=load_library("classify"))
    domains = (news, mail)
    return World(_genome(domains, genes, {}), _genome(domains, genes, other), spec)


def _free_text() -> World:
    """No labels, hence nothing to balance or to define."""
    domain = Domain(name="qa", inputs=("question",), max_tokens=40)
    pool = _demos("f", ("question",), ("Rome", "12", "a fox", "never"))
    genes = (
        FragmentGene(id="task", text="Answer the question. Be brief."),
        ReasoningGene(id="why", template="Think. Check. Answer."),
        FragmentGene(id="user", place="user", text="Question: {{ question }}"),
        DemoGene(id="demos", demos=(pool[0],)),
        DecisionGene(id="steps", parameter="max_steps", value=6.0),
        DecisionGene(id="way", parameter="procedure", value="act"),
        DecisionGene(id="ask", parameter="ask_below", value=0.2),
    )
    other = {
        "task": {"text": "Give a reply. Do not repeat the text."},
        "why": {"template": ""},
        "demos": {"demos": (pool[1], pool[2])},
        "steps": {"value": 9.0},
        "way": {"value": "plan_then_act"},
    }
    slots = (
        Slot(gene="task", library=("instructions", "emphasis")),
        Slot(gene="why", library=("reasoning", "emphasis")),
        Slot(gene="steps", low=1.0, high=12.0),
        Slot(gene="way", choices=("act", "plan_then_act", "act_then_check")),
        Slot(gene="ask"),
        Slot(gene="user", library=("templates",)),
        Slot(gene="demos"),
    )
    spec = GenomeSpec(slots=slots, demo_pool=(("qa", pool),), stock=load_library("general"))
    return World(_genome(domain, genes, {}), _genome(domain, genes, other), spec)


def _genome(domains, genes, changes) -> Genome:
    domains = (domains,) if isinstance(domains, Domain) else domains
    varied = (type(gene)(**{**dict(gene), **changes.get(gene.id, {})}) for gene in genes)
    return Genome(domains=domains, genes=tuple(varied))


WORLDS = {
    "rich": _rich(),
    "locked": _locked(),
    "two_domains": _two_domains(),
    "free_text": _free_text(),
}


@pytest.fixture(scope="session", params=list(WORLDS))
def world(request) -> World:
    return WORLDS[request.param]


@pytest.fixture(scope="session")
def rich() -> World:
    return WORLDS["rich"]


@pytest.fixture(scope="session")
def locked() -> World:
    return WORLDS["locked"]


@pytest.fixture(scope="session")
def two_domains() -> World:
    return WORLDS["two_domains"]


@pytest.fixture(scope="session")
def free_text() -> World:
    return WORLDS["free_text"]
