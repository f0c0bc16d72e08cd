"""Nothing enters unproven, nothing is lost, and going back is exact (R4, R38, R42)."""

from __future__ import annotations

import hashlib
import threading

import pytest
from support_gate import planned

from evo.champion import Registry, Version
from evo.champion.migrations import SCHEMA_VERSION
from genomes.errors import ConfigError, IntegrityError, StoreError
from genomes.hashing import content_hash


def files_of(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_the_seed_is_the_first_version(root, genome):
    seed = genome("Seed.")
    version = Registry(root).init(seed)
    assert (version.number, version.kind, version.parent) == (1, "seed", None)
    assert version.decision is None
    assert Registry(root).head() == version
    assert version.genome == seed
    assert (root / "HEAD").read_text() == f"{version.id}\n"
    assert Registry(root).verify() == ()


def test_the_id_is_the_checksum_of_the_file(root, genome):
    version = Registry(root).init(genome("Seed."))
    raw = (root / "versions" / f"{version.id}.json").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == version.id


def test_init_twice_is_refused(root, genome):
    first = Registry(root).init(genome("Seed."))
    with pytest.raises(IntegrityError, match="champion already"):
        Registry(root).init(genome("Other."))
    assert Registry(root).head() == first


def test_an_empty_registry_says_so(root):
    registry = Registry(root)
    assert not registry.initialised
    with pytest.raises(IntegrityError, match="no champion yet"):
        registry.head()
    assert registry.verify() != ()
    assert not root.exists()


def test_a_promotion_links_gap_proposal_evidence_and_decision(root, genome, decision):
    registry = Registry(root)
    seed = registry.init(genome("Seed."))
    child = genome("Better.")
    proof = decision(child, seed.genome)
    provenance = {"gap": "gap-7", "proposal": "p-3", "run_id": "r-1"}
    version = registry.promote(child, proof, provenance={**provenance, **planned(proof)})
    assert (version.number, version.kind, version.parent) == (2, "promoted", seed.id)
    assert version.decision == proof
    assert version.genome == child
    assert Registry(root).head() == version
    line = registry.history()[-1]
    assert line.kind == "promote"
    assert line.payload["provenance"] == provenance
    assert line.payload["decision"] == content_hash(proof)
    assert line.payload["version"] == version.id
    assert line.payload["attempt_id"] == proof["attempt_id"]


@pytest.mark.parametrize("verdict", ["REJECT", "HOLD", "INDECISIVE", "promote", None])
def test_only_promote_promotes(registry, genome, decision, verdict):
    before = files_of(registry.root)
    child = genome("Fifth.")
    proof = decision(child, registry.head().genome, verdict)
    with pytest.raises(IntegrityError, match="did not promote"):
        registry.promote(child, proof, provenance=planned(proof))
    assert files_of(registry.root) == before


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("candidate_id", "0" * 64, "names another plan"),
        ("promoted_id", "0" * 64, "promoted_id"),
        ("champion_id", "0" * 64, "champion_id"),
        ("candidate_id", None, "none of the gate's"),
        ("promoted_id", None, "not planned"),
    ],
)
def test_a_decision_about_other_genomes_is_refused(registry, genome, decision, field, value, what):
    before = files_of(registry.root)
    child = genome("Fifth.")
    proof = {**decision(child, registry.head().genome), field: value}
    with pytest.raises(IntegrityError, match=what):
        registry.promote(child, proof, provenance=planned(proof))
    assert files_of(registry.root) == before


def test_no_decision_no_promotion(registry, genome):
    with pytest.raises(IntegrityError, match="there is none"):
        registry.promote(genome("Fifth."), {}, provenance={})


def test_a_decision_serves_once(registry, genome, decision):
    child = genome("Fifth.")
    proof = decision(child, registry.head().genome)
    registry.promote(child, proof, provenance=planned(proof))
    with pytest.raises(IntegrityError, match="champion_id"):
        registry.promote(child, proof, provenance=planned(proof))


def test_the_champion_cannot_replace_itself(registry, decision):
    present = registry.head().genome
    with pytest.raises(IntegrityError, match="is the champion"):
        registry.promote(
            present, decision(present, present), provenance=planned(decision(present, present))
        )


def test_rollback_is_exact(root, genome, promote):
    registry = Registry(root)
    registry.init(genome("Seed."))
    second = promote(registry, "Second.")
    before = files_of(root)
    third = promote(registry, "Third.")
    assert registry.rollback(reason="fell") == second
    assert Registry(root).head() == second
    after = files_of(root)
    assert after["HEAD"] == before["HEAD"]
    assert {name: after[name] for name in before if name.startswith("versions")} == {
        name: raw for name, raw in before.items() if name.startswith("versions")
    }
    line = registry.history()[-1]
    assert (line.kind, line.payload["from"], line.payload["reason"]) == (
        "rollback",
        third.id,
        "fell",
    )
    assert registry.verify() == ()


def test_rollback_follows_what_was_replaced_not_the_order_of_time(registry, promote):
    fourth = registry.head()
    assert fourth.number == 4
    assert registry.rollback(reason="x").number == 2
    assert registry.rollback(reason="x").number == 1
    with pytest.raises(IntegrityError, match="nothing to go back to"):
        registry.rollback(reason="x")
    assert registry.rollback(3, reason="x").number == 3
    assert registry.rollback(fourth.id[:10], reason="x") == fourth
    assert promote(registry, "Fifth.").number == 5


def test_rollback_refuses_what_is_in_force_or_unknown(registry):
    with pytest.raises(IntegrityError, match="already in force"):
        registry.rollback(4, reason="x")
    with pytest.raises(ConfigError, match="unknown champion version"):
        registry.rollback("9", reason="x")
    with pytest.raises(ConfigError, match="unknown champion version"):
        registry.rollback("", reason="x")


def test_rollback_works_although_the_present_version_is_damaged(registry):
    head = registry.root / "versions" / f"{registry.head().id}.json"
    head.write_text("gone")
    assert registry.rollback(reason="damaged").number == 2
    assert registry.head().number == 2


def test_rollback_puts_a_broken_head_right(registry):
    (registry.root / "HEAD").write_text("nonsense")
    assert registry.rollback(4, reason="HEAD was edited").number == 4
    assert registry.verify() == ()


def test_rollback_does_not_put_a_damaged_version_in_force(registry):
    second = registry.version(2)
    path = registry.root / "versions" / f"{second.id}.json"
    path.write_bytes(path.read_bytes().replace(b"Second.", b"Sec0nd."))
    before = files_of(registry.root)
    with pytest.raises(IntegrityError, match="was changed"):
        registry.rollback(reason="x")
    assert files_of(registry.root) == before


def test_nothing_is_built_on_a_broken_registry(registry, promote):
    raw = registry.journal.path.read_bytes()
    registry.journal.path.write_bytes(raw.replace(b"live scores fell", b"live scores rose"))
    for change in (
        lambda: promote(registry, "Fifth."),
        lambda: registry.rollback(reason="x"),
        lambda: registry.note("gap", {}),
        registry.head,
        registry.history,
    ):
        with pytest.raises(IntegrityError, match="journal line"):
            change()
    registry.journal.path.write_bytes(raw)
    (registry.root / "HEAD").write_text(registry.version(1).id + "\n")
    with pytest.raises(IntegrityError, match="HEAD is not what the journal says"):
        promote(registry, "Fifth.")


@pytest.mark.parametrize("kind", ["init", "promote", "rollback", "repair"])
def test_notes_cannot_pretend_to_move_head(registry, kind):
    with pytest.raises(ValueError, match="reserved"):
        registry.note(kind, {"version": "x"})


def test_notes_may_come_before_the_first_version(root, genome):
    registry = Registry(root)
    registry.note("gap", {"id": "gap-1"})
    registry.init(genome("Seed."))
    assert [entry.kind for entry in registry.history()] == ["gap", "init"]
    assert registry.verify() == ()


def test_a_head_that_a_kill_left_behind_is_moved_on_opening(registry):
    head = registry.root / "HEAD"
    head.write_text(registry.version(2).id + "\n")  # the state between line and move
    assert Registry(registry.root).verify() == ()
    assert head.read_text().strip() == registry.version(4).id


def test_a_head_that_a_kill_left_out_at_init_is_written_on_opening(root, genome):
    version = Registry(root).init(genome("Seed."))
    (root / "HEAD").unlink()
    assert Registry(root).head() == version
    assert (root / "HEAD").read_text() == f"{version.id}\n"


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_line_that_a_kill_cut_short_is_taken_back_by_the_next_writer(registry, genome, share):
    whole = registry.journal.path.read_bytes()
    registry.note("gap", {"id": "gap-9"})
    line = registry.journal.path.read_bytes()[len(whole) :]
    torn = line[: max(1, int(len(line) * share))]
    registry.journal.path.write_bytes(whole + torn)
    opened = Registry(registry.root)
    assert opened.verify() == ("the journal's last line is not finished",)
    assert opened.head().number == 4
    opened.note("gap", {"id": "gap-10"})
    assert opened.verify() == ()
    repair, gap = opened.history()[-2:]
    assert (repair.kind, repair.payload) == ("repair", {"torn": torn.decode()})
    assert gap.payload == {"id": "gap-10"}
    assert opened.journal.path.read_bytes().startswith(whole)


def test_a_line_is_not_taken_back_once_head_has_moved(root, genome, promote):
    registry = Registry(root)
    registry.init(genome("Seed."))
    promote(registry, "Second.")
    raw = registry.journal.path.read_bytes()
    registry.journal.path.write_bytes(raw[:-9])  # no kill does this: HEAD names the version
    with pytest.raises(IntegrityError, match="not finished"):
        Registry(root).note("gap", {})
    assert registry.journal.path.read_bytes() == raw[:-9]
    assert registry.verify() != ()


def test_leftovers_of_killed_writers_are_removed(registry, promote):
    for folder in (registry.root, registry.root / "versions"):
        (folder / ".tmp-left").write_text("half")
    assert registry.verify() == ()
    promote(registry, "Fifth.")
    assert not list(registry.root.rglob(".tmp-*"))


def test_a_newer_schema_is_refused(registry):
    present = registry.head()
    newer = present.model_copy(update={"schema_version": SCHEMA_VERSION + 1})
    raw = newer.stored()
    path = registry.root / "versions" / f"{hashlib.sha256(raw).hexdigest()}.json"
    path.write_bytes(raw)
    with pytest.raises(StoreError, match=f"schema_version {SCHEMA_VERSION + 1}") as caught:
        Version.load(path)
    assert caught.value.remedy == "upgrade evogate"


def test_concurrent_writers_lose_nothing(registry):
    def write(name: str) -> None:
        for number in range(10):
            Registry(registry.root).note("gap", {"id": f"{name}-{number}"})

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    noted = {entry.payload["id"] for entry in registry.history() if entry.kind == "gap"}
    assert noted == {"gap-2"} | {f"{name}-{number}" for name in "abc" for number in range(10)}
    assert registry.verify() == ()


def test_of_two_promotions_against_one_champion_one_is_refused(registry, genome, decision):
    champion = registry.head().genome
    outcomes = []

    def work(text: str) -> None:
        child = genome(text)
        try:
            other = Registry(registry.root)
            outcomes.append(
                other.promote(
                    child, decision(child, champion), provenance=planned(decision(child, champion))
                ).number
            )
        except IntegrityError as error:
            outcomes.append(error.what[:8])

    threads = [threading.Thread(target=work, args=(text,)) for text in ("A.", "B.", "C.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["5", "the deci", "the deci"]
    assert registry.verify() == ()
