from collections.abc import Callable
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.tools import grafana

Put = Callable[..., Path]
NEW, OLD = "grafana version 12.4.0", "Version 9.5.2 (commit: cfcea75916, branch: HEAD)"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH; the folder where packages would put theirs."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path / "packaged"


def home(folder: Path) -> Path:
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "defaults.ini").touch()
    return folder


def program(folder: Path, name: str = "grafana", says: str = NEW, code: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    file.chmod(0o755)
    return file


def test_none_at_all_is_no_mistake(nowhere: Path) -> None:
    with pytest.raises(MissingTool) as caught:
        grafana.find(packaged=nowhere)
    assert str(caught.value) == "grafana: not found on the PATH"


def test_a_home_path_comes_with_its_program(nowhere: Path, tmp_path: Path) -> None:
    folder = home(tmp_path / "grafana-12.4.0")
    file = program(folder / "bin")
    program(tmp_path / "path", says="grafana version 11.0.0")
    assert grafana.find(folder, nowhere) == grafana.Installed((str(file), "server"), folder, "12.4.0")


def test_a_program_on_the_path_serves_a_home_path_without_one(nowhere: Path, tmp_path: Path) -> None:
    folder, file = home(tmp_path / "source"), program(tmp_path / "path")
    assert grafana.find(folder, nowhere) == grafana.Installed((str(file), "server"), folder, "12.4.0")


def test_a_link_on_the_path_leads_to_its_home(nowhere: Path, tmp_path: Path) -> None:
    folder = home(tmp_path / "unpacked")
    link = tmp_path / "path" / "grafana"
    link.symlink_to(program(folder / "bin"))
    assert grafana.find(packaged=nowhere) == grafana.Installed((str(link), "server"), folder, "12.4.0")


def test_a_package_is_taken_by_its_program_and_not_by_its_script(nowhere: Path, tmp_path: Path) -> None:
    file = program(home(nowhere) / "bin")
    script = program(tmp_path / "path", says="brings its own configuration along")
    assert grafana.find(packaged=nowhere).command == (str(file), "server")
    file.unlink()
    script.write_text(f"#!/bin/sh\necho {NEW}\n")
    assert grafana.find(packaged=nowhere) == grafana.Installed((str(script), "server"), nowhere, "12.4.0")


def test_an_old_one_is_a_server_by_itself(nowhere: Path) -> None:
    file = program(home(nowhere) / "bin", "grafana-server", OLD)
    assert grafana.find(packaged=nowhere) == grafana.Installed((str(file),), nowhere, "9.5.2")


def test_a_folder_that_is_no_home_path_is_told(nowhere: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingTool) as caught:
        grafana.find(tmp_path, nowhere)
    assert str(caught.value) == (
        f"{tmp_path}: has no conf/defaults.ini, so it isn't the home path of a Grafana; name the folder that Grafana "
        "was unpacked into, as a package it is /usr/share/grafana"
    )


def test_a_program_without_a_home_is_told(nowhere: Path, tmp_path: Path) -> None:
    file = program(tmp_path / "path")
    with pytest.raises(MissingTool) as caught:
        grafana.find(packaged=nowhere)
    assert str(caught.value) == (
        f"grafana: there is no conf/defaults.ini beside {file}, nor in {nowhere}; "
        "name its home path with --grafana-home DIR"
    )


@pytest.mark.parametrize(
    ("says", "code", "fault"),
    [
        ("a paint program", 0, "is another program of that name"),
        ("no such library", 127, "doesn't run: no such library"),
    ],
)
def test_a_program_that_will_not_do_is_told(nowhere: Path, says: str, code: int, fault: str) -> None:
    file = program(home(nowhere) / "bin", says=says, code=code)
    with pytest.raises(MissingTool, match=f"^grafana: {file} {fault}; name its home path"):
        grafana.find(packaged=nowhere)
