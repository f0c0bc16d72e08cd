from __future__ import annotations

from dataclasses import replace

import pytest

from evo.gate import AttemptRecord, GateConfig, choose_shard, preflight, shards
from genomes.errors import IntegrityError


def record(part, candidate="c1", verdict="HOLD", alpha=0.005, lineage="line", name="1"):
    return AttemptRecord(
        attempt_id=name,
        lineage=lineage,
        candidate_id=candidate,
        shard_hash=part.hash,
        alpha=alpha,
        verdict=verdict,
    )


@pytest.fixture
def suite(kit):
    return kit.suite("a/gate", 1000)


def test_shards_share_all_examples_evenly(suite):
    parts = shards(suite, 300)
    assert [len(part) for part in parts] == [334, 333, 333]
    ids = [example.id for part in parts for example in part]
    assert sorted(ids) == sorted(example.id for example in suite)
    assert [part.name for part in parts] == ["a/gate#1", "a/gate#2", "a/gate#3"]


def test_small_suite_is_one_shard(kit):
    small = kit.suite("a/gate", 40)
    assert [len(part) for part in shards(small, 300)] == [40]


def test_clusters_never_cross_shards(kit):
    parts = shards(kit.suite("a/gate", 900, size=7), 300)
    homes = [{example.cluster for example in part} for part in parts]
    assert not homes[0] & homes[1]
    assert not (homes[0] | homes[1]) & homes[2]
    assert min(len(part) for part in parts) >= 290


def test_reordering_and_renaming_give_the_same_shards(suite):
    other = replace(suite, name="fresh/name", examples=suite.examples[::-1])
    assert [p.hash for p in shards(other, 300)] == [p.hash for p in shards(suite, 300)]


def test_shard_retires_at_a_promotion_and_after_five_attempts(suite):
    first, second, third = shards(suite, 300)
    assert choose_shard([], (first, second), candidate_id="x") == first
    promoted = [record(first, verdict="PROMOTE")]
    assert choose_shard(promoted, (first, second), candidate_id="x") == second
    worn = [record(second, candidate=f"c{i}", verdict="REJECT") for i in range(5)]
    assert choose_shard(promoted + worn, (first, second, third), candidate_id="x") == third
    assert choose_shard(promoted + worn, (first, second), candidate_id="x") is None


def test_another_lineage_does_not_make_a_shard_fresh(suite):
    first, second, _ = shards(suite, 300)
    history = [record(first, verdict="PROMOTE", lineage="renamed agent")]
    assert choose_shard(history, (first, second), candidate_id="x") == second


def test_same_content_never_meets_the_same_shard_again(suite):
    parts = shards(suite, 300)
    history = [record(parts[0])]
    assert choose_shard(history, parts, candidate_id="c1") == parts[1]
    assert choose_shard(history, parts, candidate_id="c2") == parts[0]
    history += [record(parts[1], verdict="INDECISIVE"), record(parts[2])]
    assert choose_shard(history, parts, candidate_id="c1") is None


def test_rejected_content_is_never_tested_again(suite):
    parts = shards(suite, 300)
    history = [record(parts[0], verdict="REJECT", name="attempt-7")]
    with pytest.raises(IntegrityError, match="attempt-7"):
        choose_shard(history, parts, candidate_id="c1")


def test_preflight_says_what_is_left_and_what_it_can_detect(kit, suite):
    regression = kit.suite("b/reg", 200, "regression")
    config = GateConfig()
    found = preflight(config, [suite, regression], [], domain="a", lineage="line")
    assert (found.attempts_left, found.shards, found.fresh_shards, found.n) == (10, 3, 3, 300)
    assert found.alpha == pytest.approx(0.005)
    assert found.max_calls == 2 * (300 + 200)
    easy, hard = found.detectable
    assert (easy.discordance, hard.discordance) == (0.2, 0.35)
    # gate.md: 300 examples at .005 find +8 in .65 and +12 in .98 of the attempts.
    assert 0.08 < easy.difference < 0.12
    assert easy.difference < hard.difference
    assert found.regressions[0].harmless_passes == pytest.approx(0.89, abs=0.02)


def test_preflight_counts_shares_by_lineage_and_shards_by_content(suite):
    parts = shards(suite, 300)
    history = [
        record(parts[0], verdict="PROMOTE"),
        record(parts[1], candidate="c2", lineage="other", verdict="PROMOTE"),
    ]
    found = preflight(GateConfig(), [suite], history, domain="a", lineage="line")
    assert found.alpha == pytest.approx(0.010)
    assert found.fresh_shards == 1
    assert found.attempts_left == 5


def test_preflight_of_an_empty_or_used_up_gate_promises_nothing(suite):
    nothing = preflight(GateConfig(), [], [], domain="a", lineage="line")
    assert (nothing.attempts_left, nothing.n, nothing.detectable) == (0, 0, ())
    parts = shards(suite, 300)
    spent = [record(parts[i % 3], candidate=f"c{i}", verdict="REJECT") for i in range(10)]
    used_up = preflight(GateConfig(), [suite], spent, domain="a", lineage="line")
    assert (used_up.attempts_left, used_up.alpha, used_up.detectable) == (0, 0.0, ())
