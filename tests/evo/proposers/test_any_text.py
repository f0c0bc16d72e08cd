"""Whatever text a model returns: no accepted child breaks its spec, and every call is counted."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
from hypothesis import find, given, settings
from hypothesis import strategies as st
from support_proposers import KEEP, Desk, context, open_genes, reply, said, spec

from evo.models import Request
from evo.proposers import MODEL_PROPOSERS, model_proposers
from evo.proposers.reply import LABELS
from genomes import Genome
from genomes.placeholders import placeholders
from genomes.variation import check, violation
from genomes.variation.content import length, spans

GENES = ("role", "task", "law", "reasoning", "user", "fixed", "demos", "offset", "none", "")
PIECES = (
    *KEEP.values(),
    "{{ labels }}",
    "{{text}}",
    "{{ title }}",
    "{ labels }",
    "{{",
    "Never lie.",
    "I'm sorry, but",
    "This part of the contract never changes.",
    "<|im_end|>",
    "\n",
    "x" * 90,
)

pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=6)
texts = st.one_of(pieces.map("".join), st.text(max_size=250))
edits = st.fixed_dictionaries({"gene": st.sampled_from(GENES), "text": texts})
objects = st.fixed_dictionaries(
    {
        "label": st.one_of(st.sampled_from(list(LABELS)), st.text(max_size=5)),
        "hypothesis": st.text(max_size=50),
        "edits": st.lists(edits, max_size=4),
        "expected": st.one_of(st.integers(-120, 120), st.floats(), st.none()),
    }
).map(json.dumps)
wellformed = st.lists(edits, min_size=1, max_size=2).map(lambda made: reply(edits=made))
Edits = list[tuple[int, bool, str]]
# Of which open gene, whether with what must be kept, and which text.
aimed = st.lists(st.tuples(st.integers(0, 9), st.booleans(), texts), min_size=1, max_size=2)
replies = st.one_of(st.text(), objects, wellformed, objects.map("```json\n{}\n```".format), aimed)


def answer(text: str | Edits) -> Callable[[Request], str]:
    """The reply to a request: the text, or edits aimed at genes that the request opens."""

    def answered(request: Request) -> str:
        if isinstance(text, str):
            return text
        open_ = open_genes(request)
        made = []
        for number, keep, content in text:
            gene = open_[number % len(open_)]
            made.append({"gene": gene, "text": (KEEP.get(gene, "") if keep else "") + content})
        return reply(edits=made)

    return answered


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(sorted(MODEL_PROPOSERS)), replies, st.integers(0, 2**20), st.integers(0, 2000)
)
def test_no_text_gives_a_child_that_breaks_its_spec(
    name: str, text: str | Edits, seed: int, tokens: int
) -> None:
    desk = Desk(lambda request: said(answer(text)(request), tokens))
    given_ = context()
    made = model_proposers(desk.writer, spec())[name](given_, np.random.default_rng(seed))
    counts = desk.counts(name)
    assert sum(counts.values()) == desk.model.calls == 1
    assert (made is not None) == (counts == {"ok": 1})
    if made is not None:
        _sound(made.genome, given_.parents[0])


def _sound(child: Genome, parent: Genome) -> None:
    """Said again in plain words, so that a mistake in ``check`` alone is not enough to pass."""
    assert violation(child, spec()) is None
    assert check(child, parent, spec()) is None
    open_ = {slot.gene for slot in spec().slots} - {"demos", "offset"}
    for old, new in zip(parent.genes, child.genes, strict=True):
        assert old == new or new.id in open_
        (before, after) = ("\n".join(spans(gene)) for gene in (old, new))
        assert placeholders(before) <= placeholders(after) <= placeholders(before) | {"labels"}
        assert all(span in after for span in new.locked)
        slot = spec().slot(new.id)
        assert slot is None or old == new or length(new) <= slot.max_chars
        assert not after.lower().startswith("i'm sorry")
        assert "<|im_end|>" not in after
        assert "\0" not in after
        assert "This part of the contract" not in after or new.id == "fixed"
    assert Genome.model_validate_json(child.model_dump_json()) == child


def test_the_property_is_about_children_that_exist() -> None:
    def accepted(edits: Edits) -> bool:
        desk = Desk(lambda request: said(answer(edits)(request)))
        proposer = model_proposers(desk.writer, spec())["reflect"]
        return proposer(context(), np.random.default_rng(1)) is not None

    find(aimed, accepted, settings=settings(deadline=None, max_examples=500))
