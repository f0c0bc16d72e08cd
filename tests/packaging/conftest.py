"""A wheel of the working tree and an environment that holds nothing else of ours."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("genomes", "fitness", "evo", "benchmarks")
FILES = ("pyproject.toml", "setup.cfg", "README.md", "LICENSE")


@dataclass(frozen=True)
class Environment:
    """A virtual environment that holds the wheel and borrows the dependencies."""

    folder: Path

    @property
    def site(self) -> Path:
        return next(self.folder.glob("lib/python*/site-packages"))

    def run(self, *command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment away from the checkout."""
        return subprocess.run(
            [self.folder / "bin" / command[0], *command[1:]],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), **variables},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what belongs to the distribution, so that no build leaves traces here."""
    copy = tmp_path_factory.mktemp("source")
    for name in FILES:
        shutil.copy(ROOT / name, copy)
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    # Folders that are no packages must stay out of the wheel even if they hold Python.
    for name in ("tests", "runs"):
        (copy / name).mkdir()
        (copy / name / "__init__.py").touch()
    return copy


@pytest.fixture(scope="session")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(folder), str(source)),
        ],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("evogate-*.whl"))


@pytest.fixture(scope="session")
def template(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    environment = Environment(folder)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")),
            *("install", "--quiet", "--no-deps", "--no-index", str(wheel)),
        ],
        check=True,
        capture_output=True,
    )
    # Dependencies come last on the path, from the environment of the tests; its own entry for an
    # editable evogate is a .pth file and is not read there.
    borrowed = sysconfig.get_path("purelib")
    (environment.site / "zz_borrowed.pth").write_text(f"{borrowed}\n")
    return folder


@pytest.fixture(scope="session")
def environment(template: Path) -> Environment:
    """Shared: look, do not change."""
    return Environment(template)


@pytest.fixture
def spoilt(environment: Environment) -> "Callable[[str, str, str], None]":
    """Installs a foreign distribution over ours: (its name, file, content); undone after."""
    undo: list[tuple[Path, bytes]] = []
    extra: list[Path] = []

    def install(name: str, file: str, content: str) -> None:
        target = environment.site / file
        undo.append((target, target.read_bytes()))
        target.write_text(content)
        info = environment.site / f"{name}-1.0.dist-info"
        info.mkdir()
        extra.append(info)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "RECORD").write_text(f"{file},,\n")

    yield install
    for target, content in undo:
        target.write_bytes(content)
    for info in extra:
        shutil.rmtree(info)
