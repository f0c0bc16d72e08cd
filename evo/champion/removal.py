"""Taking one promoted change out of the champion and keeping the rest (R28)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evo.champion.cascade import dependants
from evo.champion.pointer import Pointer, lineage, resolve_version
from evo.champion.version import Version
from genomes.diff import diff
from genomes.errors import IntegrityError
from genomes.genome import Genome
from genomes.removal import without_change

NOT_GATED = "this combination was not judged by the gate"


@dataclass(frozen=True)
class Removal:
    """What taking out a version's change would do.

    Attributes:
        removed: The version whose change goes.
        genome: The champion without it.
        genes: Genes that differ from the champion in force.
        dependants: Later versions, judged while the change was in place.
        same: The version that holds just this genome, if one does: going back to it is exact and
            needs no new version.
    """

    removed: Version
    genome: Genome
    genes: tuple[str, ...]
    dependants: tuple[Pointer, ...]
    same: Pointer | None

    @property
    def known(self) -> tuple[str, ...]:
        """What is known about the result, and what is not, one sentence each."""
        if self.same is not None:
            return (f"the result is version {self.same.number}, exactly as it was in force",)
        later = ", ".join(str(one.number) for one in self.dependants)
        effect = (self.removed.decision or {}).get("effect")
        lines = [NOT_GATED]
        if effect:
            shown = f"{effect['estimate']:+.3f} ({effect['low']:+.3f} to {effect['high']:+.3f})"
            lines.append(f"version {self.removed.number} was promoted with a gain of {shown}")
        if later:
            lines.append(f"judged with that change in place, never without it: version {later}")
        return tuple(lines)

    def provenance(self, reason: str) -> dict[str, Any]:
        """What the new version says of itself."""
        return {
            "removed": self.removed.id,
            "removed_number": self.removed.number,
            "genes": list(self.genes),
            "dependants": [one.number for one in self.dependants],
            "known": list(self.known),
            "reason": reason,
        }


def plan_removal(
    found: Sequence[Pointer], load: Callable[[str], Version], version: str | int
) -> Removal:
    """Works out what the champion is without a version's change; writes nothing.

    Args:
        found: Where ``HEAD`` has been.
        load: Reads a version by its id.
        version: Number, id or unique beginning of an id.

    Raises:
        IntegrityError: The change is not in force, is no promoted change, or later ones build on
            it; the genes are named then.
        ConfigError: No such version.
    """
    target = resolve_version(found, version)
    line = lineage(found, found[-1].version)
    if target.version not in line:
        raise IntegrityError(f"version {target.number} is not part of what is in force")
    removed, present = load(target.version), load(line[0])
    genome = taken_out(removed, load, present.genome)
    if genome == present.genome:
        raise IntegrityError(f"nothing of version {target.number} is left in what is in force")
    known = {pointer.version: pointer for pointer in found}
    same = next((known[one] for one in line if known[one].genome == genome.id), None)
    genes = tuple(dict.fromkeys(change.gene for change in diff(present.genome, genome)))
    return Removal(removed, genome, genes, dependants(found, target.version), same)


def taken_out(removed: Version, load: Callable[[str], Version], present: Genome) -> Genome:
    """``present`` without what ``removed`` changed.

    Raises:
        IntegrityError: It is no change that can be taken out, or later ones build on it.
    """
    if removed.parent is None or removed.kind not in ("promoted", "reverted"):
        what = "the seed" if removed.parent is None else "new domains, which hosts may use"
        raise IntegrityError(
            f"version {removed.number} cannot be taken out: it is {what}",
            remedy="only promoted changes can; to go back to a whole version: champion rollback",
        )
    return without_change(present, load(removed.parent).genome, removed.genome)
