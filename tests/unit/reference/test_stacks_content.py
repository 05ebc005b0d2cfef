"""What holds for the reference stacks, whatever they run."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provision.compile.dialect import files, stacks
from provision.compile.dialect.shaped_stack import ShapedStack
from provision.compile.load import Loaded
from provision.model import decode
from provision.project import open_project

ROOT = Path(__file__).resolve().parents[3]
NODE_MIB = 1024
SYSTEM_MIB = 300
"""What an engine and its system need of a node."""
PAGE = ROOT / "docs" / "stack.md"


@pytest.fixture
def shaped(compiled: Callable[..., Loaded]) -> Callable[..., dict[str, ShapedStack]]:
    def shape(**variables: Any) -> dict[str, ShapedStack]:
        definitions = compiled(**variables).definitions
        project = open_project(ROOT)
        built = {file.key: file.body for file in files.shape(definitions, project)}
        return {stack.name: stack for stack in stacks.shape(definitions, built, project)}

    return shape


def services(made: dict[str, ShapedStack]) -> dict[str, dict[str, Any]]:
    return {name: service for stack in made.values() for name, service in stack.compose["services"].items()}


def test_one_node_of_a_gibibyte_has_room_for_all(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    reserved = 0
    for name, service in services(shaped()).items():
        resources = service["deploy"]["resources"]
        assert resources["limits"]["memory"], name
        reserved += int(resources["reservations"]["memory"].removesuffix("M")) * service["deploy"].get(
            "replicas", 1
        )
    assert reserved < NODE_MIB - SYSTEM_MIB


NODES = {
    "with `monitor-data`, a manager": {"node.role == manager", "node.labels.monitor-data == true"},
    "with `grafana-data`": {"node.labels.grafana-data == true"},
    "with `app-data`": {"node.labels.app-data == true"},
    "another manager": {"node.role == manager"},
    "another worker": set[str](),
}


def mebibytes(service: dict[str, Any]) -> int:
    return int(service["deploy"]["resources"]["limits"]["memory"].removesuffix("M"))


@pytest.mark.parametrize("node", NODES)
def test_what_has_to_be_on_a_node_of_a_gibibyte_stays_below_it_at_its_limits(
    shaped: Callable[..., dict[str, ShapedStack]], node: str
) -> None:
    used = 0
    for service in services(shaped()).values():
        deploy = service["deploy"]
        wants = set(deploy.get("placement", {}).get("constraints", ()))
        if (wants or deploy["mode"] == "global") and wants <= NODES[node] and deploy.get("replicas", 1):
            used += mebibytes(service)
    assert 0 < used <= NODE_MIB - SYSTEM_MIB
    row = next(line for line in PAGE.read_text().splitlines() if line.startswith(f"| {node} |"))
    assert row.endswith(f"| {used} MB |")


def test_the_limits_of_what_may_be_anywhere_are_on_the_page(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    made = services(shaped())
    page = " ".join(PAGE.read_text().split())
    for name, said in (
        ("gallery", "gallery, on any node, may use %d MB"), ("visualizer", "visualizer %d MB"),
        ("client", "a client %d MB"), ("registry", "the registry %d MB"),
    ):  # fmt: skip
        assert said % mebibytes(made[name]) in page


def test_the_visualizer_runs_only_when_it_is_asked_for(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    assert services(shaped())["visualizer"]["deploy"]["replicas"] == 0
    assert services(shaped(visualizer_replicas=1))["visualizer"]["deploy"]["replicas"] == 1


def test_grafana_may_be_where_the_other_data_are(shaped: Callable[..., dict[str, ShapedStack]]) -> None:
    for given, label in ({}, "grafana-data"), ({"grafana_data": "monitor"}, "monitor-data"):
        placement = services(shaped(**given))["grafana"]["deploy"]["placement"]
        assert placement["constraints"] == [f"node.labels.{label} == true"]


def test_no_secret_has_a_default_and_none_is_in_the_files(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    made = shaped()
    found = {name: reference for stack in made.values() for name, reference in stack.secrets.items()}
    assert {reference["name"] for reference in found.values()} == {
        "GALLERY_ADMIN_TOKEN", "REDIS_PASSWORD", "MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "GRAFANA_ADMIN_PASSWORD",
        "TRAEFIK_DASHBOARD_USERS", "REGISTRY_USERS",
    }  # fmt: skip
    for service in services(made).values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD|SECRET|TOKEN", name) or "/run/secrets/" in value


def test_traefik_measures_the_objective_and_gives_hung_requests_up(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    traefik = services(shaped(sla_latency_seconds=0.25))["traefik"]
    assert "--metrics.prometheus.buckets=0.1,0.25,0.3,1.2,5" in traefik["command"]
    assert "--serverstransport.forwardingtimeouts.responseheadertimeout=5s" in traefik["command"]
    assert "--ping=true" in traefik["command"]
    assert traefik["deploy"]["placement"]["constraints"] == ["node.role == manager"]


def test_the_dashboard_is_at_the_managers_and_behind_a_password(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    traefik = services(shaped())["traefik"]
    ports = {port["published"]: (port["target"], port["mode"]) for port in traefik["ports"]}
    assert ports == {80: (80, "ingress"), 8080: (8081, "host")}
    assert not [word for word in traefik["command"] if "insecure" in word]
    labels = traefik["deploy"]["labels"]
    assert labels["traefik.http.routers.dashboard.entrypoints"] == "dashboard"
    assert labels["traefik.http.routers.dashboard.middlewares"] == "password"
    where = labels["traefik.http.middlewares.password.basicauth.usersfile"]
    assert where == f"/run/secrets/{traefik['secrets'][0]['target']}"


def test_who_has_the_socket_is_alone_with_those_who_may_ask(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    made = services(shaped())
    having = {
        name
        for name, service in made.items()
        if any(
            "/var/run/docker.sock".startswith(mount.get("source", "-"))
            for mount in service.get("volumes", ())
        )
    }
    assert having == {"traefik", "visualizer", "engine", "cadvisor"}

    def beside(name: str) -> set[str]:
        return {
            each
            for each, service in made.items()
            if set(service.get("networks", ())) & set(made[name]["networks"])
        }

    assert beside("visualizer") == {"visualizer"}
    assert beside("engine") == {"engine", "prometheus"}
    assert "user" not in made["prometheus"]


def test_the_registry_asks_for_a_password(shaped: Callable[..., dict[str, ShapedStack]]) -> None:
    registry = services(shaped())["registry"]
    assert registry["environment"]["REGISTRY_AUTH"] == "htpasswd"
    where = registry["environment"]["REGISTRY_AUTH_HTPASSWD_PATH"]
    assert where == f"/run/secrets/{registry['secrets'][0]['target']}"


def test_the_host_name_is_one_setting(shaped: Callable[..., dict[str, ShapedStack]]) -> None:
    made = services(shaped(host_name="shop.example.org"))
    assert (
        made["gallery"]["deploy"]["labels"]["traefik.http.routers.gallery.rule"] == "Host(`shop.example.org`)"
    )
    assert made["traefik"]["networks"] == {"edge": {"aliases": ["shop.example.org"]}}
    assert "http://shop.example.org" in made["client"]["command"]


def test_a_kernel_without_ipvs(shaped: Callable[..., dict[str, ShapedStack]]) -> None:
    for without, mode in ((False, "vip"), (True, "dnsrr")):
        made = services(shaped(swarm_without_ipvs=without))
        assert {service["deploy"]["endpoint_mode"] for service in made.values()} == {mode}
    assert {port["mode"] for service in made.values() for port in service.get("ports", [])} == {"host"}


def test_what_monitors_is_reached_by_grafana_alone_unless_it_is_asked_for(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    assert "ports" not in services(shaped())["prometheus"]
    assert services(shaped(publish_monitoring=True))["prometheus"]["ports"][0]["published"] == 9090


def test_alerts_arrive_somewhere_unless_somebody_is_named(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    monitor = shaped()["monitor"]
    (config,) = (file for file in monitor.configs if file.path == "alertmanager/alertmanager.yml")
    assert b"http://webhook:8080/alerts" in config.content
    receiver = monitor.compose["services"]["webhook"]
    assert set(receiver["networks"]) <= set(monitor.compose["services"]["alertmanager"]["networks"])
    assert "ports" not in receiver
    assert "webhook" not in shaped(webhook_url="http://pager/")["monitor"].compose["services"]


def test_every_file_that_is_built_for_a_server_is_mounted(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    monitor = shaped()["monitor"]
    targets = {
        config["target"]
        for service in monitor.compose["services"].values()
        for config in service.get("configs", ())
    }
    assert {
        "/etc/prometheus/prometheus.yml",
        "/etc/prometheus/rules/traefik.yml",
        "/etc/alertmanager/alertmanager.yml",
        "/etc/grafana/provisioning/dashboards/dashboards.yaml",
        "/etc/grafana/dashboards/traefik/traefik-sla.json",
    } <= targets
    provider = next(file for file in monitor.configs if file.path.endswith("dashboards.yaml"))
    assert b"path: /etc/grafana/dashboards/traefik" in provider.content


def test_what_clients_see_is_scraped(compiled: Callable[..., Loaded], shaped: Callable[..., Any]) -> None:
    port = {"--metrics-host": "0.0.0.0", "--metrics-port": "8080"}
    for given in ({}, {"client_browsers": False}):
        command = services(shaped(**given))["client"]["command"]
        assert {option: command[command.index(option) + 1] for option in port} == port
        package = command[2] == "provision.lab.client"
        module = importlib.import_module(command[2] + (".__main__" if package else ""))
        read = module._parser().parse_args(command[3:])
        assert (read.metrics_host, read.metrics_port) == ("0.0.0.0", 8080)

    def scraped(**variables: Any) -> dict[str, dict[str, Any]]:
        found = compiled("provisioning", **variables).definitions
        return {each.key: decode(each.body) for each in found if each.kind == "scrape-config"}

    services_seen = str(scraped()["client"])
    assert "app_client" in services_seen
    assert "$1:8080" in services_seen
    assert "app_edge" in services_seen
    addresses = {"traefik_targets": ["127.0.0.1:1"]}
    assert "client" not in scraped(**addresses)
    assert "127.0.0.1:2" in str(scraped(**addresses, client_targets=["127.0.0.1:2"])["client"])


def test_cadvisor_measures_all_that_is_read_and_nothing_that_is_expensive(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    command = services(shaped())["cadvisor"]["command"]
    (enabled,) = (word.partition("=")[2] for word in command if word.startswith("--enable_metrics="))
    assert not [word for word in command if word.startswith("--disable_metrics")]
    read: set[str] = set()
    for file in [*(ROOT / "rules").rglob("*.py"), *(ROOT / "dashboards").rglob("*.py")]:
        read |= set(re.findall(r"\bcontainer_([a-z]+)_[a-z_]+\b", file.read_text()))
    # These three come with every container, whatever is enabled; `oom` isn't to be had on a Swarm.
    assert read - {"last", "start", "spec", "label", "oom"} == set(enabled.split(","))


def test_clients_are_browsers_unless_they_are_told_not_to_be(
    shaped: Callable[..., dict[str, ShapedStack]],
) -> None:
    assert "provision.lab.client.browsers" in services(shaped())["client"]["command"]
    assert "/tmp/failures" in services(shaped())["client"]["command"]
    light = services(shaped(client_browsers=False, client_rate=7, client_replicas=2))["client"]
    assert light["command"][2:5] == ["provision.lab.client", "--rate", "7"]
    assert light["deploy"]["replicas"] == 2
