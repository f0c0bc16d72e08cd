import zipfile
from pathlib import Path

PACKAGES = ("genomes", "fitness", "evo", "benchmarks")


def in_folders(source: Path) -> set[str]:
    found = (file for name in PACKAGES for file in (source / name).rglob("*"))
    kinds = (".py", ".yaml", ".jinja", ".typed")
    return {
        file.relative_to(source).as_posix()
        for file in found
        if file.suffix in kinds or file.name == "py.typed"
    }


def test_the_wheel_holds_exactly_the_four_folders(source: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == in_folders(source)


def test_every_file_in_the_folders_is_of_a_kind_that_the_wheel_takes(source: Path) -> None:
    everything = {
        file.relative_to(source).as_posix()
        for name in PACKAGES
        for file in (source / name).rglob("*")
        if file.is_file()
    }
    assert everything == in_folders(source)


def test_every_folder_with_modules_is_a_package(source: Path) -> None:
    folders = {file.parent for name in PACKAGES for file in (source / name).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_installed_command_works_from_another_folder(environment, tmp_path: Path) -> None:
    done = environment.run("evogate", "doctor", cwd=tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0
    assert str(environment.site) in done.stdout


def test_the_installed_packages_are_those_of_the_wheel(environment, tmp_path: Path) -> None:
    script = f"import {', '.join(PACKAGES)}; print({', '.join(f'{p}.__file__' for p in PACKAGES)})"
    done = environment.run("python", "-W", "error", "-c", script, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.count(str(environment.site)) == len(PACKAGES)


def test_init_and_validate_work_from_another_folder(environment, tmp_path: Path) -> None:
    rows = "\n".join(f"text {i},{'yes' if i % 2 else 'no'}" for i in range(200))
    (tmp_path / "mine.csv").write_text(f"text,label\n{rows}\n")
    made = environment.run(
        *("evogate", "init", ".", "--data", "mine.csv", "--input", "text", "--target", "label"),
        cwd=tmp_path,
    )
    assert made.returncode == 0, made.stderr
    checked = environment.run("evogate", "validate", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "gate" in checked.stdout
