"""A loop of model and tools under the genome's rules and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from evo.agents.tools.episode import Episode
from evo.agents.tools.hands import Hands
from evo.agents.tools.limits import AgentLimitError, Limits
from evo.agents.tools.processes import ProcessTools
from evo.agents.tools.prompt import introduction
from evo.agents.tools.rules import check_genome, engine_for
from evo.agents.tools.session import Session, ToolSource
from evo.agents.tools.spec import ToolSpec
from evo.agents.tools.talk import Talk
from evo.agents.tools.threads import ThreadTools
from evo.agents.tools.trace import Trace
from evo.models.model import Model, NoAnswerError, PromptLengthError
from fitness.response import Response, Status
from fitness.suites.example import Example
from genomes import Genome
from genomes.conduct import Conduct
from genomes.errors import ConfigError, ModelError, TransientModelError
from genomes.hashing import content_hash
from genomes.rendered import Rendered

_PROTOCOL = 1
"""Raised when the texts or the reading of replies change, so that stored answers are not used."""


class ToolAgent:
    """Lets a model call tools until it answers.

    The rendered turns are followed by a description of the tools. Calls in a reply are read,
    never evaluated; the genome's rules order, insert and veto them, ask, refuse, stop and retry;
    its decisions set steps, thresholds, checks and procedure. Every example meets tools that were
    made anew. The response's ``trace`` tells everything. Implements ``fitness.protocols.Agent``;
    thread-safe.

    Args:
        model: Any ``Model``.
        tools: ``module:name`` (run in processes), any other object that ``make_toolbox`` takes
            (run in this process), or a ``ToolSource``.
        fingerprint: Changes whenever what the tools give could.
        limits: For one example.
        stateless: Whether an answer depends on messages and inputs alone. Only then does an
            equal prompt prove equal behaviour; say so only if it is true.

    Raises:
        ConfigError: ``max_money`` is set and the model's price is unknown.
    """

    def __init__(
        self,
        model: Model,
        tools: object,
        fingerprint: str,
        *,
        limits: Limits | None = None,
        stateless: bool = False,
    ) -> None:
        self.model = model
        self.limits = limits or Limits()
        self.tools = as_source(tools, self.limits.longest)
        self.stateless = stateless
        if self.limits.max_money is not None and model.price is None:
            raise ConfigError(
                "max_money cannot be kept: the price of the model is unknown",
                where="agent.max_money",
                remedy="give models.task.price: [prompt, completion] in USD per million tokens",
            )
        self.fingerprint = content_hash(
            {
                "agent": "tools",
                "tools": fingerprint,
                "model": model.fingerprint,
                "limits": asdict(self.limits),
                "protocol": _PROTOCOL,
            }
        )

    @property
    def price(self) -> tuple[float, float] | None:
        """The model's price."""
        return self.model.price

    def check(self, genome: Genome, inputs: Iterable[Mapping[str, str]] = ()) -> None:
        """Refuses a genome whose rules speak of what does not exist.

        See ``check_genome``.

        Raises:
            GenomeError: A tool, class, verb, word or argument is unknown; with the nearest name.
            ConfigError: There are no such tools.
            ModelError: The tools cannot be made.
        """
        check_genome(genome, self.tools, inputs)

    def specs(self, inputs: Mapping[str, str]) -> tuple[ToolSpec, ...]:
        """The tools that an example has.

        Raises:
            ConfigError: There are no such tools.
            ModelError: They cannot be made.
        """
        session = self.tools.open(inputs)
        try:
            return session.specs
        finally:
            session.close()

    def run(self, rendered: Rendered, example: Example) -> Response:
        """Works on one example; tokens and money are those of all replies, steps the replies and
        the calls.

        An agent that exceeds its own limits or the model's context gives a response of status
        ``limit``: a wrong answer. An answer that a filter withheld, or an end that the tools
        cannot tell, is missing: status ``infra_error``.

        Raises:
            TransientModelError: Worth another try, with tools made anew.
            ModelError: The model cannot answer, or the tools cannot be made.
        """
        session = self.tools.open(example.inputs)
        try:
            return self._run(rendered, example, session)
        finally:
            session.close()

    def _run(self, rendered: Rendered, example: Example, session: Session) -> Response:
        trace, conduct = Trace(), rendered.conduct or Conduct()
        messages = _with_tools(rendered.messages(example.inputs), session, conduct)
        talk = Talk(self.model, messages, self.limits, rendered.sampling.temperature, trace)
        hands = Hands(
            session, self.limits, talk, trace, "\n".join(example.inputs.values()), conduct.max_steps
        )
        tools = tuple(spec.as_tool for spec in session.specs)
        engine, wrong = engine_for(rendered.policy, tools)
        for one in wrong:
            name, _, text = one.partition(": ")
            trace.problem(name, text)
        episode = Episode(
            engine, conduct, session.specs, talk, hands, trace, needs_answer=not session.has_end
        )
        text, status, error = self._outcome(episode, session, trace)
        prompt_tokens, completion_tokens = talk.tokens
        return Response(
            text=text,
            prompt_tokens=prompt_tokens if talk.replies else 0,
            completion_tokens=completion_tokens if talk.replies else 0,
            money=talk.money,
            seconds=talk.seconds,
            status=status,
            error=error,
            steps=talk.replies + hands.made,
            trace=trace.lines,
        )

    def _outcome(
        self, episode: Episode, session: Session, trace: Trace
    ) -> tuple[str, Status, str | None]:
        try:
            answer = episode.run()
        except (AgentLimitError, PromptLengthError) as error:
            trace.add("end", f"limit: {error}")
            return "", "limit", str(error)
        except NoAnswerError as error:
            return "", "infra_error", str(error)
        try:
            return session.end(answer, self.limits.timeout), "ok", None
        except TransientModelError:
            raise
        except ModelError as error:
            trace.problem("no end", error.what)
            return "", "infra_error", error.what


def as_source(tools: object, longest: int) -> ToolSource:
    """Where tools come from: as given, a name for ``ProcessTools``, anything else for
    ``ThreadTools``."""
    if isinstance(tools, str):
        return ProcessTools(tools, longest=longest)
    if hasattr(tools, "open") and hasattr(tools, "fixed"):
        return tools
    return ThreadTools(tools, longest=longest)


def _with_tools(
    messages: list[dict[str, str]], session: Session, conduct: Conduct
) -> list[dict[str, str]]:
    """The turns with the tools at the end of the system turn."""
    told: dict[str, Any] = {"role": "system", "content": introduction(session.specs, conduct)}
    if messages and messages[0]["role"] == "system":
        first, *rest = messages
        return [{**first, "content": f"{first['content']}\n\n{told['content']}"}, *rest]
    return [told, *messages]
