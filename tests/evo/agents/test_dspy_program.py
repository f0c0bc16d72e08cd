from __future__ import annotations

from typing import Any

import pytest

from evo.agents import DspyAgent
from evo.models import Completion, PromptLengthError, Request, ScriptedModel
from fitness.suites import Example
from genomes import Demo, DemoGene, Domain, FragmentGene, Genome, render
from genomes.errors import ConfigError, ModelError, TransientModelError

EXAMPLE = Example("1", {"question": "2+2?"}, "4", "sums", "c")


@pytest.fixture(scope="module")
def dspy() -> Any:
    import dspy

    return dspy


def rendered(*texts: str, demos: tuple[Demo, ...] = ()) -> Any:
    genome = Genome(
        domains=(Domain(name="sums", inputs=("question",), max_tokens=9),),
        genes=(
            *(FragmentGene(id=f"text{i}", text=text) for i, text in enumerate(texts)),
            DemoGene(id="demos", demos=demos),
            FragmentGene(id="template", place="user", text="{{ question }}"),
        ),
    )
    return render(genome, "sums")


def said(**fields: str) -> Completion:
    text = "".join(f"[[ ## {name} ## ]]\n{value}\n\n" for name, value in fields.items())
    return Completion(f"{text}[[ ## completed ## ]]", None, 10, 4, 0.5)


def words(request: Request) -> str:
    return "\n".join(message["content"] for message in request.messages)


def test_the_genome_words_the_instructions_and_shows_the_demonstrations(dspy):
    model = ScriptedModel([said(answer="4")], price=(0.1, 0.2))
    agent = DspyAgent(dspy.Predict("question -> answer"), model, "1")
    shown = Demo(example_id="9", inputs=(("question", "1+1?"),), target="2")
    got = agent.run(rendered("Add the numbers.", demos=(shown,)), EXAMPLE)
    (request,) = model.requests
    assert "Add the numbers." in request.messages[0]["content"]
    assert [m["role"] for m in request.messages] == ["system", "user", "assistant", "user"]
    assert "1+1?" in request.messages[1]["content"]
    assert "2" in request.messages[2]["content"]
    assert (got.text, got.status, got.steps) == ("4", "ok", 1)
    assert (got.prompt_tokens, got.completion_tokens, got.money) == (10, 4, 0.5)
    assert agent.price == (0.1, 0.2)


def test_the_users_module_is_left_as_it_was(dspy):
    program = dspy.Predict("question -> answer")
    before = program.dump_state()
    shown = Demo(example_id="9", inputs=(("question", "1+1?"),), target="2")
    model = ScriptedModel([said(answer="4")])
    DspyAgent(program, model, "1").run(rendered("Other.", demos=(shown,)), EXAMPLE)
    assert program.dump_state() == before
    assert program.lm is None


def test_without_text_or_demonstrations_the_programs_own_stay(dspy):
    signature = dspy.Signature("question -> answer", "My own words.")
    program = dspy.Predict(signature)
    program.demos = [dspy.Example(question="7+1?", answer="8")]
    model = ScriptedModel([said(answer="4")])
    DspyAgent(program, model, "1").run(rendered(), EXAMPLE)
    assert "My own words." in words(model.requests[0])
    assert "7+1?" in words(model.requests[0])


def test_a_program_of_several_parts_reads_its_headings(dspy):
    class Chain(dspy.Module):
        def __init__(self):
            super().__init__()
            self.plan = dspy.Predict("question -> steps")
            self.solve = dspy.Predict("question, steps -> answer")

        def forward(self, question):
            return self.solve(question=question, steps=self.plan(question=question).steps)

    model = ScriptedModel([said(steps="add"), said(answer="4")])
    agent = DspyAgent(Chain, model, "1")
    got = agent.run(rendered("All.", "# plan\nOnly to plan.", "# solve\nOnly to solve."), EXAMPLE)
    first, second = map(words, model.requests)
    assert "Only to plan." in first
    assert "Only to solve." not in first
    assert "Only to solve." in second
    assert "All." in first
    assert "All." in second
    assert (got.text, got.steps, got.prompt_tokens, got.money) == ("4", 2, 20, 1.0)


def test_which_field_is_the_answer(dspy):
    model = ScriptedModel([said(reasoning="hm", answer="4"), said(answer="4", unit="m")])
    thinking = DspyAgent(dspy.ChainOfThought("question -> answer"), model, "1")
    assert thinking.run(rendered(), EXAMPLE).text == "4"
    two = dspy.Predict("question -> answer, unit")
    with pytest.raises(ConfigError, match="answer, unit"):
        DspyAgent(two, model, "1")
    assert DspyAgent(two, model, "1", output="unit").run(rendered(), EXAMPLE).text == "m"
    with pytest.raises(ConfigError, match="int"):
        DspyAgent(lambda: 3, model, "1")


def test_what_the_program_cannot_read_is_its_own_wrong_answer(dspy):
    model = ScriptedModel(lambda request: Completion("mumble", None, 1, 1))
    got = DspyAgent(dspy.Predict("question -> answer"), model, "1").run(rendered(), EXAMPLE)
    assert (got.text, got.status, got.prompt_tokens) == ("", "limit", model.calls)


def test_too_many_steps_are_its_own_wrong_answer_and_are_not_asked(dspy):
    class Loop(dspy.Module):
        def __init__(self):
            super().__init__()
            self.ask = dspy.Predict("question -> answer")

        def forward(self, question):
            answers = []
            for _ in range(9):
                try:
                    answers.append(self.ask(question=question))
                except Exception:  # noqa: BLE001 (as programs do)
                    answers.append(dspy.Prediction(answer="gave up"))
            return answers[-1]

    model = ScriptedModel(lambda request: said(answer="4"))
    got = DspyAgent(Loop, model, "1", max_steps=3).run(rendered(), EXAMPLE)
    assert (got.status, got.steps, model.calls) == ("limit", 3, 3)
    assert "3 times" in str(got.error)


@pytest.mark.parametrize("error", [TransientModelError("busy"), ModelError("no key")])
def test_a_failed_call_is_never_an_answer_even_if_the_program_hides_it(dspy, error):
    class Hides(dspy.Module):
        def __init__(self):
            super().__init__()
            self.ask = dspy.Predict("question -> answer")

        def forward(self, question):
            for _ in range(3):
                try:
                    return self.ask(question=question)
                except Exception:  # noqa: BLE001 (as programs do)
                    continue
            return dspy.Prediction(answer="none")

    model = ScriptedModel([error, said(answer="4")])
    with pytest.raises(ModelError) as caught:
        DspyAgent(Hides, model, "1").run(rendered(), EXAMPLE)
    assert caught.value is error
    assert model.calls == 1, "nothing more is spent on a run that is lost"


def test_an_overlong_prompt_is_the_prompts_own_fault(dspy):
    model = ScriptedModel([PromptLengthError("too long")])
    got = DspyAgent(dspy.Predict("question -> answer"), model, "1").run(rendered(), EXAMPLE)
    assert (got.status, got.text) == ("limit", "")


@pytest.mark.parametrize(
    ("raised", "transient"), [(KeyError("x"), False), (ConnectionResetError("gone"), True)]
)
def test_what_the_programs_own_tools_raise(dspy, raised, transient):
    class Searches(dspy.Module):
        def __init__(self):
            super().__init__()
            self.ask = dspy.Predict("question -> answer")

        def forward(self, question):
            raise raised

    with pytest.raises(ModelError, match=type(raised).__name__) as caught:
        DspyAgent(Searches, ScriptedModel([]), "1").run(rendered(), EXAMPLE)
    assert isinstance(caught.value, TransientModelError) is transient


def test_temperature_is_the_genomes_and_length_the_settings(dspy):
    model = ScriptedModel([said(answer="4")])
    DspyAgent(dspy.Predict("question -> answer"), model, "1", max_tokens=77).run(
        rendered(), EXAMPLE
    )
    (request,) = model.requests
    assert (request.max_tokens, request.temperature) == (77, 0.0)


def test_fingerprint_follows_program_model_and_settings(dspy):
    program = dspy.Predict("question -> answer")
    one, two = ScriptedModel([], name="one"), ScriptedModel([], name="two")
    prints = {
        DspyAgent(program, one, "1").fingerprint,
        DspyAgent(program, one, "2").fingerprint,
        DspyAgent(program, two, "1").fingerprint,
        DspyAgent(program, one, "1", max_steps=3).fingerprint,
    }
    assert len(prints) == 4


def react(dspy: Any) -> Any:
    def capital(country: str) -> str:
        """The capital of a country."""
        return {"France": "Paris"}[country]

    return dspy.ReAct(dspy.Signature("question -> answer", "My own words."), tools=[capital])


def turn(tool: str, args: str) -> Completion:
    return said(next_thought="hm", next_tool_name=tool, next_tool_args=args)


def test_the_tools_of_react_are_locked_and_its_trajectory_is_the_trace(dspy):
    replies = [
        turn("capital", '{"country": "France"}'),
        turn("capital", '{"country": "Utopia"}'),
        turn("finish", "{}"),
        said(reasoning="so", answer="Paris"),
    ]
    model = ScriptedModel(replies)
    got = DspyAgent(react(dspy), model, "1").run(rendered("Evolved words."), EXAMPLE)
    assert (got.text, got.status, got.steps) == ("Paris", "ok", 4)
    first = words(model.requests[0])
    assert "Evolved words." in first
    assert "My own words." not in first
    own = react(dspy).react.signature.instructions.removeprefix("My own words.").strip()
    assert "capital" in own
    for line in own.splitlines():
        assert line.strip() in first, "no evolved text can take the tools away"
    assert "capital, whose description" not in words(model.requests[-1]), "only where it calls"
    assert got.trace[:2] == ("call: capital(country='France')", "observed: Paris")
    assert got.trace[3].startswith("error: Execution error in capital")


def test_a_locked_span_that_the_genome_holds_itself_is_not_said_twice(dspy):
    from evo.agents.dspy_tools import locked_span

    program = react(dspy)
    span = locked_span(program, program.react)
    assert locked_span(program, program.extract.predict) == ""
    model = ScriptedModel([turn("finish", "{}"), said(reasoning="so", answer="x")])
    text = f"# react\nMine.\n{span}"
    DspyAgent(program, model, "1").run(rendered(text), EXAMPLE)
    assert words(model.requests[0]).count("(1) capital") == 1


def test_a_react_that_never_finishes_ends_at_its_steps(dspy):
    model = ScriptedModel(lambda request: turn("capital", '{"country": "France"}'))
    got = DspyAgent(react(dspy), model, "1", max_steps=4).run(rendered("Go."), EXAMPLE)
    assert (got.status, model.calls) == ("limit", 4)
