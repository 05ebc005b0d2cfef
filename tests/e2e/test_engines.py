"""What keeps engines from being started on a machine is told; what is wrong with the lab's own start is no such thing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.swarm import cluster, node, wires
from support import engines


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, of which none does anything; nothing else is found."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in engines.PROGRAMS:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(engines, "SYSTEM", ())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_programs_that_are_missing(programs: Path) -> None:
    for name in ("dockerd", "ip"):
        (programs / name).unlink()
    assert engines.why_not() == "dockerd, ip can't be found"


def test_another_user_than_root(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert engines.why_not() == "it needs root"


def test_an_engine_that_does_not_start(programs: Path) -> None:
    (programs / "unshare").write_text("#!/bin/sh\necho unshare failed: Operation not permitted\nexit 1\n")
    assert engines.why_not() == "dockerd doesn't start: unshare failed: Operation not permitted"
    (programs / "unshare").write_text("#!/bin/sh\n")
    assert engines.why_not() == "dockerd doesn't start: it says nothing"


@pytest.mark.server
@pytest.mark.xdist_group("lab")
def test_a_bare_engine_starts_whatever_is_wrong_with_the_lab_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why := engines.why_not():
        pytest.skip(f"no engines of its own can be started here: {why}")

    def broken(*_: object, **__: object) -> None:
        raise ProvisionError("the lab is broken")

    for module, name in ((cluster, "up"), (node, "require"), (node, "start"), (wires, "lay")):
        monkeypatch.setattr(module, name, broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mounted = Path("/proc/self/mountinfo").read_text()
    assert engines.why_not() == ""
    assert list(tmp_path.iterdir()) == []
    assert Path("/proc/self/mountinfo").read_text() == mounted
    left = [file for file in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _read(file)]
    assert left == []


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended in the meantime
        return b""
