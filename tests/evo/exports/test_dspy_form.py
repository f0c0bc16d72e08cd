"""DSPy: the file loads in DSPy, and with our adapter the messages are those of ``render``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from evo.exports import export
from genomes import (
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    ReasoningGene,
    render,
)
from genomes.errors import ConfigError

dspy = pytest.importorskip("dspy")

from dspy import lm15  # noqa: E402

from evo.exports.dspy_program import TemplateAdapter, load_program  # noqa: E402

GENOME = Genome(
    domains=(
        Domain(name="film", inputs=("text",), labels=("positive", "negative"), top_logprobs=60),
        Domain(name="book", inputs=("text", "answer"), max_tokens=40),
    ),
    genes=(
        FragmentGene(
            id="rule", text="Say {{ labels }}.\n\n- Mind irony.\n  - Often.", scope=("film",)
        ),
        FragmentGene(id="film", place="user", text="Review: {{ text }}\n\n", scope=("film",)),
        FragmentGene(id="book", place="user", text="{{answer}}\n{{ text }}", scope=("book",)),
        DemoGene(
            id="demos",
            scope=("film",),
            demos=(
                Demo(example_id="e1", inputs=(("text", "A {{ text }}"),), target="negative"),
                Demo(example_id="e2", inputs=(("text", " good\n"),), target="positive"),
            ),
        ),
    ),
)
INPUTS = {"film": {"text": "x {{ y }}"}, "book": {"text": "t", "answer": "a"}}


def one_domain(system: str) -> Genome:
    return Genome(
        domains=(Domain(name="d", inputs=("text",)),),
        genes=(
            ReasoningGene(id="s", template=system),
            FragmentGene(id="t", place="user", text="{{ text }}"),
        ),
    )


def saved(genome: Genome, folder: Path) -> Path:
    path = folder / "program.json"
    path.write_text(export(genome, "dspy", name="film"), encoding="utf-8")
    return path


def messages(predictor, inputs, adapter=None):
    adapter = adapter or TemplateAdapter()
    return adapter.format(predictor.signature, predictor.demos, inputs)


def test_golden_file():
    content = json.loads(export(GENOME, "dspy", name="film"))
    content["metadata"]["dependency_versions"] = {}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path = Path(__file__).parent / "golden" / "champion.dspy.json"
    if os.environ.get("EVOGATE_REWRITE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("domain", ["film", "book"])
def test_a_loaded_program_gives_the_messages_of_render(tmp_path, domain):
    program = load_program(saved(GENOME, tmp_path))
    found = messages(program.domains[domain], INPUTS[domain])
    assert found == render(GENOME, domain).messages(INPUTS[domain])


def test_the_messages_reach_the_model(tmp_path):
    """Through ``Predict`` and a model, not only through the adapter."""
    program = load_program(saved(GENOME, tmp_path))
    asked = []

    class Engine:
        def complete(self, request):
            asked.append(request)
            said = lm15.Message.assistant("Positive!")
            return lm15.Response("1", "m", said, "stop", lm15.Usage())

    with dspy.context(lm=dspy.LM("x/y", engine=Engine(), cache=False), adapter=TemplateAdapter()):
        answer = program(domain="film", **INPUTS["film"])
    (request,) = asked
    sent = [{"role": m.role, "content": m.parts[0].text} for m in request.messages]
    sent = [{"role": "system", "content": request.system}, *sent]
    assert sent == render(GENOME, "film").messages(INPUTS["film"])
    assert (request.config.max_tokens, request.config.temperature) == (1, 0.0)
    assert answer.label == "positive"


def test_a_program_of_the_users_own_loads_the_file_without_us(tmp_path):
    """DSPy's own adapter adds its frame; instructions, inputs and demonstrations are all there."""

    class Mine(dspy.Module):
        def __init__(self):
            super().__init__()
            self.domains = {
                "film": dspy.Predict("text -> label"),
                "book": dspy.Predict("text, answer -> answer_out"),
            }

    mine = Mine()
    mine.load(saved(GENOME, tmp_path))
    predictor = mine.domains["film"]
    system = render(GENOME, "film").turns[0].text
    assert predictor.signature.instructions == system
    found = messages(predictor, INPUTS["film"], dspy.ChatAdapter())
    assert [one["role"] for one in found] == [
        "system", "user", "assistant", "user", "assistant", "user",
    ]  # fmt: skip
    assert "Mind irony." in found[0]["content"]
    assert "A {{ text }}" in found[1]["content"]
    assert "negative" in found[2]["content"]
    assert "x {{ y }}" in found[5]["content"]


@pytest.mark.parametrize(
    ("system", "exact"),
    [
        ("", True),
        ("One.\n\nTwo.", True),
        ("a\nb\n  c", True),
        ("\tTabs.", False),
        ("End.\n", False),
        ("All:\n  indented", False),
    ],
)
def test_where_dspy_cuts_white_space_the_file_says_so(tmp_path, system, exact):
    genome = one_domain(system)
    path = saved(genome, tmp_path)
    about = json.loads(path.read_text())["metadata"]["evogate"]["domains"]["d"]
    found = messages(load_program(path).domains["d"], {"text": "x"})
    assert about["exact"] is (found == render(genome, "d").messages({"text": "x"}))
    if exact:
        assert about["exact"] is True
    else:
        assert [one["content"].split() for one in found] == [
            one["content"].split() for one in render(genome, "d").messages({"text": "x"})
        ]


@pytest.mark.parametrize(
    ("reply", "label"),
    [(" positive\n", "positive"), ("It is Negative.", "negative"), ("pos", "positive"), ("", None)],
)
def test_replies_are_read_as_labels(tmp_path, reply, label):
    predictor = load_program(saved(GENOME, tmp_path)).domains["film"]
    assert TemplateAdapter().parse(predictor.signature, reply) == {"label": label}


def test_an_input_that_dspy_keeps_for_itself_is_refused():
    genome = Genome(
        domains=(Domain(name="d", inputs=("config",)),),
        genes=(FragmentGene(id="t", place="user", text="{{ config }}"),),
    )
    with pytest.raises(ConfigError, match="'config'"):
        export(genome, "dspy")


def test_a_foreign_file_is_refused(tmp_path):
    path = tmp_path / "p.json"
    dspy.Predict("a -> b").save(path)
    with pytest.raises(ConfigError, match="not exported by evogate"):
        load_program(path)
