"""The commands that change a champion, their exit codes, and narrow terminals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from killing import Agent, Steps, tiny_config, tiny_task
from support_gate import decided, planned

from evo.build_task import build_task
from evo.champion import Registry
from evo.cli.exit_codes import PENDING, exit_code
from evo.cli.records import narrow_lines
from evo.cli.summary import end
from evo.config import load_config
from evo.run import run
from evo.storage import Store
from genomes import Genome
from genomes.errors import PendingError

Cli = Callable[..., object]


def changed(genome: Genome, text: str) -> Genome:
    gene = genome.gene("instruction").model_copy(update={"text": text})
    return genome.with_gene(gene)


@pytest.fixture
def registry(workspace: Path) -> Registry:
    made = Registry(workspace / "champions" / "mail")
    made.init(build_task(load_config(workspace)).seed)
    return made


@pytest.fixture
def waiting(registry: Registry) -> Registry:
    head = registry.head().genome
    better = changed(head, "Spam or ham? {{ labels }}")
    proof = decided(better, head, "mail-1")
    registry.approvals.submit(better, proof, provenance={"run": "r1", **planned(proof)})
    return registry


def test_what_waits_is_shown_and_approved(cli: Cli, waiting: Registry) -> None:
    (row,) = json.loads(cli("champion", "pending", "--json").out)
    assert (row["attempt"], row["state"]) == ("mail-1", "open")
    assert "attempt mail-1 waits for approval" in cli("champion", "show").out
    done = cli("champion", "approve", "mail-1", "--reason", "read")
    assert done.code == 0
    assert done.out.startswith("version 2 (")
    assert "approved by a person: read" in cli("champion", "why", "spam or ham?").out
    assert cli("champion", "approve").code == 2


def test_what_is_rejected_stays_out(cli: Cli, waiting: Registry) -> None:
    assert cli("champion", "reject", "--reason", "tone").code == 0
    assert waiting.head().number == 1
    assert cli("champion", "approve", "mail-1").code == 1


def test_what_waits_has_an_exit_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(PendingError("x")) == PENDING == 5
    summary = {"status": "pending", "gate": [{"attempt": "mail-1"}]}
    with pytest.raises(typer.Exit) as ended:
        end(summary)
    assert ended.value.exit_code == PENDING
    assert "evogate champion approve mail-1" in capsys.readouterr().err
    end({**summary, "status": "promoted"})


def test_with_the_switch_a_run_stops_at_pending_and_the_next_waits(tmp_path: Path) -> None:
    config = tiny_config(tmp_path, **{"gate.approval": "true"})
    result = run(config, task=tiny_task(), agent=Agent(Steps()))
    assert result.status == "pending", result.reason
    assert result.champion.number == 1
    with pytest.raises(PendingError, match="waits for approval"):
        run(config, task=tiny_task(), agent=Agent(Steps()))
    registry = Registry(tmp_path / "champions" / "taste")
    version = registry.approve(reason="read")
    assert version.provenance["run"] == result.run_id
    assert registry.verify() == ()


def test_a_decision_that_its_run_did_not_carry_out_is_promoted_once(
    cli: Cli, registry: Registry, workspace: Path
) -> None:
    head = registry.head().genome
    better = changed(head, "Spam or ham? {{ labels }}")
    proof = decided(better, head, "mail-1")
    registry.note("propose", {"run": "r1", "genome_id": better.id, "parents": [head.id]})
    (workspace / "runs").mkdir(exist_ok=True)
    with Store(workspace / "runs" / "evo.db") as store:
        store.put_genome(better)
        store.start_run("r1", "mail", "{}", 1, {})
        store.register_attempt("mail/mail", "mail-1", "r1", json.dumps(planned(proof)["plan"]))
        store.decide_attempt("mail-1", json.dumps(proof))
    assert "~ instruction.text" in cli("champion", "promote", "mail-1", "--dry-run").out
    assert cli("champion", "promote", better.id[:8]).code == 0
    version = Registry(registry.root).head()
    assert version.genome == better
    assert version.provenance["proposal"]["parents"] == [head.id]
    assert cli("champion", "promote", "mail-1").code == 1
    assert cli("champion", "promote", "mail-9").code == 2


def test_revert_and_rollback_list_what_depends(cli: Cli, registry: Registry) -> None:
    head = registry.head().genome
    first = changed(head, "Spam or ham? {{ labels }}")
    registry.promote(
        first, decided(first, head, "mail-1"), provenance=planned(decided(first, head, "mail-1"))
    )
    template = next(
        gene for gene in first.genes if gene.id != "instruction" and hasattr(gene, "text")
    )
    second = first.with_gene(template.model_copy(update={"text": f"{template.text} Answer:"}))
    registry.promote(
        second,
        decided(second, first, "mail-2"),
        provenance=planned(decided(second, first, "mail-2")),
    )
    dry = cli("champion", "revert", "2", "--dry-run")
    assert "this combination was not judged by the gate" in dry.out
    assert "never without it: version 3" in dry.out
    assert registry.head().number == 3
    done = cli("champion", "revert", "2", "--json")
    assert json.loads(done.out)["version"] == 4
    assert cli("champion", "revert", "2").code == 1
    back = cli("champion", "rollback", "1")
    assert "out of force with it: version 2, 3, 4" in back.out
    assert cli("champion", "verify").code == 0


def test_verify_says_what_is_wrong_with_a_short_hash(cli: Cli, registry: Registry) -> None:
    done = cli("champion", "verify", "--head", "123")
    assert done.code == 2
    assert "'123' is no hash" in done.err
    assert cli("champion", "verify", "--head", registry.head().id[:8]).code == 0
    assert cli("champion", "verify", "--head", "0" * 8).code == 1


def test_on_80_columns_no_id_is_broken_and_sentences_stand_below() -> None:
    rows = [
        (1, "2026-01-02T03:04", "promote", "2 (efc563b6f836)", "holds", "546e9e137200", "won " * 40)
    ]
    columns = ("seq", "time", "kind", "version", "evidence", "hash", "why")
    lines = narrow_lines(columns, rows, ("why",), 80)
    assert max(map(len, lines)) <= 80
    assert "2 (efc563b6f836)" in lines[1]
    assert "546e9e137200" in lines[1]
    assert lines[2].startswith("    why: won won")
