import os
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.tools import debian

Script = Callable[[str, str], None]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Puts a shell script on a PATH of its own; each call is written to `calls` in the same folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def script(name: str, body: str) -> None:
        file = folder / name
        file.write_text(f'#!/bin/sh\nPATH=/usr/bin:/bin\necho "{name} $*" >> {tmp_path}/calls\n{body}\n')
        file.chmod(0o755)

    return script


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines()


# dpkg -x FILE FOLDER
UNPACKS = """
mkdir -p "$3/usr/bin" "$3/usr/share/one" && cp "$2" "$3/usr/bin/$(basename "$2" .deb)"
ln -sfn one "$3/usr/share/other"
"""
DOWNLOADS = 'case "$*" in *download*) echo program > one.deb;; esac'


def test_packages_are_downloaded_and_unpacked(tmp_path: Path, script: Script) -> None:
    script("apt-get", DOWNLOADS)
    script("dpkg", UNPACKS)
    tools = tmp_path / "tools"
    debian.fetch(["one"], tools)
    assert (tools / "root" / "usr" / "bin" / "one").read_text() == "program\n"
    assert (tools / "root" / "usr" / "share" / "other").is_symlink()
    assert [path.name for path in tools.iterdir()] == ["root"]
    assert len(calls(tmp_path)) == 2
    debian.fetch(["one"], tools)  # again, over what is there
    assert (tools / "root" / "usr" / "bin" / "one").read_text() == "program\n"


def test_the_systems_lists_are_left_alone_when_they_will_not_do(tmp_path: Path, script: Script) -> None:
    private = 'case "$*" in *Dir::State=*) ;; *) echo "E: Unable to locate package one" >&2; exit 100;; esac'
    script("apt-get", f"{private}\n{DOWNLOADS}")
    script("dpkg", UNPACKS)
    debian.fetch(["one"], tmp_path / "tools")
    first, update, download, _ = calls(tmp_path)
    assert "Dir::State" not in first
    assert update.endswith(" update")
    assert download.endswith(" download one")
    for call in (update, download):
        for option in ("Dir::State=", "Dir::State::lists=", "Dir::State::status=", "Dir::Cache="):
            assert f"{option}{tmp_path}/tools/" in call


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("W: some lists are old\nE: Unable to locate package one\nE: more", "apt-get: E: Unable to locate"),
        ("something else", "something else"),
        ("", "exit code 100"),
    ],
)
def test_an_archive_that_does_not_give_them_is_told(
    tmp_path: Path, script: Script, said: str, told: str
) -> None:
    script("apt-get", f"printf '%s' '{said}' >&2; exit 100")
    script("dpkg", "")
    with pytest.raises(MissingTool) as caught:
        debian.fetch(["one"], tmp_path / "tools")
    assert told.removeprefix("apt-get: ") in str(caught.value)
    assert list((tmp_path / "tools").iterdir()) == []


def test_a_download_that_hangs_is_told(
    tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("apt-get", "exec sleep 60")
    script("dpkg", "")
    monkeypatch.setattr(debian, "_TIME_LIMIT_SECONDS", 0.1)
    with pytest.raises(MissingTool, match="apt-get took longer than 0.1 s"):
        debian.fetch(["one"], tmp_path / "tools")


@pytest.mark.parametrize("there", [(), ("apt-get",)])
def test_another_system_is_told(tmp_path: Path, script: Script, there: tuple[str, ...]) -> None:
    for name in there:
        script(name, "")
    missing = "dpkg" if there else "apt-get"
    with pytest.raises(MissingTool, match=f"this machine has no {missing}"):
        debian.fetch(["one"], tmp_path / "tools")
    assert not (tmp_path / "tools").exists()


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path, script: Script) -> None:
    script("apt-get", "")
    script("dpkg", "")
    (tmp_path / "file").touch()
    with pytest.raises(MissingTool, match=f"{os.fspath(tmp_path)}/file/tools: Not a directory"):
        debian.fetch(["one"], tmp_path / "file" / "tools")
