"""Creep: margin after margin is refused by the best version ever certified."""

from __future__ import annotations

import pytest

from evo.gate import Ancestor, GateConfig, anchors_of
from genomes.errors import IntegrityError

WIN, LOSS, TIE = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)


def evidence(suite, estimate=None, *, rung="score_test", wins=0, losses=0, content=None, **more):
    row = {
        "suite": suite.name,
        "domain": suite.domain,
        "rung": rung,
        "status": "certified",
        "margin": 0.15,
        "reason": "",
        "estimate": estimate,
        "wins": wins,
        "losses": losses,
        "n": len(suite),
        "content": content or suite.hash,
        **more,
    }
    return {"regressions": [row], "effect": {"estimate": 0.1}}


@pytest.fixture
def suite(kit):
    return kit.suite("b/reg", 100, "regression")


def line(kit, *decisions):
    """Versions from the oldest to the newest; the first needed no decision."""
    genomes = [kit.genome(f"version {i}") for i in range(len(decisions) + 1)]
    made = [
        Ancestor(genome, found) for genome, found in zip(genomes, (None, *decisions), strict=True)
    ]
    return genomes, made[::-1]


def test_the_champion_is_its_own_anchor_where_nothing_was_lost(kit, suite):
    _, versions = line(kit, evidence(suite, 0.02), evidence(suite, 0.0))
    assert anchors_of(versions, [suite], "a", 0.05) == {}
    assert anchors_of(versions[-1:], [suite], "a", 0.05) == {}


@pytest.mark.parametrize(
    ("steps", "best"), [((-0.02,), 0), ((0.03, -0.02, -0.02), 1), ((-0.02, 0.05), None)]
)
def test_the_anchor_is_the_best_of_the_line(kit, suite, steps, best):
    genomes, versions = line(kit, *(evidence(suite, step) for step in steps))
    found = anchors_of(versions, [suite], "a", 0.05)
    assert found == ({} if best is None else {suite.name: genomes[best]})


def test_older_evidence_without_an_estimate_is_read_by_its_counts(kit, suite):
    genomes, versions = line(kit, evidence(suite, wins=1, losses=4))
    assert anchors_of(versions, [suite], "a", 0.05) == {suite.name: genomes[0]}
    _, versions = line(kit, evidence(suite, wins=4, losses=1))
    assert anchors_of(versions, [suite], "a", 0.05) == {}
    # What says nothing may have lost the margin; answers that differ may all be losses.
    genomes, versions = line(kit, evidence(suite, rung="eprocess"))
    assert anchors_of(versions, [suite], "a", 0.05) == {suite.name: genomes[0]}
    genomes, versions = line(kit, evidence(suite, rung="disagreement", disagreements=1))
    assert anchors_of(versions, [suite], "a", 0.05) == {suite.name: genomes[0]}


def test_a_renamed_suite_is_known_by_its_content(kit, suite):
    genomes, versions = line(kit, evidence(suite, -0.03))
    renamed = type(suite)("b/fresh", suite.role, suite.domain, suite.examples)
    assert anchors_of(versions, [renamed], "a", 0.05) == {"b/fresh": genomes[0]}


def test_the_line_ends_where_a_suite_begins(kit, suite):
    genomes, versions = line(kit, {"regressions": []}, evidence(suite, -0.03))
    assert anchors_of(versions, [suite], "a", 0.05) == {suite.name: genomes[1]}


def test_a_version_without_a_decision_may_have_lost(kit, suite):
    genomes, versions = line(kit, evidence(suite, 0.0), None)
    found = anchors_of(versions, [suite], "a", 0.05)
    assert found[suite.name] == genomes[1]


def test_what_leaves_a_domain_as_it_is_moves_no_anchor_there(kit, suite):
    old, new = kit.genome("old", ("a",)), kit.genome("new", ("a",))
    versions = [Ancestor(new, evidence(suite, -0.04)), Ancestor(old)]
    assert suite.name not in anchors_of(versions, [suite], "a", 0.05)


def test_the_domain_has_an_anchor_by_its_shown_effects(kit, suite):
    cheaper = evidence(suite, 0.0) | {"effect": {"estimate": -0.02}}
    genomes, versions = line(kit, evidence(suite, 0.0), cheaper)
    assert anchors_of(versions, [suite], "a", 0.05) == {"a": genomes[1]}


def test_a_planned_anchor_must_be_there_and_costs_one_arm(world, kit):
    suite = kit.suite("b/reg", 100, "regression")
    world.regressions = (suite,)
    without = world.plan()
    world.anchors = {suite.name: kit.genome("older")}
    plan = world.plan()
    assert plan.regressions[0].anchor_id == kit.genome("older").id
    assert plan.max_calls == without.max_calls + 100
    assert plan.hash != without.hash
    world.anchors = {}
    with pytest.raises(IntegrityError, match="best version"):
        world.run({}, plan=plan)
    assert world.registered == []


def test_five_small_losses_in_a_row_are_refused_by_the_anchor(world, kit, rng):
    """R24: each version loses 4 more of 100 examples; the margin of .15 lets each pass alone."""
    suite = kit.suite("b/reg", 100, "regression")
    world.regressions, world.config = (suite,), GateConfig(regression_margin=0.15, n=60)
    world.gate = kit.suite("a/gate", 60)
    gain = {e.id: WIN if i % 2 else TIE for i, e in enumerate(world.gate)}

    def right(version):
        """Scores of a version on the suite: 4 fewer right for each promotion before it."""
        return {e.id: float(i >= 4 * version) for i, e in enumerate(suite)}

    def promote(versions, *, anchored):
        number = len(versions)
        world.champion, world.candidate = versions[0].genome, kit.genome(f"version {number}")
        before, after = right(number - 1), right(number)
        pairs = {name: (before[name], after[name]) for name in before}
        found = anchors_of(versions, [suite], "a", 0.15) if anchored else {}
        world.anchors = {suite.name: found[suite.name]} if suite.name in found else {}
        measurer = world.measurer(gain | pairs)
        measurer.others = {world.anchors[name].id: right(0) for name in world.anchors}
        return world.run({}, measurer=measurer)

    def live(*, anchored):
        versions, last = [Ancestor(kit.genome("version 0"))], None
        for _ in range(5):
            last = promote(versions, anchored=anchored)
            if not last.promoted:
                break
            versions.insert(0, Ancestor(world.candidate, last.model_dump(mode="json")))
        return len(versions) - 1, last

    crept, _ = live(anchored=False)
    assert crept == 5, "without an anchor 20 of 100 examples are lost at a margin of 15"
    promotions, refused = live(anchored=True)
    assert promotions == 2
    row = refused.regressions[0]
    assert (refused.verdict, row.status) == ("REJECT", "lost")
    assert row.losses == 4, "against the champion alone it would have passed"
    assert row.anchor.losses == 12
    assert row.anchor.against == kit.genome("version 0").id
    assert "best version" in refused.reason


def test_a_candidate_as_good_as_a_champion_behind_its_anchor_passes(world, kit):
    """The veto on any significant loss is for the champion; behind the anchor the margin counts."""
    suite = kit.suite("b/reg", 200, "regression")
    world.regressions, world.gate = (suite,), kit.suite("a/gate", 60)
    world.config = GateConfig(regression_margin=0.10, n=60)
    world.anchors = {suite.name: kit.genome("older")}
    scores = {e.id: WIN if i % 2 else TIE for i, e in enumerate(world.gate)}
    scores |= {e.id: (float(i >= 8), float(i >= 8)) for i, e in enumerate(suite)}
    measurer = world.measurer(scores)
    measurer.others = {kit.genome("older").id: {e.id: 1.0 for e in suite}}
    decision = world.run({}, measurer=measurer)
    assert decision.verdict == "PROMOTE"
    assert decision.regressions[0].anchor.loss_p < 0.05
