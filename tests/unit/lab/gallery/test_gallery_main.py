"""The program in this process; as a process of its own it is in `test_server`."""

import urllib.request
from pathlib import Path

import pytest

from provision.lab.gallery import __main__ as gallery
from support.servers import free_port


def test_it_serves_until_it_is_told_to_end_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port, seen = free_port(), []

    def visited() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/album/1", timeout=10) as answer:
            seen.append(answer.read())

    monkeypatch.setattr(gallery, "wait_for_stop", visited)
    monkeypatch.setattr(gallery.tempfile, "tempdir", str(tmp_path))
    assert gallery.main(["--port", str(port), "--name", "app-9"], {}) == 0
    assert b"replica app-9" in seen[0]
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == "the storage works\nvisits are counted\n"


def test_what_keeps_it_from_starting_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gallery.main(["--port", "0", "--admin-token-file", str(tmp_path / "none")], {}) == 1
    assert capsys.readouterr().err.endswith("none: can't be read: No such file or directory\n")
    assert gallery.main(["--port", "0", "--redis", "ftp://127.0.0.1"], {}) == 2
    assert gallery.main(["--port", "0", "--host", "192.0.2.1", "--storage", str(tmp_path)], {}) == 1
    assert "192.0.2.1:0: can't listen there: " in capsys.readouterr().err
