from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.lab.client import chromium


def program(file: Path, says: str, code: int = 0) -> Path:
    file.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    file.chmod(0o755)
    return file


def test_the_first_on_the_path_that_runs_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path / "chromium", "broken", 1)
    program(tmp_path / "chromium-headless-shell", "another program 1.0")
    right = program(tmp_path / "google-chrome", "Google Chrome 140.0.7339.80")
    assert chromium.find() == right
    given = program(tmp_path / "mine", "Chromium 156.0.8078.108 built on Debian")
    assert chromium.find(given) == given


def test_what_is_wrong_with_those_that_are_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="^Chromium: none is on the PATH; install Debian's chromium"):
        chromium.find()
    program(tmp_path / "chromium", "broken", 1)
    program(tmp_path / "chromium-browser", "another program 1.0")
    with pytest.raises(MissingTool) as caught:
        chromium.find()
    assert "chromium: it doesn't run: exit code 1" in str(caught.value)
    assert "chromium-browser: it is another program of that name" in str(caught.value)
    with pytest.raises(MissingTool, match="nowhere: "):
        chromium.find(tmp_path / "nowhere")


def test_it_keeps_to_itself_and_its_sandbox_unless_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    assert "--no-sandbox" in chromium.flags()
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    flags = chromium.flags(("myhbsapp.com", "127.0.0.1"))
    assert "--no-sandbox" not in flags
    assert {"--disable-background-networking", "--disable-component-update", "--disable-quic"} <= set(flags)
    assert flags[-1] == "--host-resolver-rules=MAP myhbsapp.com 127.0.0.1"
