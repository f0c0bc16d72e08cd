"""Tables on a narrow terminal."""

import pytest

from evo.cli import output

GENOME = "cb91162cba18"
COLUMNS = ("genome", "front", "role", "quality", "quality_se", "regression", "cost", "length")


def test_ids_are_whole_at_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken id cannot be copied into the next command."""
    monkeypatch.setattr(output, "_PLAIN_WIDTH", 80)
    operator = "swap_reasoning+shuffle_demos"
    row = (GENOME, "yes", "champion", 0.968, 0.014, "-", 45, 202, operator)
    output.emit_table((*COLUMNS, "operator"), [row])
    lines = capsys.readouterr().out.splitlines()
    assert any(GENOME in line for line in lines)
    assert all(len(line) <= 80 for line in lines)
