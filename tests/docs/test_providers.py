"""The page on providers: its configs are accepted, its commands and keys exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from evo.cli.app import build_app
from evo.config import ModelConfig, RunConfig, resolve

PAGE = (Path(__file__).parents[2] / "docs" / "providers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_every_config_is_accepted(block: str) -> None:
    assert resolve({"name": "a", "task": "sentiment", **yaml.safe_load(block)})


def test_every_command_exists() -> None:
    from typer.testing import CliRunner

    for line in re.findall(r"evogate ((?:[a-z]+ )+)", PAGE):
        words = line.split()[:1]
        assert CliRunner().invoke(build_app(), [*words, "--help"]).exit_code == 0


def test_every_bound_of_a_model_is_explained() -> None:
    for name in ("concurrency", "requests_per_minute", "tokens_per_minute", "timeout", "price"):
        assert name in ModelConfig.model_fields
        assert f"`{name}`" in PAGE
    for name in ("jobs", "retries", "max_error_rate"):
        assert name in RunConfig.model_fields
        assert f"`run.{name}`" in PAGE
