"""What a real Grafana 12 makes of our dashboards: the judge of "as a modern Grafana stores it".

Read back over the resource API as v0alpha1 they are what was sent, byte for byte. Read back as v1beta1, which
runs Grafana's own upgrade to the present schema version and its clean-up, nothing has changed either, but for
the nulls of base thresholds, which JSON without nulls leaves out, and `__inputs`, which a later step binds.

Runs against GRAFANA_URL (with GRAFANA_USER and GRAFANA_PASSWORD, an administrator's), or starts the program at
PROVISION_TEST_GRAFANA with the home path PROVISION_TEST_GRAFANA_HOME; without either it is skipped.
"""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.builders import dashboard as D
from grafana_foundation_sdk.builders import prometheus, stat, timeseries

from golden.normalize.examples import DASHBOARDS
from provision.compile.normalize import from_grafanalib, from_json, from_sdk
from provision.model import encode
from support.servers import free_port, running

pytestmark = pytest.mark.server

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "dashboards"
UID = "provision-normalize-test"

SETTINGS = """
[server]
http_addr = 127.0.0.1
http_port = {port}
[paths]
data = {folder}/data
logs = {folder}/logs
plugins = {folder}/plugins
provisioning = {folder}/provisioning
[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
feedback_links_enabled = false
[security]
admin_user = admin
admin_password = admin
disable_gravatar = true
[news]
news_feed_enabled = false
[plugins]
public_key_retrieval_disabled = true
preinstall_disabled = true
plugin_admin_enabled = false
"""
"""Nothing in it leaves the machine."""


class Grafana:
    """A connection to one server."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url.rstrip("/")
        self.authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else encode(body),
            headers={"Authorization": self.authorization, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            pytest.fail(f"{method} {path}: {error.code} {error.read()[:500]!r}")

    def stored(self, spec: dict[str, Any], versions: tuple[str, ...]) -> list[Any]:
        """What it gives back of `spec` in each version, after storing it as v0alpha1."""
        path = "/apis/dashboard.grafana.app/{}/namespaces/default/dashboards/" + UID
        group = "dashboard.grafana.app/v0alpha1"
        resource = {"apiVersion": group, "kind": "Dashboard", "metadata": {"name": UID}, "spec": spec}
        self.call("PUT", path.format("v0alpha1"), resource)
        try:
            return [self.call("GET", path.format(version))["spec"] for version in versions]
        finally:
            self.call("DELETE", path.format("v0alpha1"))


@pytest.fixture(scope="module")
def grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    if url := os.environ.get("GRAFANA_URL"):
        yield Grafana(
            url, os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
        )
        return
    program, home = (
        os.environ.get(name) for name in ("PROVISION_TEST_GRAFANA", "PROVISION_TEST_GRAFANA_HOME")
    )
    if not program or not home:
        pytest.skip("neither GRAFANA_URL nor PROVISION_TEST_GRAFANA and PROVISION_TEST_GRAFANA_HOME are set")
    folder = tmp_path_factory.mktemp("grafana")
    for name in ("dashboards", "datasources", "plugins", "alerting"):
        (folder / "provisioning" / name).mkdir(parents=True)
    url = f"http://127.0.0.1:{(port := free_port())}"
    settings = folder / "grafana.ini"
    settings.write_text(SETTINGS.format(port=port, folder=folder))
    command = [program, "server", "--homepath", home, "--config", str(settings)]
    with running(command, f"{url}/api/health", folder / "grafana.log"):
        yield Grafana(url, "admin", "admin")


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def sdk() -> D.Dashboard:
    return (
        D.Dashboard("SDK")
        .with_variable(D.QueryVariable("job").query("label_values(up, job)"))
        .with_row(D.Row("First"))
        .with_panel(timeseries.Panel().title("A").unit("s").with_target(prometheus.Dataquery().expr("up")))
        .with_row(
            D.Row("Folded").with_panel(stat.Panel().title("B").with_target(prometheus.Dataquery().expr("up")))
        )
    )


@pytest.mark.parametrize("name", [*DASHBOARDS, "sdk"])
def test_grafana_stores_what_we_make_and_would_change_nothing_in_it(grafana: Grafana, name: str) -> None:
    made = from_sdk(sdk()) if name == "sdk" else from_grafanalib(DASHBOARDS[name]())
    made.pop("uid", None)  # the resource API keeps it as the resource's name
    as_sent, upgraded = grafana.stored(made, ("v0alpha1", "v1beta1"))
    assert encode(as_sent) == encode(made)
    made.pop("__inputs", None)
    assert upgraded == without_nulls(made)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"{CORPUS} is absent")
def test_grafana_gives_dashboards_that_were_taken_over_back_as_they_were(grafana: Grafana) -> None:
    for file in sorted(CORPUS.glob("*.json")):
        made = from_json(json.loads(file.read_bytes()))
        made.pop("uid", None)
        (as_sent,) = grafana.stored(made, ("v0alpha1",))
        assert encode(as_sent) == encode(made), file.name
