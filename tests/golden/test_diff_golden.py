"""What a person is told of an edit: one realistic edit a test, the text in a file.

After a wanted change write the files anew with PROVISION_WRITE_GOLDEN=1 and review the difference.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from provision.diff import diff_bodies, title_of
from provision.model import Difference, encode
from provision.show.differences import differences_text

FILES = Path(__file__).parent / "diff"
KINDS = {
    "dashboard.json": ("dashboard", "traefik-sla"),
    "rules.yml": ("rule-file", "traefik.yml"),
    "alertmanager.yml": ("alertmanager-config", "root"),
    "prometheus.yml": ("prometheus-config", "root"),
    "datasource.json": ("datasource", "prometheus"),
}
Edit = Callable[[Any], object]
EDITS: dict[str, tuple[str, Edit]] = {}


def edit(name: str) -> Callable[[Edit], Edit]:
    """Adds an edit of that file, called like its function."""

    def add(function: Edit) -> Edit:
        EDITS[function.__name__] = (name, function)
        return function

    return add


def read(name: str) -> Any:
    text = (FILES / name).read_text()
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def told(name: str, change: Edit) -> str:
    kind, key = KINDS[name]
    before, after = read(name), read(name)
    change(after)
    old, new = encode(before), encode(after)
    difference = Difference(kind, key, "update", title_of(kind, key, new), diff_bodies(kind, old, new))
    return click.unstyle(differences_text("the last commit", [difference])) + "\n"


def panel(dashboard: Any, title: str) -> Any:
    return next(found for found in dashboard["spec"]["panels"] if found["title"] == title)


def defaults(dashboard: Any, title: str) -> Any:
    return panel(dashboard, title)["fieldConfig"]["defaults"]


def insert(dashboard: Any, position: int, new: Any) -> None:
    """Put a panel in, push the later ones down, and number all anew, as generators do."""
    panels = dashboard["spec"]["panels"]
    height = new["gridPos"]["h"]
    for later in panels[position:]:
        later["gridPos"]["y"] += height
    panels.insert(position, new)
    for number, found in enumerate(panels, 1):
        found["id"] = number


NEW_PANEL = {
    "id": 20,
    "title": "Errors by service",
    "type": "timeseries",
    "gridPos": {"x": 0, "y": 10, "w": 24, "h": 8},
    "targets": [
        {"refId": "A", "expr": 'sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[5m]))'}
    ],
    "fieldConfig": {"defaults": {"unit": "reqps"}, "overrides": []},
}


# ── dashboards ───────────────────────────────────────────────────────────────
@edit("dashboard.json")
def a_threshold_is_raised(dashboard):
    defaults(dashboard, "Average response time")["thresholds"]["steps"][1]["value"] = 0.3


@edit("dashboard.json")
def a_threshold_is_added(dashboard):
    defaults(dashboard, "Error ratio")["thresholds"]["steps"].insert(1, {"color": "orange", "value": 0.005})


@edit("dashboard.json")
def one_sla_setting_changes_thresholds_everywhere(dashboard):
    for title in ("Average response time", "Latency"):
        defaults(dashboard, title)["thresholds"]["steps"][1]["value"] = 0.3
    for title in ("Requests", "Open connections", "Requests by status code"):
        defaults(dashboard, title)["thresholds"] = {
            "mode": "absolute",
            "steps": [{"color": "blue", "value": None}],
        }


@edit("dashboard.json")
def a_panel_is_added_in_the_middle_and_all_are_renumbered(dashboard):
    insert(dashboard, 5, json.loads(json.dumps(NEW_PANEL)))


@edit("dashboard.json")
def a_panel_is_removed(dashboard):
    dashboard["spec"]["panels"].remove(panel(dashboard, "Backends"))


@edit("dashboard.json")
def a_panel_is_renamed(dashboard):
    panel(dashboard, "Latency")["title"] = "Response time percentiles"


@edit("dashboard.json")
def a_panel_is_renamed_and_its_query_changed(dashboard):
    found = panel(dashboard, "Open connections")
    found["title"] = "Open connections by protocol"
    found["targets"][0]["expr"] = 'sum by (protocol) (traefik_open_connections{job="$job"})'
    found["targets"][0]["legendFormat"] = "{{protocol}}"


@edit("dashboard.json")
def a_panel_moves_to_another_row(dashboard):
    panels = dashboard["spec"]["panels"]
    found = panel(dashboard, "Requests")
    panels.remove(found)
    found["gridPos"] |= {"x": 0, "y": 26}
    panels.append(found)


@edit("dashboard.json")
def a_panel_is_moved_and_resized(dashboard):
    panel(dashboard, "Backends")["gridPos"] = {"x": 0, "y": 26, "w": 24, "h": 10}


@edit("dashboard.json")
def a_row_is_put_above(dashboard):
    row = {"id": 30, "title": "Objectives", "type": "row", "collapsed": False, "panels": [],
           "gridPos": {"x": 0, "y": 10, "w": 24, "h": 1}}  # fmt: skip
    insert(dashboard, 5, row)


@edit("dashboard.json")
def a_row_is_collapsed(dashboard):
    panels = dashboard["spec"]["panels"]
    row = panel(dashboard, "Over time")
    row["collapsed"], row["panels"] = True, panels[5:]
    del panels[5:]


@edit("dashboard.json")
def a_unit_changes(dashboard):
    defaults(dashboard, "Average response time")["unit"] = "ms"
    defaults(dashboard, "Error ratio")["unit"] = "percent"


@edit("dashboard.json")
def an_expression_changes_in_the_middle(dashboard):
    query = panel(dashboard, "Error ratio")["targets"][0]
    query["expr"] = query["expr"].replace("[5m]", "[10m]", 1)


@edit("dashboard.json")
def an_expression_is_written_anew(dashboard):
    panel(dashboard, "Error ratio")["targets"][0]["expr"] = "job:traefik_errors:ratio5m"


@edit("dashboard.json")
def a_query_is_added(dashboard):
    targets = panel(dashboard, "Latency")["targets"]
    targets.append(
        {
            **targets[1],
            "refId": "C",
            "expr": targets[1]["expr"].replace("0.95", "0.99"),
            "legendFormat": "p99",
        }
    )


@edit("dashboard.json")
def a_query_is_put_first_and_the_letters_move_on(dashboard):
    targets = panel(dashboard, "Latency")["targets"]
    targets.insert(0, {**targets[0], "expr": targets[0]["expr"].replace("0.5", "0.1"), "legendFormat": "p10"})
    for letter, target in zip("ABC", targets, strict=True):
        target["refId"] = letter


@edit("dashboard.json")
def queries_change_places(dashboard):
    panel(dashboard, "Latency")["targets"].reverse()


@edit("dashboard.json")
def a_variable_is_renamed(dashboard):
    dashboard["spec"]["templating"]["list"][1]["name"] = "instance_job"


@edit("dashboard.json")
def a_variable_asks_for_something_else(dashboard):
    dashboard["spec"]["templating"]["list"][1]["query"]["query"] = (
        "label_values(traefik_open_connections, job)"
    )


@edit("dashboard.json")
def variables_come_and_go(dashboard):
    variables = dashboard["spec"]["templating"]["list"]
    variables[1:] = [
        {"name": "entrypoint", "type": "query", "query": "label_values(traefik_open_connections, entrypoint)"}
    ]


@edit("dashboard.json")
def an_annotation_and_a_link_change(dashboard):
    dashboard["spec"]["annotations"]["list"][0]["enable"] = False
    dashboard["spec"]["annotations"]["list"].append(
        {"name": "Deployments", "expr": "changes(process_start_time_seconds[1m])"}
    )
    dashboard["spec"]["links"][0]["url"] = "https://runbooks.example.org/traefik-sla"


@edit("dashboard.json")
def an_override_changes_and_one_is_added(dashboard):
    overrides = panel(dashboard, "Requests by status code")["fieldConfig"]["overrides"]
    overrides[0]["properties"][0]["value"]["fixedColor"] = "dark-red"
    overrides.append(
        {"matcher": {"id": "byName", "options": "200"}, "properties": [{"id": "unit", "value": "short"}]}
    )


@edit("dashboard.json")
def transformations_change_places_and_options(dashboard):
    steps = panel(dashboard, "Backends")["transformations"]
    steps.reverse()
    steps[1]["options"]["renameByName"]["url"] = "Server"


@edit("dashboard.json")
def options_of_an_unknown_plugin(dashboard):
    found = panel(dashboard, "Requests")
    found["type"] = "acme-gauge-panel"
    found["options"]["needle"] = {"length": 3, "colour": "red"}


@edit("dashboard.json")
def settings_of_the_dashboard(dashboard):
    spec = dashboard["spec"]
    spec["title"], spec["refresh"], spec["time"]["from"] = "Traefik promise", "1m", "now-24h"
    spec["tags"].append("objective")
    dashboard["folder"] = "traefik/sla"


@edit("dashboard.json")
def the_data_source_is_bound_to_one_that_exists(dashboard):
    for found in dashboard["spec"]["panels"]:
        for holder in (found, *found.get("targets", [])):
            if "datasource" in holder:
                holder["datasource"]["uid"] = "P1809F7CD0C75ACF3"


@edit("dashboard.json")
def a_panel_becomes_another_kind(dashboard):
    found = panel(dashboard, "Latency")
    found["type"] = "heatmap"
    found["options"] = dict.fromkeys(
        ("calculate", "cellGap", "color", "exemplars", "filterValues", "legend"), True
    )
    found["fieldConfig"]["defaults"] = {
        "custom": {"scaleDistribution": {"type": "linear"}, "hideFrom": {"viz": False}}
    }


# ── rules ────────────────────────────────────────────────────────────────────
@edit("rules.yml")
def an_alert_waits_longer_at_another_threshold(rules):
    alert = rules["groups"][1]["rules"][0]
    alert["for"], alert["expr"] = "10m", "job:traefik_errors:ratio5m > 0.02"


@edit("rules.yml")
def an_alert_gets_another_label_and_loses_its_runbook(rules):
    alert = rules["groups"][1]["rules"][0]
    alert["labels"]["severity"] = "ticket"
    del alert["annotations"]["runbook_url"]


@edit("rules.yml")
def an_alert_is_renamed(rules):
    rules["groups"][1]["rules"][1]["alert"] = "TraefikSlow"


@edit("rules.yml")
def one_of_two_alerts_of_a_name_changes(rules):
    rules["groups"][1]["rules"][3]["expr"] = "job:traefik_errors:ratio6h > 3 * 0.01"


@edit("rules.yml")
def rules_come_go_and_change_places(rules):
    records, alerts = (group["rules"] for group in rules["groups"])
    records.reverse()
    alerts.pop(1)
    alerts.append({"alert": "TraefikDown", "expr": 'up{job="traefik"} == 0', "for": "2m"})


@edit("rules.yml")
def a_group_is_renamed_and_another_added(rules):
    rules["groups"][0] |= {"name": "traefik-recording", "interval": "1m"}
    rules["groups"].insert(0, {"name": "platform", "rules": [{"alert": "TargetDown", "expr": "up == 0"}]})


# ── Alertmanager, Prometheus, data sources ───────────────────────────────────
@edit("alertmanager.yml")
def a_route_is_added_before_the_others(config):
    config["route"]["routes"].insert(
        0, {"receiver": "default", "matchers": ['alertname="Watchdog"'], "repeat_interval": "1m"}
    )


@edit("alertmanager.yml")
def routes_change_places_and_fields(config):
    routes = config["route"]["routes"]
    routes.reverse()
    routes[1]["routes"][0]["matchers"] = ['team=~"web|shop"']
    config["route"]["group_wait"] = "10s"


@edit("alertmanager.yml")
def receivers_and_inhibitions_change(config):
    config["receivers"][2]["email_configs"][0]["to"] = "desk@example.org"
    config["receivers"].append({"name": "chat", "webhook_configs": [{"url": "http://127.0.0.1:9000/"}]})
    config["inhibit_rules"][0]["equal"] = ["job", "instance"]
    config["time_intervals"][0]["time_intervals"][0]["weekdays"] = ["sunday"]


@edit("alertmanager.yml")
def secrets_change_and_stay_secret(config):
    config["global"]["smtp_auth_password"] = "battery-staple"
    config["receivers"][1]["webhook_configs"][0]["url"] = "https://pager.example.org/hook/1a2b3c"
    config["receivers"][3]["slack_configs"][0]["api_url"] = "https://hooks.example.org/T0/B0/an0ther"
    config["receivers"].append({"name": "duty", "pagerduty_configs": [{"routing_key": "0123456789"}]})


@edit("prometheus.yml")
def scrape_jobs_change(config):
    traefik, cadvisor = config["scrape_configs"]
    traefik["static_configs"][0]["targets"].append("traefik-2:8080")
    cadvisor["scrape_interval"] = "1m"
    cadvisor["basic_auth"]["password"] = "hunter3"
    config["scrape_configs"].append({"job_name": "node", "static_configs": [{"targets": ["node:9100"]}]})
    config["global"]["evaluation_interval"] = "30s"


@edit("datasource.json")
def a_data_source_moves(datasource):
    datasource["url"] = "http://prometheus.monitoring:9090"
    datasource["jsonData"]["timeInterval"] = "30s"
    datasource["secure"]["basicAuthPassword"]["name"] = "PROMETHEUS_PASSWORD_2"
    datasource["secure"]["httpHeaderValue1"] = {"source": "file", "name": "/run/secrets/tenant"}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told(name: str) -> None:
    file = FILES / f"{name}.txt"
    text = told(*EDITS[name])
    if os.environ.get("PROVISION_WRITE_GOLDEN"):
        file.write_text(text)
    assert text == file.read_text()


def test_no_text_is_left_over() -> None:
    assert {file.stem for file in FILES.glob("*.txt")} == set(EDITS)


@pytest.mark.parametrize("name", EDITS)
def test_no_secret_is_told(name: str) -> None:
    file, change = EDITS[name]
    kind, _ = KINDS[file]
    before, after = read(file), read(file)
    change(after)
    for pair in ((before, after), (after, before), (before, None), (None, after)):
        changes = diff_bodies(kind, *(None if side is None else encode(side) for side in pair))
        everything = json.dumps([[found.path, found.before, found.after] for found in changes])
        for secret in ("horse", "battery", "hunter", "s3cr3t", "an0ther", "9f8e7d", "1a2b3c", "0123456789"):
            assert secret not in everything
