"""What the settings complete is not held against a command that names another server."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision import cli
from support.grafana_standin import standin

SETTINGS = """
[tool.provision]
name = "shop"
rules_dir = "rules-of-the-server"
config_file = "alertmanager.yml"
"""


def test_a_grafana_alone_needs_nothing_of_the_other_servers_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "a.json").write_text('{"title": "A", "panels": []}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAFANA_USER", "admin")
    monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
    with standin() as grafana:
        assert cli.run(["plan", "--grafana", grafana.url]) == 0, capsys.readouterr().err
        assert cli.run(["diff", "--grafana", grafana.url]) == 0, capsys.readouterr().err
        assert cli.run(["push", "--grafana", grafana.url]) == 0, capsys.readouterr().err
    assert 'created dashboard "A"' in capsys.readouterr().out
