"""A file that is never half written."""

from __future__ import annotations

import os
from pathlib import Path

from provision.tools.writing import write_beside


def test_write_beside_keeps_the_mode_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_beside(file, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)
    mask = os.umask(0o022)
    try:
        write_beside(tmp_path / "y", b"1")
    finally:
        os.umask(mask)
    assert (tmp_path / "y").stat().st_mode & 0o777 == 0o644
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x", "y"]
