"""The policy gene: what it renders to, and what it leaves alone."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from genomes import (
    DecisionGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    Policy,
    PolicyGene,
    RuleSpace,
    Slot,
    diff,
    from_json,
    from_yaml,
    render,
    to_json,
    to_yaml,
)
from genomes.errors import GenomeError
from genomes.hashing import content_hash
from genomes.rules import Tool
from genomes.scoping import scoped

LINES = ("mv before cd when x.destination = y.folder priority 2", "in mail: login first")


def genome(*genes):
    user = FragmentGene(id="u", place="user", text="{{ x }}")
    domains = tuple(Domain(name=name, inputs=("x",)) for name in ("mail", "files"))
    return Genome(domains=domains, genes=(user, *genes))


def test_without_steering_genes_every_hash_is_as_it_was():
    # Taken before there were policies; stored responses are found by these.
    plain = genome(DecisionGene(id="heat", parameter="temperature", value=0.3))
    assert plain.id.startswith("1657e043ba9f73ec")
    assert render(plain, "mail").call_hash.startswith("7d6660d34e166150")
    spec = GenomeSpec(slots=(Slot(gene="u"),))
    assert content_hash(spec).startswith("6046e90d9642ee86")
    assert render(plain, "mail").policy is None
    assert render(plain, "mail").conduct is None


def test_a_policy_without_effect_changes_no_call():
    bare = render(genome(), "mail").call_hash
    for gene in (
        PolicyGene(id="p"),
        PolicyGene(id="p", rules=LINES, enforce=False),
        PolicyGene(id="p", rules=LINES, scope=("files",)),
        PolicyGene(id="p", rules=("in files: a first",), text=True),
    ):
        assert render(genome(gene), "mail").call_hash == bare


def test_enforcement_and_text_are_separate_and_change_the_call_each():
    made = {
        (enforce, text): render(
            genome(PolicyGene(id="p", rules=LINES, enforce=enforce, text=text)), "files"
        )
        for enforce in (False, True)
        for text in (False, True)
    }
    assert len({one.call_hash for one in made.values()}) == 4
    enforced = Policy((LINES[0],))
    assert [one.policy for one in made.values()] == [None, None, enforced, enforced]
    told = [one.turns[0].text for one in made.values() if one.turns[0].role == "system"]
    assert len(told) == 2
    # The prompt shows a rule without scope and priority, which mean nothing to a model.
    assert told[0].splitlines()[1:] == ["- mv before cd when x.destination = y.folder"]


def test_rules_of_a_domain_reach_that_domain_alone():
    gene = PolicyGene(id="p", rules=LINES)
    assert render(genome(gene), "mail").policy == Policy((LINES[0], "login first"))
    more = gene.model_copy(update={"rules": (*LINES, "in mail: x last")})
    assert render(genome(more), "files") == render(genome(gene), "files")
    assert render(genome(more), "mail").call_hash != render(genome(gene), "mail").call_hash


def test_a_gain_promoted_for_one_domain_leaves_the_others_byte_identical():
    champion = genome(PolicyGene(id="p", rules=LINES))
    candidate = genome(PolicyGene(id="p", rules=("cd last",)))
    mixed = scoped(candidate, champion, "mail")
    assert render(mixed, "files") == render(champion, "files")
    assert render(mixed, "mail").policy == render(candidate, "mail").policy


def test_rules_are_kept_in_canonical_form_so_that_equal_content_hashes_equal():
    loose = PolicyGene(id="p", rules=('  mv   before cd when x.a="b" ',))
    assert loose.rules == ('mv before cd when x.a = "b"',)


@pytest.mark.parametrize(
    ("rules", "told"),
    [(("mv befor cd",), "column 4"), (("a first", "a  first"), "stands there twice")],
)
def test_bad_rules_are_named(rules, told):
    with pytest.raises(ValidationError, match=told):
        PolicyGene(id="p", rules=rules)
    data = to_yaml(genome(PolicyGene(id="p", rules=("a last",)))).replace(
        "- a last", f"- {rules[0]}"
    )
    if len(rules) == 1:
        with pytest.raises(GenomeError, match=told) as caught:
            from_yaml(data, where="g.yaml")
        assert "g.yaml: genes.1.rules" in str(caught.value)


def test_genomes_with_rules_come_back_exactly():
    one = genome(
        PolicyGene(id="p", rules=(*LINES, 'ask "Which: a\\nb?" for pay'), ties="hash", text=True),
        DecisionGene(id="s", parameter="self_check", value="on"),
    )
    assert from_yaml(to_yaml(one)).id == from_json(to_json(one)).id == one.id


def test_a_diff_shows_rules_and_switches():
    a = genome(PolicyGene(id="p", rules=("a first", "b last")))
    b = genome(PolicyGene(id="p", rules=("b last", "c last"), text=True))
    assert [str(one) for one in diff(a, b)] == [
        "~ p.text: [-False-]{+True+}",
        "- p.rule: a first",
        "+ p.rule: c last",
    ]
    turned = genome(PolicyGene(id="p", rules=("b last", "a first")))
    assert [str(one) for one in diff(a, turned)] == [
        "~ p.order: a first; b last -> b last; a first"
    ]


def test_decisions_of_a_tool_agent_reach_it_and_only_it():
    made = render(
        genome(
            DecisionGene(id="a", parameter="max_steps", value=7.0),
            DecisionGene(id="b", parameter="self_check", value="off"),
            DecisionGene(id="c", parameter="procedure", value="plan_then_act"),
            DecisionGene(id="d", parameter="ask_below", value=0.3),
            DecisionGene(id="e", parameter="abstain_below", value=0.1, scope=("mail",)),
            DecisionGene(id="f", parameter="answer_above", value=0.8),
        ),
        "files",
    )
    conduct = made.conduct
    assert (conduct.max_steps, conduct.self_check, conduct.procedure) == (7, False, "plan_then_act")
    assert [conduct.on(c) for c in (0.05, 0.29, 0.3, 0.79, 0.8)] == [
        "ask",
        "ask",
        None,
        None,
        "answer",
    ]
    assert made.reading_hash == render(genome(), "files").reading_hash
    assert made.call_hash != render(genome(), "files").call_hash


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("self_check", "maybe"), ("self_check", 1.0), ("procedure", "dance"), ("max_steps", "many")],
)
def test_decisions_take_only_what_they_mean(parameter, value):
    with pytest.raises(ValidationError, match="cannot be"):
        DecisionGene(id="d", parameter=parameter, value=value)


SPACE = RuleSpace(
    tools=(Tool(name="mv", args=("to",)), Tool(name="cd", args=("folder",))), max_rules=2
)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (("mv first", "cd last", "mv before cd"), "3 rules, max_rules is 2"),
        (("mvv first",), "did you mean 'mv'"),
        (("mv first priority 4",), "max_priority 3"),
        (("mv first when error and steps > 1 and called cd",), "max_conditions 2"),
        (("mv before cd when x.to = y.folder",), "an argument outside roles"),
    ],
)
def test_a_space_says_which_rules_it_refuses(rules, told):
    tight = SPACE.model_copy(update={"roles": ("folder",)})
    assert told in tight.refusal(PolicyGene(id="p", rules=rules).parsed)
    assert (
        SPACE.refusal(PolicyGene(id="p", rules=("mv before cd when x.to = y.folder",)).parsed)
        is None
    )


def test_values_of_a_space_are_canonical_json():
    with pytest.raises(ValidationError, match="no JSON value"):
        RuleSpace(tools=SPACE.tools, values=(("folder", ".."),))
    with pytest.raises(ValidationError, match="canonical"):
        RuleSpace(tools=SPACE.tools, states=(("a", "[1, 2]"),))
