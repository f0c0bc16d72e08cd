"""Any edited byte is found, and so is a restored old folder."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evo.champion import Registry
from evo.champion.journal import Entry, Journal
from evo.champion.pointer import Pointer, head_bytes
from genomes.errors import ConfigError
from genomes.hashing import content_hash


def test_a_sound_registry_has_no_problems(registry):
    assert registry.verify() == ()


def byte_positions(raw: bytes) -> list[int]:
    """A few of each class: letters, digits, white space, each punctuation, the edges."""
    wanted: dict[object, list[int]] = {}
    for position, byte in enumerate(raw):
        letter = chr(byte)
        kind = "a" if letter.isalpha() else "0" if letter.isdigit() else letter
        wanted.setdefault(kind, []).append(position)
    middle = [places[len(places) // 2] for places in wanted.values()]
    return sorted({0, len(raw) - 1, *middle, *(places[0] for places in wanted.values())})


def edits(raw: bytes, position: int):
    yield raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
    yield raw[:position] + raw[position + 1 :]
    yield raw[:position] + b" " + raw[position:]


def test_any_edited_byte_is_found(registry):
    files = [registry.root / "HEAD", registry.journal.path]
    files += sorted((registry.root / "versions").iterdir())
    checked = 0
    for path in files:
        raw = path.read_bytes()
        for position in byte_positions(raw):
            for edited in edits(raw, position):
                path.write_bytes(edited)
                assert Registry(registry.root).verify(), (
                    path.name,
                    position,
                    edited[position:][:9],
                )
                checked += 1
        path.write_bytes(raw)
    assert registry.verify() == ()
    assert checked > 300


FILES = st.integers(0, 10**9)


@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])
@given(which=FILES, where=FILES, flip=st.integers(1, 255))
def test_no_flipped_byte_of_any_file_goes_unseen(registry, which, where, flip):
    files = sorted(path for path in registry.root.rglob("*") if path.is_file())
    path = [one for one in files if one.stat().st_size][which % (len(files) - 1)]
    raw = path.read_bytes()
    place = where % len(raw)
    try:
        path.write_bytes(raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :])
        assert Registry(registry.root).verify()
    finally:
        path.write_bytes(raw)


def test_lines_added_moved_or_removed_are_found(registry):
    path = registry.journal.path
    lines = path.read_bytes().splitlines(keepends=True)
    swapped = [lines[0], lines[2], lines[1], *lines[3:]]
    for edited in (
        lines[1:],
        [*lines[:2], *lines[3:]],
        swapped,
        [*lines, lines[-1]],
        [],
        lines[:4],
    ):
        path.write_bytes(b"".join(edited))
        assert Registry(registry.root).verify(), len(edited)


@pytest.mark.parametrize("name", ["HEAD", "journal.jsonl", "version"])
def test_a_missing_file_is_found(registry, name):
    path = registry.root / name
    if name == "version":
        path = registry.root / "versions" / f"{registry.version(2).id}.json"
    path.unlink()
    assert registry.verify()


def test_a_planted_version_is_found(registry):
    (registry.root / "versions" / ("0" * 64 + ".json")).write_text("{}")
    assert len(registry.verify()) == 1


def test_a_forged_promotion_is_found_although_its_chain_is_sound(registry, genome):
    """Someone with the source can write a chained line; the decision still has to fit."""
    head = registry.head()
    forged = head.model_copy(
        update={"number": 5, "parent": head.id, "genome": genome("Mine."), "decision": None}
    )
    version = type(head).create(**forged.model_dump(exclude={"id"}))
    (registry.root / "versions" / f"{version.id}.json").write_bytes(version.stored())
    payload = {"version": version.id, "number": 5, "genome": version.genome.id, "parent": head.id}
    Journal(registry.journal.path).append(
        "promote", {**payload, "decision": content_hash(None)}, "2026-01-02T03:05:00.000+00:00"
    )
    (registry.root / "HEAD").write_text(f"{version.id}\n")
    assert any("needs a gate decision" in problem for problem in registry.verify())


def test_a_rollback_to_what_was_never_in_force_is_found(registry, genome):
    """A rollback needs no decision: a version must not come in that way."""
    head = registry.head()
    forged = {"number": 9, "genome": genome("Forged."), "parent": head.id, "decision": None}
    version = type(head).create(**head.model_copy(update=forged).model_dump(exclude={"id"}))
    (registry.root / "versions" / f"{version.id}.json").write_bytes(version.stored())
    registry.journal.append("rollback", Pointer.to(version).payload(), "2026-01-01")
    (registry.root / "HEAD").write_bytes(head_bytes(version.id))
    (problem,) = registry.verify()
    assert problem.endswith(f"version {version.id[:12]} was never let in")


@pytest.mark.parametrize("domains", [5, None, {"a": 1}, ["a", "b"]])
def test_a_promotion_written_as_an_extension_is_found(registry, genome, domains):
    head = registry.head()
    forged = {"number": 9, "parent": head.id, "genome": genome("Forged.")}
    version = type(head).create(**head.model_copy(update=forged).model_dump(exclude={"id"}))
    (registry.root / "versions" / f"{version.id}.json").write_bytes(version.stored())
    payload = {**Pointer.to(version).payload(), "domains": domains}
    registry.journal.append("extend", payload, "2026-01-01")
    (registry.root / "HEAD").write_bytes(head_bytes(version.id))
    problems = registry.verify()
    assert any("says extend of a version that is promoted" in problem for problem in problems)


def test_a_line_that_moves_head_nowhere_is_found(registry):
    registry.journal.append("rollback", {"reason": "x"}, "2026-01-02T03:05:00.000+00:00")
    assert any("lacks 'version'" in problem for problem in Registry(registry.root).verify())


def test_a_restored_old_folder_is_found_by_a_noted_head(registry, promote, tmp_path):
    old = tmp_path / "copy"
    shutil.copytree(registry.root, old)
    version = promote(registry, "Fifth.")
    noted = registry.history()[-1].hash
    assert registry.verify(noted) == ()
    assert registry.verify(version.id[:12]) == ()
    registry.note("gap", {"id": "later"})
    assert registry.verify(noted) == ()
    assert Registry(old).verify() == ()
    for head in (noted, version.id, noted[:8]):
        assert any("older state" in problem for problem in Registry(old).verify(head))


def test_the_chain_can_be_followed_by_hand(registry):
    previous = "0" * 64
    for number, line in enumerate(registry.journal.path.read_text().splitlines(), start=1):
        entry = json.loads(line)
        assert (entry["seq"], entry["prev"]) == (number, previous)
        previous = entry.pop("hash")
        assert previous == content_hash(entry)


def test_a_number_that_json_does_not_know_is_found(registry):
    last = registry.history()[-1]
    line = Entry.following(last, "gap", {"n": 1}, last.time).line.replace(b'"n":1', b'"n":NaN')
    with registry.journal.path.open("ab") as file:
        file.write(line)
    assert Registry(registry.root).verify() == ("journal line 7 is no journal entry",)


@pytest.mark.parametrize("head", ["", "123", "5f0c1a2", "film@5f0c1a2b", "f" * 65, "5F0C1A2B"])
def test_a_text_that_is_no_hash_is_refused_and_no_rewind(registry, head):
    with pytest.raises(ConfigError, match="is no hash") as caught:
        registry.verify(head)
    assert "8 to 64 hexadecimal digits" in caught.value.remedy
