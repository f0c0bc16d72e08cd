"""Prompts are cut where a person would cut them, and nothing of their wording is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.imports import Contract, as_ours, foreign_placeholders, import_genome, split_markdown
from evo.imports.pieces import split_text
from genomes import render
from genomes.errors import ConfigError, GenomeError

PROMPT = """\
You sort mail.


Rules:

- Be strict.
- Read all.

```
not a paragraph

# not a heading
```

Mail: {{ text }}

Answer:
"""
MARKDOWN = """\
Before all.

# Role
You sort mail.

Twice read.

## Rules ##
- Be strict.

```python
# not a heading
```

# Input
{{ text }}

# Form
One word of {{ labels }}.
"""


def test_paragraphs_lists_and_fences():
    pieces = split_text(PROMPT)
    assert [one.text.split("\n")[0] for one in pieces] == [
        "You sort mail.", "Rules:", "```", "Mail: {{ text }}", "Answer:",
    ]  # fmt: skip
    assert [one.place for one in pieces] == ["system"] * 3 + ["user"] * 2
    assert pieces[1].text == "Rules:\n\n- Be strict.\n- Read all."
    assert pieces[1].name == "rules-be-strict-read"


def test_sections_by_heading():
    pieces = split_markdown(MARKDOWN)
    assert [(one.name, one.place) for one in pieces] == [
        ("before-all", "system"), ("role", "system"), ("rules", "system"),
        ("input", "user"), ("form", "user"),
    ]  # fmt: skip
    assert pieces[1].text == "# Role\nYou sort mail.\n\nTwice read."
    assert "# not a heading" in pieces[2].text


def test_headings_that_name_the_turns():
    pieces = split_markdown("# System\nBe kind to {{ name }}.\n\nNow.\n\n## User\nHi {{ text }}\n")
    assert [(one.text, one.place) for one in pieces] == [
        ("Be kind to {{ name }}.", "system"), ("Now.", "system"), ("Hi {{ text }}", "user"),
    ]  # fmt: skip


def test_a_prompt_becomes_a_genome_of_the_same_wording():
    genome = import_genome(PROMPT, "text", Contract("mail", labels=("spam", "ham")))
    rendered = render(genome, "mail")
    system, user = (turn.text for turn in rendered.turns)
    whole = re.sub(r"\n{3,}", "\n\n", PROMPT).strip()
    assert f"{system}\n\n{user}" == whole
    assert genome.domain("mail").inputs == ("text",)
    assert [gene.id for gene in genome.genes][-4:] == [
        "demos", "mail-text", "answer", "offset.ham",
    ]  # fmt: skip


BLOCKS = st.lists(
    st.text("ab {}#-\n\t`é", min_size=1, max_size=20).filter(lambda text: text.strip())
    | st.sampled_from(
        ["# Head", "- item", "{{ text }}", "x {{ other }} y", "1. one", "```\n\n```"]
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(BLOCKS, st.sampled_from(["text", "markdown"]))
def test_no_word_is_lost_and_ids_are_unique(blocks, form):
    prompt = "\n\n".join(blocks)
    genome = import_genome(prompt, form, Contract("d"))
    shown = [turn.text for turn in render(genome, "d").turns]
    words = " ".join(shown).split()
    for word in prompt.split():
        assert word in words


def test_a_prompt_without_placeholders_gets_its_input():
    genome = import_genome("Say yes or no.", "text", Contract("d"))
    assert render(genome, "d").turns[-1].text == "{{ text }}"
    two = import_genome("See {{ a }}.", "text", Contract("d", inputs=("a", "b")))
    assert render(two, "d").turns[-1].text == "See {{ a }}.\n\n{{ b }}"


def test_a_placeholder_that_is_no_input_is_refused():
    with pytest.raises(ConfigError, match=r"\{\{ review \}\}") as caught:
        import_genome("{{ review }}", "text", Contract("d", inputs=("text",)), where="p.txt")
    assert "inputs are: text" in str(caught.value.remedy)


@pytest.mark.parametrize("text", ["", " \n\n\t"])
def test_an_empty_prompt_is_refused(text):
    with pytest.raises(GenomeError, match="empty"):
        import_genome(text, "text", Contract("d"))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Say {text}.", "Say {{ text }}."),
        ('{{"a": {x}}}', '{"a": {{ x }}}'),
        ("{{literal}}", "{literal}"),
        ("{not one} {1} {}", "{not one} {1} {}"),
        ("{a}{b}", "{{ a }}{{ b }}"),
    ],
)
def test_format_strings(given, wanted):
    assert as_ours(given) == wanted


def test_single_braces_are_seen_and_left_alone():
    text = "{{ text }} {name} {name} { x } {{x}} {json: 1}"
    assert foreign_placeholders(text) == ("name",)
    genome = import_genome(text, "text", Contract("d", inputs=("text", "x")))
    assert "{name}" in render(genome, "d").turns[-1].text
