"""The lab's Grafana, when one is installed on this machine: with data of its own, for one administrator whose password
is made for this lab; it tells nobody anything, and asks nobody for anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from provision.client.endpoint import Credentials, Endpoint
from provision.lab import secret
from provision.lab.ports import HOST, url
from provision.lab.stack import MIB, Component
from provision.tools.grafana import Installed

USER = "admin"
_DATA_BYTES = 4096 * MIB
_SETTINGS = {
    "GF_SERVER_HTTP_ADDR": HOST,
    "GF_SERVER_ROUTER_LOGGING": "false",
    "GF_SECURITY_ADMIN_USER": USER,
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_AUTH_ANONYMOUS_ENABLED": "false",
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
    "GF_LOG_MODE": "console",
    "GF_LOG_LEVEL": "warn",
}


def password_file(folder: Path) -> Path:
    """Where the administrator's password stands, below a lab's state folder."""
    return folder / "grafana" / "password"


def component(installed: Installed, folder: Path, port: int) -> Component:
    """What starts it; its files are written below `folder`, the lab's state folder."""
    own = folder / "grafana"
    data = own / "data"
    for place in (data, own / "plugins", *(own / "provisioning" / kind for kind in _PROVISIONED)):
        place.mkdir(parents=True)
    # In the usual mode a reader keeps every writer out, and Grafana gives up after a while.
    secret.write(data / "grafana.db", "")
    with closing(sqlite3.connect(data / "grafana.db")) as database:
        database.execute("pragma journal_mode=wal")
    password = secret.generated(password_file(folder))
    key = secret.generated(own / "secret-key")
    secret.write(own / "grafana.ini", f"[security]\nadmin_password = {password}\nsecret_key = {key}\n")
    paths = {
        "DATA": data,
        "LOGS": own / "log",
        "PLUGINS": own / "plugins",
        "PROVISIONING": own / "provisioning",
    }
    command = (*installed.command, "--homepath", str(installed.home), "--config", str(own / "grafana.ini"))
    return Component(
        "grafana",
        "grafana",
        command,
        url(port),
        "/api/health",
        '"ok"',
        _DATA_BYTES,
        {
            **_SETTINGS,
            "GF_SERVER_HTTP_PORT": str(port),
            **{f"GF_PATHS_{name}": str(path) for name, path in paths.items()},
        },
    )


def endpoint(folder: Path, port: int) -> Endpoint:
    """The way into it, as its administrator."""
    password = password_file(folder).read_text(encoding="utf-8")
    return Endpoint(url(port), Credentials(user=USER, password=password))


_PROVISIONED = ("alerting", "dashboards", "datasources", "plugins")
"""The folders that it looks into when it starts, and complains of when they aren't there."""
