import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evo.storage import Store

Cli = Callable[..., object]


def score(genome: str, quality: float, cost: float, **more: object) -> tuple[str, dict]:
    content = {"quality": quality, "quality_se": 0.03, "cost": cost, "length": 40, "calls": 10}
    return genome * 64, content | more


@pytest.fixture
def measured(folder: Path) -> Path:
    """A store with one run: a seed, a better, a dearer and a dominated genome."""
    with Store(folder / "runs" / "evo.db") as store:
        store.start_run("20260101-a", "mail", json.dumps({"name": "mail"}), 1)
        for genome, content in (
            score("a", 0.6, 50.0, is_seed=True),
            score("b", 0.7, 60.0, calls=40, operator="swap", regression=0.9),
            score("c", 0.8, 90.0, calls=80, operator="cross", is_champion=True),
            score("d", 0.5, 70.0, calls=90, operator="swap"),
        ):
            store.put_score("20260101-a", genome, content)
        store.add_event("20260101-a", "gate", {"calls": 95, "verdict": "PROMOTE", "reason": "won"})
        store.finish_run("20260101-a", "done", {"champion": {"quality": 0.8}})
    return folder


def test_the_front_without_what_is_dominated(cli: Cli, measured: Path) -> None:
    rows = json.loads(cli("pareto", "--json").out)["genomes"]
    assert [row["genome"][0] for row in rows] == ["a", "b", "c"]
    assert [row["role"] for row in rows] == ["seed", None, "champion"]
    assert rows[1]["regression"] == 0.9


def test_all_shows_dominated_genomes_too(cli: Cli, measured: Path) -> None:
    rows = json.loads(cli("pareto", "latest", "--all", "--json").out)["genomes"]
    assert {row["genome"][0]: row["front"] for row in rows}["d"] is False


def test_the_table_is_plain_in_a_pipe(cli: Cli, measured: Path) -> None:
    done = cli("pareto")
    assert "champion" in done.out
    assert "\x1b" not in done.out
    assert len(done.out.strip().splitlines()) == 4


@pytest.mark.parametrize("name", ["f.png", "f.svg", "f.pdf"])
def test_pictures_by_suffix(cli: Cli, measured: Path, name: str) -> None:
    magic = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[name[-3:]]
    assert cli("pareto", "-o", name).code == 0
    assert (measured / name).read_bytes().startswith(magic)


def test_data_by_suffix(cli: Cli, measured: Path) -> None:
    assert cli("pareto", "-o", "f.csv").code == 0
    assert (measured / "f.csv").read_text().startswith("genome,front,role,quality")
    assert cli("pareto", "-o", "f.json").code == 0
    assert len(json.loads((measured / "f.json").read_text())["genomes"]) == 3


def test_plot_takes_the_latest_run_unless_told(cli: Cli, measured: Path) -> None:
    assert cli("plot", "progress", "-o", "p.png").code == 0
    assert cli("plot", "20260101", "pareto", "-o", "q.png").code == 0
    assert (measured / "p.png").read_bytes() != (measured / "q.png").read_bytes()


@pytest.mark.parametrize("arguments", [("plot", "graph", "-o", "x.png"), ("pareto", "-o", "x.gif")])
def test_what_cannot_be_drawn(cli: Cli, measured: Path, arguments: tuple[str, ...]) -> None:
    done = cli(*arguments)
    assert done.code == 2
    assert "cannot draw" in done.err


def test_runs_list_and_show(cli: Cli, measured: Path) -> None:
    assert "20260101-a" in cli("runs", "list").out
    shown = json.loads(cli("runs", "show", "--json").out)
    assert shown["config"] == {"name": "mail"}
    assert shown["events"][0]["payload"]["verdict"] == "PROMOTE"
    text = cli("runs", "show", "latest").out
    assert "champion.quality" in text


def test_an_unknown_run(cli: Cli, measured: Path) -> None:
    done = cli("runs", "show", "20260102-a")
    assert done.code == 2
    assert "did you mean" in done.err
