"""What proposals against each kind of gap have achieved in earlier runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, Protocol

from evo.gaps.gap import Kind

_WIDTH = 2 * NormalDist().inv_cdf(0.975)


class PastStore(Protocol):
    """Records of earlier runs; see ``evo.storage``."""

    def runs(self) -> list[dict[str, Any]]: ...

    def proposals(self, run_id: str) -> list[dict[str, Any]]: ...

    def gaps(self, agent: str) -> list[dict[str, Any]]: ...


def past_proposals(store: PastStore, agent: str, run_id: str) -> dict[Kind, tuple[int, int]]:
    """Kind to (proposals that helped, all proposals), over all runs of the agent before this one.

    A proposal helped if its child gained more over its parent, on the examples that both met,
    than the standard error of that difference. One that was never compared is not counted.

    Args:
        store: The workspace store.
        agent: Name of the agent.
        run_id: The present run; neither it nor what came after counts, so that a run which is
            resumed finds the same.
    """
    kinds: dict[str, Kind] = {row["id"]: row["record"]["gap"]["kind"] for row in store.gaps(agent)}
    helped: Counter[Kind] = Counter()
    tried: Counter[Kind] = Counter()
    for run in store.runs():
        if run["id"] == run_id:
            break
        if run["name"] != agent:
            continue
        latest = {record["genome_id"]: record for record in store.proposals(run["id"])}
        for record in latest.values():
            kind, better = kinds.get(record.get("gap") or ""), _helped(record)
            if kind is not None and better is not None:
                tried[kind] += 1
                helped[kind] += better
    return {kind: (helped[kind], number) for kind, number in tried.items()}


def _helped(record: Mapping[str, Any]) -> bool | None:
    gain = record.get("gain")
    if gain is None or gain["low"] is None or gain["high"] is None:
        return None
    return bool(gain["mean"] > (gain["high"] - gain["low"]) / _WIDTH)
