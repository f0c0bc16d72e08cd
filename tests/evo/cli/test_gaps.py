import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support import taste_task
from support_gaps import failing, noise_outcomes, observed, tagged_suite

from evo.champion import Registry
from evo.gaps import GapRegistry, GapReport, survey
from evo.storage import Store
from genomes import Domain

Cli = Callable[..., object]


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store(folder / "runs" / "evo.db") as opened:
        opened.start_run("20260101-a", "mail", "{}", 1)
        yield opened


def found(store: Store, n: int, rate: float = 0.6, run: str = "20260101-a") -> GapReport:
    """A run's report, in the registry and in the run's records."""
    rng = np.random.default_rng(1)
    suite = tagged_suite(rng, n)
    bad = failing(rng, lambda e: "x" in e.tags, rate)
    measured = [observed(suite, noise_outcomes(rng, suite, 0.2, bad))]
    report = survey(measured)
    GapRegistry(store, "mail", run).record(report, measured)
    store.put_state(run, "gaps", report)
    return report


def test_the_table_has_counts_intervals_and_states(cli: Cli, store: Store) -> None:
    gap = found(store, 600).confirmed[0]
    done = cli("gaps")
    assert done.code == 0
    line = next(line for line in done.out.splitlines() if gap.id in line)
    for cell in ("open", "failing", "mail", "tag=x", str(gap.n), f"{gap.rate:.3f}"):
        assert cell in line
    assert f"{gap.low:.2f} to {gap.high:.2f}" in line
    assert "\x1b" not in done.out


def test_the_table_says_of_which_version_it_speaks(cli: Cli, store: Store) -> None:
    """After a promotion or a rollback it is no longer the one in force."""
    store.add_event("20260101-a", "launch", {"champion": 3})
    found(store, 60)
    assert cli("gaps").out.startswith(
        "gaps of mail version 3, in force when run 20260101-a began\n"
    )
    assert json.loads(cli("gaps", "--json").out)["version"] == 3


def test_leads_are_never_shown_as_gaps(cli: Cli, store: Store) -> None:
    report = found(store, 60)
    assert report.leads
    out = cli("gaps").out
    assert "no gap is confirmed" in out
    assert out.index("not confirmed, may be chance") < out.index(report.leads[0].id)
    content = json.loads(cli("gaps", "--json").out)
    assert content["gaps"] == []
    assert all(lead["confirmed"] is False for lead in content["leads"])


def test_what_cannot_be_seen_is_said(cli: Cli, store: Store) -> None:
    blind = found(store, 60).domains[0].blind
    out = cli("gaps").out
    assert "what cannot be seen" in out
    assert f"+{blind[0].difference:.2f}" in out
    assert "none is seen" in out
    assert "not looked for unreliable: each example was answered once" in out
    assert "too few examples: " in out


def test_json_holds_everything(cli: Cli, store: Store) -> None:
    report = found(store, 600)
    content = json.loads(cli("gaps", "latest", "--json").out)
    assert (content["run"], content["name"], content["identified"]) == ("20260101-a", "mail", True)
    gap = content["gaps"][0]
    assert (gap["id"], gap["state"]) == (report.confirmed[0].id, "open")
    assert gap["terms"]["severity"] == 1.0
    assert gap["opened"] <= gap["changed"]
    assert content["domains"][0]["blind"][0]["share"] == 0.5


def test_all_shows_gaps_of_earlier_runs_with_their_history(cli: Cli, store: Store) -> None:
    gap = found(store, 600).confirmed[0]
    GapRegistry(store, "mail", "20260101-a").target({gap.id: 4})
    store.start_run("20260102-b", "mail", "{}", 1)
    store.put_state("20260102-b", "gaps", GapReport(domains=found(store, 30, 0).domains))
    assert gap.id not in cli("gaps").out
    out = cli("gaps", "--all").out
    assert "targeted: proposals 4" in next(line for line in out.splitlines() if gap.id in line)
    rows = json.loads(cli("gaps", "--all", "--json").out)["gaps"]
    row = next(row for row in rows if row["id"] == gap.id)
    assert [event["kind"] for event in row["history"]][:2] == ["open", "targeted"]


def test_a_rollback_opens_what_its_version_had_closed(cli: Cli, folder: Path, store: Store) -> None:
    gap = found(store, 600).confirmed[0]
    seed = taste_task().seed
    third = Domain(name="third", inputs=("text",))
    better = seed.model_copy(update={"domains": (*seed.domains, third)})
    registry = Registry(folder / "champions" / "mail")
    registry.init(seed)
    registry.extend(better, ["third"], reason="new")
    record = GapRegistry(store, "mail", "").tracked()[gap.id].record.model_dump(mode="json")
    store.put_gap("mail", gap.id, "20260101-a", state="closed", record=record, event="closed",
                  evidence={"champion": better.id})  # fmt: skip

    def states() -> set[str]:
        shown = json.loads(cli("gaps", "--json").out)["gaps"]
        told = json.loads(cli("gaps", "--all", "--json").out)["gaps"]
        return {row["state"] for row in (*shown, *told) if row["id"] == gap.id}

    assert states() == {"closed"}
    registry.rollback(reason="no")
    assert states() == {"reopened"}
    line = next(line for line in cli("gaps", "--all").out.splitlines() if gap.id in line)
    assert "rolled back since" in line
    registry.rollback("2", reason="yes")
    assert states() == {"closed"}


def test_replicates_need_a_budget_of_their_own(cli: Cli, store: Store) -> None:
    done = cli("gaps", "--replicates", "2")
    assert done.code == 2
    assert "was given no budget" in done.err
    assert "--budget calls=" in done.err
    done = cli("gaps", "--budget", "calls=5")
    assert done.code == 2
    assert "without --replicates" in done.err
    assert len(store.runs()) == 1


def test_limits_of_a_length_are_shown(cli: Cli, store: Store) -> None:
    rng = np.random.default_rng(1)
    suite = tagged_suite(rng, 600)
    bad = failing(rng, lambda e: len(e.inputs["text"]) > 300, 0.5)
    store.put_state(
        "20260101-a", "gaps", survey([observed(suite, noise_outcomes(rng, suite, 0.2, bad))])
    )
    out = cli("gaps").out
    assert "length=q4 (" in out
    assert " to any chars)" in out


def test_a_run_that_ended_early_is_no_error(cli: Cli, store: Store) -> None:
    done = cli("gaps")
    assert (done.code, done.out) == (0, "")
    assert "before it had looked" in done.err
    assert json.loads(cli("gaps", "--json").out)["identified"] is False
    assert "no run of mail has seen a gap" in cli("gaps", "--all").out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [(("gaps", "1999"), 2, "unknown run"), (("gaps",), 4, "cannot be read")],
)
def test_what_is_wrong_has_its_exit_code(
    cli: Cli, store: Store, arguments: tuple[str, ...], code: int, message: str
) -> None:
    store.put_state("20260101-a", "gaps", {"from": "another version"})
    done = cli(*arguments)
    assert done.code == code
    assert message in done.err


def test_without_a_store_nothing_is_made(cli: Cli, folder: Path) -> None:
    done = cli("gaps")
    assert done.code == 2
    assert "nothing was run here yet" in done.err
    assert not (folder / "runs").exists()
