"""Numbers as people and models write them."""

from __future__ import annotations

import math
import re

from fitness.reading import Answer
from fitness.scorers.protocol import Scorer
from fitness.suites.example import Example
from genomes.errors import ConfigError

_SEPARATORS = "'_\u00a0\u202f"
_TOKEN = re.compile(
    rf"(?<![\w.])[-+]?(?:\d[\d.,{_SEPARATORS}]*\d|\d)(?:[eE][-+]?\d+(?!\w))?"
    r"(?:\s?/\s?(?P<by>\d+)(?![\d/]))?"
)
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_CONTINENTAL = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})")


def numeric(argument: str = "") -> Scorer:
    """1 if the last number of the answer is the target's, within a tolerance.

    The last number counts, as is usual for worked answers (Cobbe et al. 2021, GSM8K). Thousands
    separators, decimal commas, exponents and fractions are read; currency signs and units are
    passed over, neither compared nor converted.

    Args:
        argument: ``0.5`` for an absolute tolerance, ``1%`` for one relative to the target; empty
            for none beyond rounding.

    Raises:
        ConfigError: The tolerance cannot be read.
    """
    tolerance, relative = _tolerance(argument)

    def score(answer: Answer, example: Example) -> float:
        target = last_number(example.target)
        if target is None:
            raise ValueError(f"the target {example.target!r:.60} holds no number")
        found = last_number(answer.text or "")
        slack = tolerance * abs(target) if relative else tolerance
        return float(found is not None and math.isclose(found, target, rel_tol=1e-9, abs_tol=slack))

    return score


def last_number(text: str) -> float | None:
    """The last number in a text; ``None`` without one.

    ``1,234.5``, ``1.234,5``, ``1'234.5`` are one thousand two hundred and thirty-four and a half;
    a single comma not before three digits is a decimal comma; ``3/4`` is .75.
    """
    found = list(_TOKEN.finditer(text.replace("\u2212", "-")))
    if not found:
        return None
    token, by = found[-1].group(), found[-1].group("by")
    value = _value(token.split("/")[0].strip())
    if by is not None:
        divisor = float(by)  # infinite beyond what a float holds; an int of that size would raise
        value = value / divisor if 0 < divisor < math.inf else math.inf
    return value if math.isfinite(value) else None


def _value(token: str) -> float:
    sign = -1.0 if token.startswith("-") else 1.0
    body = token.lstrip("+-").translate(dict.fromkeys(map(ord, _SEPARATORS)))
    if _ENGLISH.fullmatch(body):
        body = body.replace(",", "")
    elif _CONTINENTAL.fullmatch(body):
        body = body.replace(".", "").replace(",", ".")
    elif body.count(",") == 1 and "." not in body:
        body = body.replace(",", ".")
    try:
        return sign * float(body)
    except ValueError:  # a list or a version, such as 1,2,3: its last part
        return float(re.split(r"[.,]+", body)[-1])


def _tolerance(argument: str) -> tuple[float, bool]:
    relative = argument.endswith("%")
    try:
        value = float(argument.removesuffix("%") or 0)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise ConfigError(
            f"bad tolerance in 'numeric:{argument}'",
            remedy="write numeric, numeric:0.5 or numeric:1%",
        )
    return (value / 100 if relative else value), relative
