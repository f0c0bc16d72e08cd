"""Decisions: offsets, thresholds, abstention, extraction, sampling."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import field_validator, model_validator

from genomes.conduct import PROCEDURES, SWITCH
from genomes.errors import GenomeError
from genomes.gene import Affects, GeneBase, RenderDraft

Parameter = Literal[
    "offset",
    "threshold",
    "abstain",
    "extract",
    "temperature",
    "max_tokens",
    "max_steps",
    "answer_above",
    "ask_below",
    "abstain_below",
    "self_check",
    "procedure",
]

_SAMPLING = ("temperature", "max_tokens")
_CONDUCT = (
    *("max_steps", "answer_above", "ask_below", "abstain_below"),
    *("self_check", "procedure"),
)
_NAMED: dict[str, tuple[str, ...]] = {"self_check": SWITCH, "procedure": PROCEDURES}
"""Parameters whose values are names, and which; any name for ``extract``."""


class DecisionGene(GeneBase):
    """One decision of the agent as a number or a named choice.

    Attributes:
        parameter: ``offset`` (nats added to a label's log-probability), ``threshold`` (least
            probability at which ``label`` may be answered), ``abstain`` (margin in nats below
            which no answer is given), ``extract`` (name of an extraction rule),
            ``temperature``, ``max_tokens``; for a tool agent ``max_steps``, ``answer_above``,
            ``ask_below``, ``abstain_below`` (confidence), ``self_check`` (``on``, ``off``) and
            ``procedure`` (``act``, ``plan_then_act``, ``act_then_check``), see ``Conduct``.
        label: The label that ``offset`` and ``threshold`` speak of.
        value: The value, kept to six decimals so that equal content hashes equal; a string only
            for ``extract``, ``self_check`` and ``procedure``.
    """

    kind: Literal["decision"] = "decision"
    parameter: Parameter
    label: str | None = None
    value: float | str = 0.0

    @field_validator("value")
    @classmethod
    def _canonical(cls, value: float | str) -> float | str:
        if isinstance(value, str):
            return value
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is not a finite number")
        return round(value, 6) + 0.0  # adding 0.0 turns -0.0 into 0.0

    @model_validator(mode="after")
    def _coherent(self) -> DecisionGene:
        if (self.parameter in ("offset", "threshold")) != (self.label is not None):
            raise ValueError(f"decision {self.id!r}: {self.parameter} and label do not fit")
        names = _NAMED.get(self.parameter)
        wrong = names is not None and self.value not in names
        named = names is not None or self.parameter == "extract"
        if wrong or named != isinstance(self.value, str):
            known = f", only {' or '.join(names)}" if names else ""
            what = f"decision {self.id!r}: {self.parameter} cannot be {self.value!r}{known}"
            raise ValueError(what)
        return self

    @property
    def affects(self) -> Affects:
        """Sampling and conduct change the call; everything else only the reading."""
        return "call" if self.parameter in (*_SAMPLING, *_CONDUCT) else "reading"

    def number(self) -> float:
        """The value as a number.

        Raises:
            GenomeError: The decision is a named choice.
        """
        if isinstance(self.value, str):
            raise GenomeError(f"decision {self.id!r} holds the choice {self.value!r}, not a number")
        return self.value

    def contribute(self, draft: RenderDraft) -> None:
        """Sets its parameter; offsets of the same label add up."""
        if self.parameter in _CONDUCT:
            draft.conduct[self.parameter] = self.value
        elif isinstance(self.value, str):
            draft.extract = self.value
        elif self.parameter in _SAMPLING:
            draft.sampling[self.parameter] = self.value
        elif self.parameter == "abstain":
            draft.abstain = self.value
        elif self.label is not None and self.label in draft.domain.labels:
            self._set_for_label(draft, self.label, self.value)

    def _set_for_label(self, draft: RenderDraft, label: str, value: float) -> None:
        if self.parameter == "threshold":
            draft.thresholds[label] = value
        else:
            draft.offsets[label] = draft.offsets.get(label, 0.0) + value
