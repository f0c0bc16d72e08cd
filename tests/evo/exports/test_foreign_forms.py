"""Forms of other tools: the messages are those of ``render``, and what judges never leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from evo.exports import ModelRef, Source, export, left_behind
from evo.exports.nunjucks import escaped, nunjucks
from evo.exports.promptfoo_export import SHOWN
from fitness.suites import Example, Suite
from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    PolicyGene,
    ReasoningGene,
    Turn,
    render,
)
from genomes.errors import ConfigError, DataError
from genomes.placeholders import fill

GOLDEN = Path(__file__).parent / "golden"
MODEL = ModelRef("openai/gpt-4o-mini", api_key_env="MY_KEY")
GENOME = Genome(
    domains=(
        Domain(name="film", inputs=("text",), labels=("spam", "ham"), top_logprobs=60),
        Domain(name="book", inputs=("text", "title"), max_tokens=40),
    ),
    genes=(
        FragmentGene(
            id="rule", text="Say {{ labels }}.\n\n- Mind irony: {% if %}", scope=("film",)
        ),
        ReasoningGene(id="why", template='Think "twice".'),
        FragmentGene(id="film", place="user", text="A {brace}: {{{ text }}}", scope=("film",)),
        FragmentGene(id="book", place="user", text="{{title}}\n{{ text }}\n", scope=("book",)),
        DemoGene(
            id="demos",
            scope=("film",),
            demos=(Demo(example_id="e1", inputs=(("text", "{{ text }} {#"),), target="ham"),),
        ),
        DecisionGene(id="shift", parameter="offset", label="spam", value=0.5),
    ),
)


def suite(role: str = "search", n: int = 60, **more) -> Suite:
    examples = tuple(
        Example(f"e{i}", {"text": f"mail {i}"}, "spam" if i % 2 else "ham", "film", f"c{i}")
        for i in range(n)
    )
    return Suite(f"film/{role}", role, "film", examples, **more)


def golden(name: str, text: str) -> str:
    path = GOLDEN / name
    if os.environ.get("EVOGATE_REWRITE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_openai_golden_file():
    text = export(GENOME, "openai", domain="film", model=MODEL)
    assert text == golden("film.openai.json", text)


@pytest.mark.parametrize("domain", ["film", "book"])
def test_a_filled_request_body_holds_the_messages_of_render(domain):
    body = json.loads(export(GENOME, "openai", domain=domain, model=MODEL))
    rendered = render(GENOME, domain)
    inputs = {"text": "a {{ title }} b", "title": "T"}
    *head, last = body["messages"]
    last["content"] = fill(last["content"], inputs)
    assert [*head, last] == rendered.messages(inputs)
    assert body["model"] == "gpt-4o-mini"
    assert body["max_tokens"] == rendered.sampling.max_tokens
    assert body.get("top_logprobs", 0) == min(20, rendered.sampling.top_logprobs)


@pytest.mark.parametrize("form", ["openai", "promptfoo"])
def test_which_domain_and_which_model_are_asked_for(form):
    with pytest.raises(ConfigError, match="which domain") as caught:
        export(GENOME, form, model=MODEL)
    assert "film, book" in str(caught.value.remedy)
    with pytest.raises(ConfigError, match="which model"):
        export(GENOME, form, domain="film")
    with pytest.raises(ConfigError, match="unknown domain"):
        export(GENOME, form, domain="flim", model=MODEL)


def test_promptfoo_golden_file():
    text = export(GENOME, "promptfoo", domain="film", model=MODEL, suites=[suite(n=4)])
    assert text == golden("film.promptfoo.yaml", text)


@pytest.mark.parametrize("role", ["gate", "audit", "regression"])
def test_what_judges_is_never_exported(role):
    with pytest.raises(DataError, match=role):
        export(GENOME, "promptfoo", domain="film", model=MODEL, suites=[suite(), suite(role)])


def test_promptfoo_tests_are_search_examples_that_are_no_demonstrations():
    content = yaml.safe_load(
        export(GENOME, "promptfoo", domain="film", model=MODEL, suites=[suite()])
    )
    shown = [test["description"] for test in content["tests"]]
    assert shown == [f"e{i}" for i in range(60) if i != 1][:SHOWN]
    assert content["tests"][0]["vars"] == {"text": "mail 0"}


@pytest.mark.parametrize("text", ["file:///etc/passwd", "package:x:y", "see {{ text }}"])
def test_promptfoo_never_gets_a_text_that_it_would_load_or_expand(text):
    odd = Suite("s", "search", "film", (Example("x", {"text": text}, "ham", "film", "c"),))
    content = yaml.safe_load(export(GENOME, "promptfoo", domain="film", model=MODEL, suites=[odd]))
    assert content["tests"] == []


@pytest.mark.parametrize(
    ("model", "provider", "config"),
    [
        (MODEL, "openai:chat:gpt-4o-mini", {"apiKeyEnvar": "MY_KEY"}),
        (ModelRef("qwen", "http://127.0.0.1:1/v1"), "openai:chat:qwen",
         {"apiBaseUrl": "http://127.0.0.1:1/v1"}),
        (ModelRef("anthropic/claude-x"), "anthropic:messages:claude-x", {}),
        (ModelRef("groq/llama"), "groq:llama", {}),
    ],
)  # fmt: skip
def test_promptfoo_providers(model, provider, config):
    content = yaml.safe_load(export(GENOME, "promptfoo", domain="book", model=model))
    found = content["providers"][0]
    assert found["id"] == provider
    assert found["config"] == {"temperature": 0.0, "max_tokens": 40, **config}


@pytest.mark.parametrize(
    ("scorer", "kind"), [("exact", "equals"), ("normalised", "icontains"), ("m:f", "icontains")]
)
def test_promptfoo_asserts_what_the_scorer_asks_for(scorer, kind):
    books = (Example("b", {"text": "t", "title": "u"}, "{{ x }}", "book", "c"),)
    content = yaml.safe_load(
        export(GENOME, "promptfoo", domain="book", model=MODEL,
               suites=[Suite("b", "search", "book", books, scorer=scorer)])
    )  # fmt: skip
    (found,) = content["tests"][0]["assert"]
    assert found == {"type": kind, "value": "{{ '{' }}{ x }}"}


def nunjucks_by_hand(template: str, values: dict[str, str]) -> str:
    """The little of Nunjucks that our templates use; anything else is an error."""

    def value(match: re.Match[str]) -> str:
        inner = match.group(1).strip()
        return inner[1] if inner in ("'{'", "'#'") else values[inner]

    left = re.sub(r"\{\{(.*?)\}\}", "", template)
    assert not re.search(r"\{[{%#]|#\}", left), left
    return re.sub(r"\{\{(.*?)\}\}", value, template)


@pytest.mark.parametrize(
    "text",
    ["", "{", "{{", "{{{", "{%", "a {# b #} {{ c }}", "{{{% x", "{ {", "}}", "{\n{{ x }}", "#}{#}"],
)
def test_escaped_text_renders_to_itself(text):
    assert nunjucks_by_hand(escaped(text), {}) == text


@pytest.mark.parametrize(
    "text", ["{{{ text }}}", "{{text}}{{ text }}", "{% {{ text }} {", "{{ a-b }}{{ text }}"]
)
def test_templates_render_as_ours(text):
    filled = nunjucks_by_hand(nunjucks(Turn("user", text)), {"text": "V"})
    genome = Genome(
        domains=(Domain(name="d", inputs=("text",)),),
        genes=(FragmentGene(id="t", place="user", text=text),),
    )
    assert filled == render(genome, "d").messages({"text": "V"})[-1]["content"]


def test_what_a_form_cannot_hold_is_named():
    lost = left_behind(Source(GENOME, domain="film", model=MODEL), "promptfoo")
    assert any("offsets" in line for line in lost)
    assert any("log-probabilities" in line for line in lost)
    body = left_behind(Source(GENOME, domain="film", model=MODEL), "openai")
    assert any("demonstration" in line for line in body)
    assert not left_behind(Source(GENOME), "yaml")
    ruled = GENOME.with_genes((*GENOME.genes, PolicyGene(id="p", rules=("a first",))))
    lost = left_behind(Source(ruled, domain="film", model=MODEL), "openai")
    assert any("1 enforced rules" in line for line in lost)
    assert "  - `a first`" in export(ruled, "markdown")
    assert not left_behind(Source(GENOME, domain="book"), "promptfoo")


@pytest.mark.skipif(not shutil.which("node"), reason="the assertion is JavaScript")
@pytest.mark.parametrize(
    ("reply", "right"), [("spam", True), ("Spam.", True), ("sp", True), ("", False), ("ham", False)]
)
def test_the_assertion_for_labels_runs(reply, right):
    content = yaml.safe_load(
        export(GENOME, "promptfoo", domain="film", model=MODEL, suites=[suite()])
    )
    wanted = next(t for t in content["tests"] if t["vars"]["text"] == "mail 3")
    code = wanted["assert"][0]["value"]
    done = subprocess.run(
        ["node", "-e", f"const output = {json.dumps(reply)}; console.log({code})"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(right).lower()
