from collections.abc import Callable
from pathlib import Path

import pytest

Spoil = Callable[[str, str, str], None]


def plant(folder: Path, package: str) -> None:
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text("raise RuntimeError('not ours')\n")


@pytest.mark.parametrize("package", ["fitness", "genomes"])
def test_a_users_folder_of_our_name_is_named_in_one_line(
    environment, tmp_path: Path, package: str
) -> None:
    plant(tmp_path, package)
    done = environment.run("python", "-m", "evo", "--version", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {tmp_path / package} shadows")
    assert "python -P" in line


def test_the_remedy_is_true(environment, tmp_path: Path) -> None:
    plant(tmp_path, "fitness")
    done = environment.run("python", "-P", "-m", "evo", "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_itself_does_not_see_the_folder(environment, tmp_path: Path) -> None:
    plant(tmp_path, "fitness")
    done = environment.run("evogate", "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_users_folder_benchmarks_only_warns(environment, tmp_path: Path) -> None:
    plant(tmp_path, "benchmarks")
    done = environment.run("python", "-m", "evo", "doctor", cwd=tmp_path)
    assert done.returncode == 0
    assert f"warning: {tmp_path / 'benchmarks'} shadows" in done.stderr


def test_a_built_in_suite_behind_a_shadow_names_the_shadow(environment, tmp_path: Path) -> None:
    plant(tmp_path, "benchmarks")
    (tmp_path / "benchmarks" / "__init__.py").write_text("")
    (tmp_path / "evo.yaml").write_text("name: a\ntask: sentiment\n")
    done = environment.run("python", "-m", "evo", "validate", cwd=tmp_path)
    assert done.returncode == 2
    assert f"error: {tmp_path / 'benchmarks'} shadows" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_init_cannot_shadow(environment, tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "fitness").mkdir()
    done = environment.run("python", "-m", "evo", "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_distribution_that_overwrites_us_is_named(
    environment, tmp_path: Path, spoilt: Spoil
) -> None:
    spoilt("odometry", "evo/__init__.py", '"""Tools for trajectories."""\n')
    done = environment.run("evogate", "--version", cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "evo/__init__.py of evogate was overwritten by odometry" in line
    assert "virtual environment of its own" in line


def test_doctor_finds_an_overwritten_file_anywhere(
    environment, tmp_path: Path, spoilt: Spoil
) -> None:
    spoilt("other", "fitness/outcome.py", "")
    assert environment.run("evogate", "--version", cwd=tmp_path).returncode == 0
    done = environment.run("evogate", "doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "fitness/outcome.py of evogate was overwritten by other" in done.stdout
