"""What `provision check` prints, on small projects as people have them: the command, its output and exit code in files.

After a wanted change write the files anew with PROVISION_WRITE_GOLDEN=1 and review the difference.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from provision.cli import run

CASES = Path(__file__).parent / "check"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_check_prints(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    shutil.copytree(case, project)
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", str(tmp_path))  # neither promtool nor amtool
    monkeypatch.setenv("NO_COLOR", "1")
    code = run((case / "command").read_text().split())
    captured = capsys.readouterr()
    printed = f"{captured.out}{captured.err}exit code {code}\n".replace(str(project), "/srv/project")
    expected = case / "printed.txt"
    if os.environ.get("PROVISION_WRITE_GOLDEN"):
        expected.write_text(printed)
    assert printed == expected.read_text()
