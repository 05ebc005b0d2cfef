"""Building or comparing a part of the project: what a file is made of elsewhere stays in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision import cli

SOURCES = {
    "pyproject.toml": "[tool.provision]\nname = 'shop'\n",
    "provisioning/a.py": "from provision.author import Receiver, Route, ScrapeConfig\n"
    "root = Route('a')\na = Receiver('a')\nweb = ScrapeConfig('web', targets=['web:1'])\n",
    "provisioning/b.py": "from provision.author import Receiver, ScrapeConfig\n"
    "b = Receiver('b')\ndb = ScrapeConfig('db', targets=['db:1'])\n",
    "rules/r.py": "from provision.author import Record\nr = Record('a:b:c', 'up')\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in (root / "build").rglob("*.yml")}


def test_a_file_made_of_several_sources_is_whole(project: Path) -> None:
    assert cli.run(["build", "-q"]) == 0
    whole = tree(project)
    assert cli.run(["build", "-q", "provisioning/b.py"]) == 0
    assert tree(project) == whole


def test_only_the_files_of_the_named_sources_are_written(project: Path) -> None:
    assert cli.run(["build", "-q", "rules"]) == 0
    assert set(tree(project)) == {"build/prometheus/rules/r.yml"}
    assert cli.run(["build", "-q", "provisioning/b.py"]) == 0
    assert set(tree(project)) == {
        "build/prometheus/rules/r.yml",
        "build/prometheus/prometheus.yml",
        "build/alertmanager/alertmanager.yml",
    }


def test_a_path_that_is_no_source_is_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["build", "nonsense.py"]) == 2
    assert "nonsense.py" in capsys.readouterr().err
