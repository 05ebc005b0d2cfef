import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from provision.lab import grafana
from provision.tools.grafana import Installed

INSTALLED = Installed(("/opt/grafana/bin/grafana", "server"), Path("/opt/grafana"), "12.4.0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lab"


def test_it_keeps_everything_in_the_labs_folder_and_calls_nobody(folder: Path) -> None:
    component = grafana.component(INSTALLED, folder, 4002)
    own = folder / "grafana"
    assert component.command == (
        "/opt/grafana/bin/grafana", "server", "--homepath", "/opt/grafana", "--config", str(own / "grafana.ini"),
    )  # fmt: skip
    assert (component.url, component.ready) == ("http://127.0.0.1:4002", "/api/health")
    settings = component.environment
    assert (settings["GF_SERVER_HTTP_ADDR"], settings["GF_SERVER_HTTP_PORT"]) == ("127.0.0.1", "4002")
    for name in ("DATA", "LOGS", "PLUGINS", "PROVISIONING"):
        assert Path(settings[f"GF_PATHS_{name}"]).parent == own
    off = [
        "ANALYTICS_REPORTING_ENABLED", "ANALYTICS_CHECK_FOR_UPDATES", "ANALYTICS_CHECK_FOR_PLUGIN_UPDATES",
        "AUTH_ANONYMOUS_ENABLED", "NEWS_NEWS_FEED_ENABLED", "SNAPSHOTS_EXTERNAL_ENABLED", "USERS_ALLOW_SIGN_UP",
    ]  # fmt: skip
    assert {settings[f"GF_{name}"] for name in off} == {"false"}
    assert (
        settings["GF_PLUGINS_PREINSTALL_DISABLED"]
        == settings["GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED"]
        == "true"
    )


def test_its_password_is_made_for_it_and_stands_in_no_argument_or_variable(folder: Path) -> None:
    component = grafana.component(INSTALLED, folder, 4002)
    password = grafana.password_file(folder).read_text()
    endpoint = grafana.endpoint(folder, 4002)
    assert (endpoint.url, endpoint.credentials.user) == ("http://127.0.0.1:4002", "admin")
    assert endpoint.credentials.password == password
    told = [*component.command, *component.environment.values()]
    assert not [word for word in told if password in word]
    assert f"admin_password = {password}\n" in (folder / "grafana" / "grafana.ini").read_text()
    secret = [file for file in folder.rglob("*") if file.is_file()]
    assert len(secret) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}


def test_its_database_lets_readers_and_a_writer_at_it_at_once(folder: Path) -> None:
    grafana.component(INSTALLED, folder, 4002)
    with closing(sqlite3.connect(folder / "grafana" / "data" / "grafana.db")) as database:
        assert database.execute("pragma journal_mode").fetchone() == ("wal",)
