"""Removal of one change, approval, probation, no cascade, why, and clocks that go back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from support_gate import planned

from evo.champion import Registry, stale
from evo.champion.removal import NOT_GATED
from evo.champion.version import Version
from evo.champion.why import why
from genomes.errors import ConfigError, IntegrityError, PendingError


def put(registry: Registry, gene: str, text: str, decision, **more):
    """Promotes the champion with another text of one gene."""
    head = registry.head().genome
    child = head.with_gene(head.gene(gene).model_copy(update={"text": text}))
    proof = decision(child, head)
    return registry.promote(child, proof, provenance={**more, **planned(proof)})


@pytest.fixture
def two(root, genome, decision):
    """A seed and two promotions, of different genes."""
    made = Registry(root)
    made.init(genome("Seed."))
    put(made, "instruction", "Better.", decision)
    put(made, "template", "Text: {{ text }}", decision)
    return made


def test_one_change_goes_and_the_rest_stays(two, genome):
    version = two.revert(2, reason="not needed")
    assert (version.number, version.kind, version.decision) == (4, "reverted", None)
    assert version.genome.gene("instruction").text == "Seed."
    assert version.genome.gene("template").text == "Text: {{ text }}"
    assert version.provenance["known"][0] == NOT_GATED
    assert version.provenance["dependants"] == [3]
    assert two.verify() == ()
    assert two.rollback(reason="x").number == 3
    assert two.verify() == ()


def test_the_last_change_goes_by_an_exact_rollback(two):
    assert two.revert(3, reason="x") == two.version(2)
    assert two.history()[-1].kind == "rollback"


def test_what_later_changes_build_on_is_refused_and_nothing_is_written(two, decision):
    put(two, "instruction", "Best.", decision)
    before = two.journal.path.read_bytes()
    with pytest.raises(IntegrityError, match="later changes build on it in instruction"):
        two.revert(2, reason="x")
    with pytest.raises(IntegrityError, match="it is the seed"):
        two.revert(1, reason="x")
    assert two.journal.path.read_bytes() == before


def test_a_forged_removal_is_found(two, genome):
    """No gate decides on a removal, so it must never be a way in."""
    head = two.head()
    said = two.removal(2).provenance("x")
    forged = Version.create(number=4, kind="reverted", genome=genome("Mine."), parent=head.id,
                            provenance=said, created="2026-01-01")  # fmt: skip
    with two._folder.writing():
        two._folder.install("revert", forged, said)
    assert two.verify() == ("journal line 4: its genome is not what is left without the change",)


def test_what_stood_on_a_version_that_was_rolled_back_is_refused_though_it_is_back(two, decision):
    head = two.head().genome
    began = two.note("propose", {"run": "r"}).seq
    child = head.with_gene(head.gene("instruction").model_copy(update={"text": "New."}))
    two.rollback(reason="complaints")
    with pytest.raises(IntegrityError, match=r"version 3 was taken out since .*complaints"):
        two.promote(
            child, decision(child, head), provenance=planned(decision(child, head)), began=began
        )
    two.rollback(3, reason="unfounded")
    with pytest.raises(IntegrityError, match="was taken out since"):
        two.promote(
            child, decision(child, head), provenance=planned(decision(child, head)), began=began
        )
    again = two.note("propose", {"run": "s"}).seq
    two.promote(
        child, decision(child, head), provenance=planned(decision(child, head)), began=again
    )


def test_what_was_rolled_back_does_not_come_back_by_itself(two, decision):
    out = two.head().genome
    two.rollback(reason="complaints")
    head = two.head().genome
    with pytest.raises(IntegrityError, match="version 3, which was rolled back"):
        two.promote(out, decision(out, head), provenance=planned(decision(out, head)))
    child = head.with_gene(head.gene("instruction").model_copy(update={"text": "New."}))
    made = {"proposal": {"parents": [out.id]}}
    with pytest.raises(IntegrityError, match="version 3, which was rolled back"):
        two.promote(
            child, decision(child, head), provenance={**made, **planned(decision(child, head))}
        )
    assert two.rollback(3, reason="by hand").genome == out


def test_nothing_is_promoted_during_probation(two, decision):
    third = two.head()
    two.probations.start(third.id, {"outcomes": 200})
    with pytest.raises(IntegrityError, match="version 3 is on probation"):
        put(two, "instruction", "New.", decision)
    assert two.probations.open().number == 3
    two.probations.passed(third.id, "200 outcomes")
    assert two.probations.open() is None
    fourth = put(two, "instruction", "New.", decision)
    two.probations.start(fourth.id)
    two.rollback(reason="alarm")
    assert two.probations.open() is None
    put(two, "instruction", "Other.", decision)
    assert two.verify() == ()


def submitted(registry: Registry, text: str, decision):
    head = registry.head().genome
    child = head.with_gene(head.gene("instruction").model_copy(update={"text": text}))
    proof = decision(child, head)
    return (
        registry.approvals.submit(child, proof, provenance={"run": "r", **planned(proof)}),
        child,
        proof,
    )


def test_a_decided_promotion_waits_and_is_approved(two, decision):
    before = two.head()
    waits, child, proof = submitted(two, "New.", decision)
    assert two.head() == before
    assert two.knows(proof)
    assert submitted(two, "New.", decision)[0] == waits  # a resumed run comes here again
    with pytest.raises(PendingError, match="waits for approval") as caught:
        two.approvals.check_none()
    assert f"champion approve {waits.attempt}" in caught.value.remedy
    two.approvals.check_none(but="r")
    version = two.approve(reason="read")
    assert version.genome == child
    assert version.provenance["approval"]["reason"] == "read"
    assert [one.state for one in two.approvals.all()] == ["approved"]
    two.approvals.check_none()
    assert two.verify() == ()


def test_a_rejected_promotion_is_over_and_not_tried_again(two, decision):
    waits, child, _ = submitted(two, "New.", decision)
    two.approvals.reject(None, "wrong tone")
    assert "rejected by a person" in two.barred([child.id])
    with pytest.raises(IntegrityError, match="it is rejected"):
        two.approve(waits.attempt, reason="x")
    with pytest.raises(ConfigError, match="no attempt 'film-9' waits"):
        two.approve("film-9", reason="x")


def test_of_two_that_wait_the_second_is_about_another_champion(two, decision):
    first, _, _ = submitted(two, "New.", decision)
    second, _, _ = submitted(two, "Newer.", decision)
    with pytest.raises(ConfigError, match="2 attempts wait"):
        two.approve(reason="x")
    two.approve(first.attempt, reason="x")
    with pytest.raises(IntegrityError, match="it is superseded"):
        two.approve(second.attempt, reason="x")


def test_why_goes_from_gap_to_decision_over_the_whole_line(two, decision):
    proposal = {"operator": "rewrite", "gap": "g1", "hypothesis": "It helps.", "parents": []}
    put(two, "instruction", "Be clear and kind.", decision, proposal=proposal, run="r7")
    (trace,) = why(two, "CLEAR  and")
    assert (trace.gene, trace.in_force) == ("instruction", True)
    assert [step.version for step in trace.steps] == [1, 2, 4]
    assert [step.brought for step in trace.steps] == [False, False, True]
    last = trace.steps[-1]
    assert (last.run, last.proposal["hypothesis"]) == ("r7", "It helps.")
    assert last.evidence["effect"]["estimate"] == 1.0
    assert last.decision["verdict"] == "PROMOTE"
    assert last.changes == ("~ instruction.text: [-Better-]{+Be clear and kind+}.",)
    two.rollback(reason="complaints")
    (gone,) = why(two, "clear and")
    assert not gone.in_force
    assert "complaints" in gone.gone
    with pytest.raises(ConfigError, match="no version"):
        why(two, "nowhere")


def test_a_clock_that_goes_back_changes_nothing_but_the_times(root, genome, promote):
    ticks = count()
    start = datetime(2026, 1, 2, tzinfo=UTC)
    registry = Registry(root, now=lambda: start - timedelta(days=next(ticks)))
    registry.init(genome("Seed."))
    second = promote(registry, "Second.")
    registry.probations.start(second.id)
    assert registry.probations.open().number == 2
    registry.probations.passed(second.id, "x")
    third = promote(registry, "Third.")
    times = [entry.time for entry in registry.history()]
    assert times == sorted(times, reverse=True)
    assert Registry(root).head() == third
    assert registry.rollback(reason="x") == second
    assert Registry(root).verify() == ()


@pytest.mark.parametrize("content", [None, 5, {}, {"fingerprint": "x"}, {"suites": {}},
                                     {"fingerprint": "x", "suites": {"a": 1}}])  # fmt: skip
def test_malformed_conditions_are_one_clear_error(two, content):
    two.note("rebaseline", {"conditions": content})
    with pytest.raises(IntegrityError, match=r"journal line 4 \(rebaseline\) holds no conditions"):
        stale(two.history(), two.head().id)


def test_a_long_journal_is_read_from_its_end(registry, promote):
    for number in range(150):
        registry.note("gap", {"id": f"{number} " + "x" * 2000})
    assert registry.journal.path.stat().st_size > 300_000
    assert Registry(registry.root).head() == registry.version(4)
    assert registry.history(7) == registry.history()[-7:]
    assert registry.history(10_000) == registry.history()
    raw = registry.journal.path.read_bytes()
    registry.journal.path.write_bytes(raw[:-50] + b"y" + raw[-49:])
    with pytest.raises(IntegrityError, match="one of the last"):
        Registry(registry.root).history(3)
    assert registry.verify()
