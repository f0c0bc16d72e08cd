from pathlib import Path

import pytest

from evo.config import Config, load_config, resolve
from genomes.errors import ConfigError

MINIMAL = "name: demo\ntask: sentiment\n"


def write(folder: Path, text: str) -> Path:
    file = folder / "evo.yaml"
    file.write_text(text)
    return file


def refused(folder: Path, text: str, *sets: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text), sets)
    return caught.value


def test_a_block_that_only_an_override_makes_is_not_the_files_fault(tmp_path: Path) -> None:
    error = refused(tmp_path, MINIMAL, "a.b=1")
    assert error.where == "--set a.b"
    assert refused(tmp_path, MINIMAL + "a: {c: 1}\n", "a.b=1").where == "evo.yaml:3 a"


def test_a_minimal_config_has_every_default(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, MINIMAL))
    assert config.models.task.name == "smollm2-135m"
    assert config.gate.n == 300
    assert config.budget.calls is None


def test_a_folder_stands_for_its_evo_yaml(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, MINIMAL).parent) == load_config(tmp_path / "evo.yaml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = "name: a\ngenome: g.yaml\ndata: {file: d.csv, inputs: [text], target: label}\n"
    config = load_config(write(tmp_path, text))
    assert config.data is not None
    assert config.data.file == tmp_path / "d.csv"
    assert config.genome == tmp_path / "g.yaml"
    assert config.store_path == tmp_path / "runs" / "evo.db"


def test_the_workspace_may_lie_elsewhere(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, MINIMAL + "workspace: out\n"))
    assert config.champions_path == tmp_path / "out" / "champions"


@pytest.mark.parametrize(
    ("line", "what", "where", "remedy"),
    [
        ("gate:\n  alpa: 0.1", "unknown key 'alpa'", "evo.yaml:4 gate.alpa", "'alpha'"),
        ("gaet: {}", "unknown key 'gaet'", "evo.yaml:3 gaet", "'gate'"),
        ("gate: {alpha: 2}", "gate.alpha is 2", "evo.yaml:3 gate.alpha", "config schema"),
        ("budget: 5", "should be a block of keys", "evo.yaml:3 budget", "config schema"),
        ("models: {task: {kind: lokal}}", "'lokal'", "evo.yaml:3 models.task.kind", "schema"),
        ("search: {blocks: [30, x]}", "'x'", "evo.yaml:3 search.blocks.1", "schema"),
    ],
)  # fmt: skip
def test_a_wrong_key_or_value_is_named_with_line_and_remedy(
    tmp_path: Path, line: str, what: str, where: str, remedy: str
) -> None:
    error = refused(tmp_path, f"{MINIMAL}{line}\n")
    assert what in error.what
    assert error.where == where
    assert remedy in str(error.remedy)


def test_a_misspelt_required_key_is_reported_as_misspelt(tmp_path: Path) -> None:
    error = refused(tmp_path, "nam: a\ntask: sentiment\n")
    assert error.what.startswith("unknown key 'nam'")
    assert "and 1 more" in error.what


@pytest.mark.parametrize(
    "text", ["name: a\n", MINIMAL + "data: {file: x, inputs: [a], target: b}\n"]
)
def test_exactly_one_of_task_and_data(tmp_path: Path, text: str) -> None:
    assert "either task or data" in refused(tmp_path, text).what


def test_a_seed_genome_of_a_task_is_refused(tmp_path: Path) -> None:
    assert "a task brings its own" in refused(tmp_path, MINIMAL + "genome: g.yaml\n").what


def test_no_secret_fits_into_the_config(tmp_path: Path) -> None:
    text = MINIMAL + "models: {task: {kind: provider, name: openai/x, api_key: sk-1}}\n"
    assert refused(tmp_path, text).remedy == "did you mean 'api_key_env'?"


@pytest.mark.parametrize("text", ["name: [", "- a\n", "a: b: c\n"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert str(refused(tmp_path, text).where).startswith("evo.yaml")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert "evogate init" in str(caught.value.remedy)


def test_overrides_win_and_are_read_as_yaml(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, MINIMAL + "gate: {n: 100}\n"),
        ["gate.n=200", "search.blocks=[10, 20]", "budget.usd=1.5"],
    )
    assert config.gate.n == 200
    assert config.search.blocks == (10, 20)
    assert config.budget.usd == 1.5


@pytest.mark.parametrize(
    ("item", "where"),
    [("gate.alpa=1", "--set gate.alpa"), ("budget.calls=0", "--set budget.calls"), ("x", "--set")],
)
def test_a_wrong_override_is_named(tmp_path: Path, item: str, where: str) -> None:
    assert refused(tmp_path, MINIMAL, item).where == where


def test_overrides_leave_the_callers_mapping_alone() -> None:
    content = {"name": "a", "task": "t", "gate": {"n": 100}}
    resolve(content, sets=["gate.n=200"])
    assert content == {"name": "a", "task": "t", "gate": {"n": 100}}


def test_a_resolved_config_reads_back_as_itself(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, MINIMAL))
    assert resolve(config.model_dump(mode="json"), folder="/elsewhere") == config


def test_every_key_is_described_in_the_docstring_of_its_block() -> None:
    blocks = [Config, *{f.annotation for f in Config.model_fields.values()}]
    for block in blocks:
        if isinstance(block, type) and hasattr(block, "model_fields"):
            missing = [key for key in block.model_fields if f"{key}:" not in str(block.__doc__)]
            assert not missing, f"{block.__name__}: {missing}"
