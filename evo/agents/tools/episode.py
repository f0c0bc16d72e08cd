"""One example from the request to the answer: the model proposes, the rules decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evo.agents.policy import Call, Decision, Engine
from evo.agents.tools import prompt
from evo.agents.tools.hands import Hands
from evo.agents.tools.limits import AgentLimitError
from evo.agents.tools.parsing import Parsed, parse_reply
from evo.agents.tools.spec import ToolSpec
from evo.agents.tools.talk import Talk
from evo.agents.tools.trace import Event, Trace
from genomes.conduct import Conduct


@dataclass(frozen=True)
class End:
    """How the work ended.

    Attributes:
        text: The answer.
        why: For the trace.
    """

    text: str
    why: str


class Episode:
    """The loop of one example; ``run`` once.

    Args:
        engine: The genome's rules.
        conduct: The genome's decisions.
        specs: The tools.
        talk: The model.
        hands: The tools at work.
        trace: Told of everything.
        needs_answer: Whether the answer's text counts, not only what the calls led to.
    """

    def __init__(
        self,
        engine: Engine,
        conduct: Conduct,
        specs: Sequence[ToolSpec],
        talk: Talk,
        hands: Hands,
        trace: Trace,
        *,
        needs_answer: bool,
    ) -> None:
        self._engine = engine
        self._conduct = conduct
        self._specs = specs
        self._talk = talk
        self._hands = hands
        self._trace = trace
        self._needs_answer = needs_answer
        self._asked_once: set[str] = set()

    def run(self) -> str:
        """The final answer.

        Raises:
            AgentLimitError: The agent exceeded its own limits.
            ModelError: The model cannot answer.
        """
        end = self._verdict()
        if end is None and self._conduct.procedure == "plan_then_act":
            self._talk.tell(prompt.PLAN)
            self._talk.ask()
            self._talk.tell(prompt.GO)
        while end is None:
            parsed = parse_reply(self._talk.ask(), self._specs)
            for one in parsed.problems:
                self._trace.problem("malformed call", one)
            if parsed.calls:
                end = self._act(parsed)
            elif parsed.problems:
                self._talk.tell(f"That call could not be read: {parsed.problems[0]}\n{prompt.HOW}")
            else:
                end = self._answer(parsed)
        if not self._hands.made:
            self._trace.problem("no call", "the agent called no tool")
        self._trace.add("end", end.why)
        return end.text

    def _act(self, parsed: Parsed) -> End | None:
        """Makes the proposed calls as far as the rules let them; the end, if one ends the work."""
        if self._hands.closed:
            self._trace.problem("step limit", "it called tools after its last step")
            raise AgentLimitError(f"it called tools after its {self._hands.made} steps")
        decision = self._decide(parsed.calls)
        while decision.action == "retry":
            self._talk.tell(self._hands.make(decision.calls[0], "retry"))
            decision = self._decide(parsed.calls)
        if decision.action != "call":
            return self._ended(decision)
        for one in parsed.problems:
            self._talk.tell(f"could not be read: {one}")
        self._tell_vetoed(decision)
        end = self._make_all(decision)
        if end is None and self._hands.closed:
            self._talk.tell(prompt.CLOSED)
        return end

    def _make_all(self, decision: Decision) -> End | None:
        inserted = {id(call) for call in decision.inserted}
        failed = False
        for call in decision.calls:
            if self._hands.closed:
                self._trace.problem("step limit", f"not made: {call.text}")
                self._talk.tell(f"{call.text} was not made")
                continue
            if failed and not self._still_allowed(call):
                continue
            by: Event = "inserted" if id(call) in inserted else "call"
            self._talk.tell(self._hands.make(call, by))
            end = self._verdict()
            if end is not None:
                return end
            failed = failed or self._hands.now.history[-1].error is not None
        return None

    def _still_allowed(self, call: Call) -> bool:
        """Whether a call may be made although one before it failed: what it requires may lack."""
        decision = self._engine.decide((call,), self._hands.now)
        if decision.action == "call" and not decision.vetoed and not decision.inserted:
            return True
        self._note(decision)
        self._talk.tell(f"{call.text} was not made: what it requires has failed")
        return False

    def _verdict(self) -> End | None:
        """Lets rules speak that need no proposal: the end, if one ends the work; a failed call is
        tried again as often as one says."""
        while not self._hands.closed:
            decision = self._decide(())
            if decision.action == "call":
                return None
            if decision.action != "retry":
                return self._ended(decision)
            self._talk.tell(self._hands.make(decision.calls[0], "retry"))
        return None

    def _ended(self, decision: Decision) -> End:
        """What a rule that ends the work makes of it."""
        if decision.action == "ask":
            return End(f"ASK: {decision.text or prompt.QUESTION}", "a rule asks the user")
        if decision.action == "refuse":
            return End(decision.text or prompt.REFUSAL, "a rule refuses")
        if decision.text or not self._needs_answer:
            return End(decision.text or "", "a rule stops the work")
        self._talk.tell(prompt.CLOSED)
        return End(parse_reply(self._talk.ask(), self._specs).answer, "a rule stops the work")

    def _answer(self, parsed: Parsed) -> End | None:
        """Whether an answer counts, given how sure the model is and how the genome checks."""
        if parsed.question is not None:
            return End(f"ASK: {parsed.question}", "the model asks the user")
        settled = self._by_confidence(parsed)
        if settled is not None:
            return settled if isinstance(settled, End) else None
        checks = self._conduct.procedure == "act_then_check"
        if checks and not self._hands.closed and self._once(prompt.CHECK):
            return None
        if self._conduct.self_check and self._once(prompt.REVIEW):
            return None
        return End(parsed.answer, "the model answers")

    def _by_confidence(self, parsed: Parsed) -> End | bool | None:
        """The end that the thresholds want; ``True`` to go on working; ``None`` to answer."""
        if parsed.confidence is None:
            return None
        wanted = self._conduct.on(parsed.confidence)
        if wanted == "abstain":
            return End("", f"it abstains at confidence {parsed.confidence:g}")
        if wanted == "ask":
            return End(f"ASK: {prompt.QUESTION}", f"it asks at confidence {parsed.confidence:g}")
        short = wanted is None and self._conduct.answer_above is not None
        return True if short and not self._hands.closed and self._once(prompt.UNSURE) else None

    def _once(self, text: str) -> bool:
        """Tells the model something that it is told once only; whether it was told."""
        if text in self._asked_once:
            return False
        self._asked_once.add(text)
        self._talk.tell(text)
        return True

    def _tell_vetoed(self, decision: Decision) -> None:
        reasons = {
            id(call): str(fired.rule)
            for fired in decision.fired
            if fired.effect == "vetoed"
            for call in fired.calls
        }
        for call in decision.vetoed:
            why = reasons.get(id(call), "a rule")
            self._talk.tell(f"{call.text} is not allowed now: {why}")

    def _decide(self, calls: Sequence[Call]) -> Decision:
        decision = self._engine.decide(calls, self._hands.now)
        self._note(decision)
        return decision

    def _note(self, decision: Decision) -> None:
        for line in decision.trace():
            self._trace.add("rule", line)
