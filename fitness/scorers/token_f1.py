"""Overlap of words."""

from __future__ import annotations

import re
import string
from collections import Counter

from fitness.reading import Answer
from fitness.suites.example import Example

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def token_f1(answer: Answer, example: Example) -> float:
    """Harmonic mean of precision and recall over the words of answer and target.

    Words as in SQuAD (Rajpurkar et al. 2016): lower case, without ASCII punctuation and the
    articles a, an, the. 0 where either side has no words.
    """
    found, wanted = words(answer.text or ""), words(example.target)
    shared = (found & wanted).total()
    if not shared:
        return 0.0
    precision, recall = shared / found.total(), shared / wanted.total()
    return 2 * precision * recall / (precision + recall)


def words(text: str) -> Counter[str]:
    """The words of a text with their counts, normalised as in SQuAD."""
    bare = text.lower().translate(_PUNCTUATION)
    return Counter(re.sub(r"\b(?:a|an|the)\b", " ", bare).split())
