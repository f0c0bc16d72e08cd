"""A DSPy program as agent: the genome words its instructions and picks its demonstrations."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evo.agents.dspy_meter import Meter, StepLimitError
from evo.agents.dspy_tools import locked_span, trajectory_lines
from evo.agents.sections import sections
from evo.models.model import Model, PromptLengthError
from fitness.response import Response
from fitness.suites.example import Example
from genomes.errors import ConfigError, EvogateError, ModelError, TransientModelError
from genomes.hashing import content_hash
from genomes.rendered import Rendered

if TYPE_CHECKING:
    import dspy

_THINKING = ("reasoning", "trajectory")


class DspyAgent:
    """Runs a ``dspy.Module`` on a copy that carries the genome's text.

    The system text of the genome becomes the instructions of every predictor; in a program of
    several, a line ``# NAME`` begins the part for the predictor of that name alone. A predictor
    without text keeps its own instructions. The part of a program that describes its tools (as in
    ``dspy.ReAct``) is locked: it always follows, letter by letter. Demonstrations go to the
    predictors that give ``output``; without any, the program's own stay. The user template is not
    used: DSPy's adapter words the inputs. Every predictor asks ``model``. Implements
    ``fitness.protocols.Agent``; as thread-safe as the module.

    Args:
        program: The module, or a function or class that makes one.
        model: Any ``Model``.
        fingerprint: Changes whenever the program's answers could.
        output: The field of the prediction that is the answer; default the last predictor's only
            output field besides its reasoning.
        max_tokens: Longest reply of the model in tokens, where the program does not say.
        max_steps: Most model calls of one run; more is the agent's own limit, a wrong answer.
        stateless: Whether an answer depends on messages and inputs alone. Only then does an
            equal prompt prove equal behaviour; say so only if it is true.

    Raises:
        ConfigError: It is no module, or ``output`` has to be named.
    """

    def __init__(
        self,
        program: object,
        model: Model,
        fingerprint: str,
        *,
        output: str | None = None,
        max_tokens: int = 512,
        max_steps: int = 20,
        stateless: bool = False,
    ) -> None:
        self._dspy = _import_dspy()
        self._program = self._module(program)
        self._output = output or _only_output(self._program)
        self.model = model
        self._max_tokens = max_tokens
        self._max_steps = max_steps
        self.stateless = stateless
        self.fingerprint = content_hash(
            {
                "agent": "dspy",
                "program": fingerprint,
                "dspy": self._dspy.__version__,
                "model": model.fingerprint,
                "settings": [self._output, max_tokens, max_steps],
                # Programs without tools keep the fingerprint that they always had.
                **({"locked": spans} if (spans := self._locked()) else {}),
            }
        )

    @property
    def price(self) -> tuple[float, float] | None:
        """The model's price."""
        return self.model.price

    def run(self, rendered: Rendered, example: Example) -> Response:
        """Runs the program once; tokens, money and steps are those of all its model calls.

        A program that exceeds its steps or the model's context, or cannot read what the model
        wrote, gives a response of status ``limit``: a wrong answer. A failed model call fails
        the whole run, whatever the program made of it.

        Raises:
            TransientModelError: A model call is worth another try.
            ModelError: The model cannot answer, or the program raised an error.
        """
        meter = Meter(self.model, self._max_steps, rendered.sampling.temperature)
        lm = self._dspy.LM("evogate/task", engine=meter, cache=False, num_retries=0,
                           max_tokens=self._max_tokens)  # fmt: skip
        program = self._adapted(rendered, lm)
        start = time.perf_counter()
        text, failure = "", None
        trace: tuple[str, ...] = ()
        try:
            with self._dspy.context(lm=lm, disable_history=True):
                prediction = program(**example.inputs)
            text, trace = self._text(prediction), trajectory_lines(prediction)
        except Exception as error:  # noqa: BLE001 (a user's program may raise anything)
            failure = error
        failure = meter.failure or failure
        seconds = time.perf_counter() - start
        if failure is None:
            return replace(meter.response(text, seconds, None), trace=trace)
        return meter.response("", seconds, self._own_fault(failure))

    def _own_fault(self, error: Exception) -> str:
        """What the agent itself did wrong.

        Raises:
            ModelError: It was not the agent.
        """
        from dspy.utils.exceptions import AdapterParseError

        if isinstance(error, PromptLengthError):
            return str(error)
        if isinstance(error, EvogateError):
            raise error
        if isinstance(error, AdapterParseError):
            return "the program could not read what the model wrote"
        if isinstance(error, StepLimitError):
            return f"the program asked the model more than {self._max_steps} times"
        what = f"the DSPy program raised {type(error).__name__}: {error}"
        if isinstance(error, (ConnectionError, TimeoutError)):
            raise TransientModelError(what) from error
        raise ModelError(what, remedy="run the program by hand") from error

    def _adapted(self, rendered: Rendered, lm: Any) -> Any:
        program = self._program.deepcopy()
        program.set_lm(lm)
        predictors = dict(program.named_predictors())
        system = "\n\n".join(turn.text for turn in rendered.turns if turn.role == "system")
        for name, text in sections(system, tuple(predictors)).items():
            predictor = predictors[name]
            locked = locked_span(program, predictor)
            whole = text if locked in text else f"{text}\n\n{locked}"
            predictor.signature = predictor.signature.with_instructions(whole)
        shown = [
            self._dspy.Example(**inputs, **{self._output: target}).with_inputs(*inputs)
            for inputs, target in rendered.shots
        ]
        for predictor in predictors.values():
            if shown and self._output in predictor.signature.output_fields:
                predictor.demos = shown
        return program

    def _locked(self) -> list[str]:
        found = (locked_span(self._program, one) for one in self._program.predictors())
        return [span for span in found if span]

    def _text(self, prediction: Any) -> str:
        try:
            return str(prediction[self._output])
        except (KeyError, TypeError) as error:
            raise ModelError(
                f"the program gave {prediction!r:.80}, without {self._output!r}",
                remedy="name the field that is the answer in agent.output",
            ) from error

    def _module(self, program: object) -> dspy.Module:
        if not isinstance(program, self._dspy.Module) and callable(program):
            program = program()
        if not isinstance(program, self._dspy.Module):
            raise ConfigError(
                f"the program is a {type(program).__name__}, not a dspy.Module",
                where="agent.target",
                remedy="name a module, or a function without arguments that makes one",
            )
        return program


def _only_output(program: Any) -> str:
    predictors = program.predictors()
    fields = list(predictors[-1].signature.output_fields) if predictors else []
    found = [name for name in fields if name not in _THINKING]
    if len(found) != 1:
        raise ConfigError(
            f"cannot tell which field of the program is the answer ({', '.join(found) or 'none'})",
            where="agent.output",
            remedy="name it in agent.output",
        )
    return str(found[0])


def _import_dspy() -> Any:
    # DSPy and LiteLLM would otherwise fetch a price list from the network.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import dspy

    return dspy
