"""Making calls: checked against the schema, counted, traced, kept as history for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from evo.agents.policy import Call, Situation, Step
from evo.agents.tools.limits import AgentLimitError, Limits
from evo.agents.tools.observed import Observed
from evo.agents.tools.session import Session
from evo.agents.tools.spec import ToolSpec
from evo.agents.tools.talk import Talk
from evo.agents.tools.trace import Event, Trace


class Hands:
    """Makes the calls of one example.

    Args:
        session: The tools.
        limits: Of the agent.
        talk: Knows the time that is left.
        trace: Told of each call and what came of it.
        request: The user's words, for conditions of rules.
        most: Calls after which there are no more; ``None`` leaves it to the limits.
    """

    def __init__(
        self,
        session: Session,
        limits: Limits,
        talk: Talk,
        trace: Trace,
        request: str,
        most: int | None,
    ) -> None:
        self._session = session
        self._specs = {spec.name: spec for spec in session.specs}
        self._limits = limits
        self._talk = talk
        self._trace = trace
        self._request = request
        self._most = most
        self._history: list[Step] = []
        self._texts: list[tuple[str, str]] = []
        self._state: Mapping[str, Any] = {}

    @property
    def made(self) -> int:
        """Calls so far, failed ones included."""
        return len(self._history)

    @property
    def closed(self) -> bool:
        """Whether the genome's step limit forbids another call."""
        return self._most is not None and self.made >= self._most

    @property
    def now(self) -> Situation:
        """What conditions of rules may ask about."""
        return Situation(tuple(self._history), self._state, self._request)

    def make(self, call: Call, by: Event) -> str:
        """Makes a call.

        Args:
            call: The call.
            by: ``call``, ``inserted`` or ``retry``.

        Returns:
            What the model is told.

        Raises:
            AgentLimitError: There are no calls or there is no time left, or the agent loops.
        """
        if self.made >= self._limits.max_steps:
            raise AgentLimitError(f"it called tools more than {self.made} times")
        seconds = self._talk.left()
        self._trace.add(by, call.text)
        seen = self._refused(call) or self._session.call(call.tool, call.args, seconds)
        for name in seen.problems:
            self._trace.problem(name, f"{call.tool}: {seen.error or seen.text[-80:]}")
        self._trace.add("observed" if seen.error is None else "error", seen.error or seen.text)
        self._history.append(Step(call, seen.value, seen.error))
        self._state = seen.state or self._state
        self._check_repeats(call, seen, by)
        return f"{call.text} -> {seen.text}{f' [{by}]' if by != 'call' else ''}"

    def _refused(self, call: Call) -> Observed | None:
        """What is known to fail without calling."""
        spec = self._specs.get(call.tool)
        if spec is None:
            near = get_close_matches(call.tool, self._specs, n=1, cutoff=0.6)
            names = ", ".join(list(self._specs)[:20])
            hint = f"did you mean {near[0]}?" if near else f"there are: {names or 'none'}"
            return Observed.failed(f"there is no tool {call.tool}; {hint}", "unknown tool")
        why = _misfit(spec, call.args)
        return None if why is None else Observed.failed(f"{call.tool}: {why}", "bad arguments")

    def _check_repeats(self, call: Call, seen: Observed, by: Event) -> None:
        most = self._limits.repeats
        if by != "retry":  # how often a failed call is tried again is the rule's affair
            self._texts.append((call.text, seen.text))
        last = self._texts[-most:]
        if len(last) == most > 1 and len(set(last)) == 1:
            self._trace.problem("repeated", f"{call.text}, {most} times in a row")
            raise AgentLimitError(f"it made the same call {most} times in a row: {call.text:.200}")


def _misfit(spec: ToolSpec, args: Mapping[str, Any]) -> str | None:
    """Why the arguments do not fit the schema, if they do not."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError, best_match

    try:
        error = best_match(Draft202012Validator(spec.parameters).iter_errors(dict(args)))
    except (SchemaError, RecursionError) as problem:  # the schema itself is wrong: let it pass
        return None if isinstance(problem, SchemaError) else "the arguments are nested too deeply"
    if error is None:
        return None
    place = ".".join(map(str, error.absolute_path))
    return f"{f'{place}: ' if place else ''}{error.message:.300}"
