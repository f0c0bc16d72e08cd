from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.suites import Example, split
from fitness.suites.splits import rank
from genomes.errors import DataError

SHARES = {"search": 0.35, "gate": 0.45, "audit": 0.2}
CLUSTERS = st.lists(st.text(max_size=4), min_size=1, max_size=40)


def examples(clusters: list[str]) -> list[Example]:
    return [Example(f"e{n}", {"t": str(n)}, "y", "d", c) for n, c in enumerate(clusters)]


def role_of(parts: dict[str, tuple[Example, ...]]) -> dict[str, str]:
    return {example.id: role for role, members in parts.items() for example in members}


@given(CLUSTERS, st.text(max_size=3))
def test_every_example_plays_one_role_and_a_cluster_stays_together(clusters, salt):
    made = examples(clusters)
    parts = split(made, SHARES, salt)
    assert sorted(e.id for members in parts.values() for e in members) == sorted(e.id for e in made)
    roles = role_of(parts)
    for cluster in set(clusters):
        assert len({roles[e.id] for e in made if e.cluster == cluster}) == 1


@given(CLUSTERS, CLUSTERS)
def test_adding_examples_moves_none_and_reorders_none(before, added):
    made = examples(before + added)
    old, new = split(made[: len(before)], SHARES), split(made, SHARES)
    kept = {e.id for e in made[: len(before)]}
    for role in SHARES:
        assert old[role] == tuple(e for e in new[role] if e.id in kept)


@given(CLUSTERS, st.randoms(use_true_random=False))
def test_the_order_of_the_source_does_not_matter(clusters, random):
    made = examples(clusters)
    shuffled = random.sample(made, len(made))
    assert split(made, SHARES) == split(shuffled, SHARES)


def test_shares_are_met_within_chance_and_are_relative():
    made = examples([str(n) for n in range(4000)])
    parts = split(made, SHARES)
    for role, share in SHARES.items():
        spread = math.sqrt(4000 * share * (1 - share))
        assert abs(len(parts[role]) - 4000 * share) < 4 * spread
    assert parts == split(made, {role: 7 * share for role, share in SHARES.items()})


def test_another_salt_is_another_split():
    made = examples([str(n) for n in range(200)])
    assert role_of(split(made, SHARES, "a")) != role_of(split(made, SHARES, "b"))


def test_a_role_is_in_an_order_that_has_nothing_to_do_with_its_clusters():
    made = examples([str(n // 10) for n in range(400)])
    (members,) = split(made, {"search": 1}).values()
    runs = sum(a.cluster != b.cluster for a, b in itertools.pairwise(members))
    assert runs > 350


def test_a_role_with_no_share_is_there_and_empty():
    parts = split(examples(["a", "b"]), {"search": 1, "audit": 0})
    assert list(parts) == ["search", "audit"]
    assert parts["audit"] == ()


@pytest.mark.parametrize(
    "shares", [{}, {"search": 0.0}, {"search": -1.0, "gate": 2.0}, {"search": math.inf}]
)
def test_shares_that_cannot_be_met_are_refused(shares):
    with pytest.raises(DataError, match="shares"):
        split(examples(["a"]), shares)


def test_the_rank_never_changes():
    # Stored splits hang on these values.
    assert rank("", "film") == pytest.approx(0.6134515125752087, abs=1e-12)
    assert 0 <= rank("a", "b") < 1
    assert rank("ab", "") != rank("a", "b")
