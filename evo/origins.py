"""Where the four packages come from: names an intruder in one line.

Two things can go wrong on a user's machine. A folder of the user's called ``benchmarks`` or
``fitness`` stands earlier on the path and *shadows* ours; or another distribution installs a
package of the same name and *overwrites* files of ours. Only the standard library is used, and
nothing is imported to find out.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "evogate"
PACKAGES = ("genomes", "fitness", "evo", "benchmarks")
HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Intruder:
    """Something else that answers to the name of one of our packages.

    Attributes:
        package: The name.
        what: What was found, in one sentence.
        remedy: What the user can do about it.
        fatal: Whether evogate cannot work; only the built-in suites need ``benchmarks``.
    """

    package: str
    what: str
    remedy: str
    fatal: bool

    def line(self) -> str:
        """All of it in one line."""
        return f"{self.what}; {self.remedy}"


def origins() -> dict[str, Path | None]:
    """The folder that each package name stands for on this path; ``None`` if it is not found."""
    return {name: _folder(name) for name in PACKAGES}


def intruders(*, thorough: bool = False) -> list[Intruder]:
    """Names that are shadowed or overwritten.

    Args:
        thorough: Compare every installed file with what was installed, not only the four
            ``__init__.py``.
    """
    return [*_shadows(), *_overwritten(thorough)]


def _folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None:
        return None
    # A folder without __init__.py has no origin.
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    place = Path(places[0]).resolve()
    return place.parent if spec.origin else place


def _shadows() -> Iterable[Intruder]:
    for package, folder in origins().items():
        if folder is None:
            yield Intruder(
                package,
                f"the package {package!r} is missing beside {HOME}",
                f"install {DISTRIBUTION} again",
                fatal=package != "benchmarks",
            )
        elif folder.parent != HOME:
            yield Intruder(
                package,
                f"{folder} shadows the package {package!r} of {DISTRIBUTION} in {HOME}",
                "rename it, run from another folder, or use `python -P` and an unset PYTHONPATH",
                fatal=package != "benchmarks",
            )


def _overwritten(thorough: bool) -> Iterable[Intruder]:
    try:
        installed = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return
    for file in installed.files or ():
        package = file.parts[0]
        if package not in PACKAGES or (not thorough and file.parts[1:] != ("__init__.py",)):
            continue
        if file.hash is None or _unchanged(Path(str(file.locate())), file.hash):
            continue
        yield Intruder(
            package,
            f"{file} of {DISTRIBUTION} was overwritten{_by(str(file))}",
            f"install {DISTRIBUTION} into a virtual environment of its own",
            fatal=package != "benchmarks",
        )


def _unchanged(path: Path, expected: metadata.FileHash) -> bool:
    if not path.is_file():
        return False
    digest = hashlib.new(expected.mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == expected.value


def _by(file: str) -> str:
    names = {
        other.metadata["Name"]
        for other in metadata.distributions()
        if other.metadata["Name"] != DISTRIBUTION
        and any(str(one) == file for one in other.files or ())
    }
    return f" by {' and '.join(sorted(names))}" if names else " or edited"
