from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from provision.lab import stack
from provision.lab.ports import Ports
from provision.project import open_project
from support.docs import ROOT

PORTS = Ports((1001, 1002, 1003), 2001, 2002, 2003, 3001, 3002, 3003, 3004, 4001, 4002)
PROGRAMS = {name: Path("/bin") / name for name in stack.PROGRAMS}


def test_everything_listens_on_loopback_and_calls_nobody() -> None:
    components = stack.components(PORTS, PROGRAMS, Path("/state"), buckets_seconds=(0.1, 0.2))
    assert [component.name for component in components] == [
        "redis", "webhook", "app-1", "app-2", "app-3", "containers", "traefik", "alertmanager", "prometheus",
    ]  # fmt: skip
    for component in components:
        assert urlsplit(component.url).hostname == "127.0.0.1"
        assert not any("0.0.0.0" in word or "=:" in word for word in component.command)
    traefik = next(component for component in components if component.name == "traefik")
    assert "--metrics.prometheus.buckets=0.1,0.2" in traefik.command
    assert {"--global.checknewversion=false", "--global.sendanonymoususage=false"} <= set(traefik.command)
    alertmanager = next(component for component in components if component.name == "alertmanager")
    assert "--cluster.listen-address=" in alertmanager.command


def test_what_goes_before_alertmanager_goes_before_alertmanager() -> None:
    components = stack.components(
        PORTS, PROGRAMS, Path("/state"), buckets_seconds=(0.1,), alertmanager_prefix=("unshare", "-rm")
    )
    alertmanager = next(component for component in components if component.name == "alertmanager")
    assert alertmanager.command[:3] == ("unshare", "-rm", "/bin/alertmanager")


def test_sources_are_told_the_ports() -> None:
    variables = stack.variables(PORTS)
    assert variables["traefik_targets"] == ["127.0.0.1:2003"]
    assert variables["webhook_url"] == "http://127.0.0.1:3003/alerts"
    assert not variables["smtp_smarthost"]


def test_the_routes_lead_to_every_replica() -> None:
    routes = yaml.safe_load(stack.traefik_routes(PORTS))
    balancer = routes["http"]["services"]["app"]["loadBalancer"]
    assert [server["url"] for server in balancer["servers"]] == [
        f"http://127.0.0.1:{port}" for port in (1001, 1002, 1003)
    ]
    assert balancer["healthCheck"]["path"] == "/health"
    assert {tuple(router["entryPoints"]) for router in routes["http"]["routers"].values()} == {
        ("web",),
        ("websecure",),
    }
    assert "tls" not in routes
    with_certificate = yaml.safe_load(stack.traefik_routes(PORTS, (Path("/c.pem"), Path("/k.pem"))))
    assert with_certificate["tls"]["stores"]["default"]["defaultCertificate"] == {
        "certFile": "/c.pem",
        "keyFile": "/k.pem",
    }


def test_clients_use_tls_only_with_a_certificate() -> None:
    assert "--tls-url" not in stack.traffic(PORTS, Path("/state")).command
    assert "https://127.0.0.1:2002" in stack.traffic(PORTS, Path("/state"), Path("/c.pem")).command


@pytest.mark.parametrize(
    ("setting", "latency", "bounds"),
    [
        ([0.3, 0.1], None, (0.1, 0.3)),
        ([0.1, 5], 0.2, (0.1, 0.2, 5.0)),
        ([0.2], 0.2, (0.2,)),
        ([], 0.0056, (0.0056,)),
    ],
)
def test_buckets(setting: list[object], latency: float | None, bounds: tuple[float, ...]) -> None:
    assert stack.buckets(setting, latency) == bounds


@pytest.mark.parametrize("bad", ["0.1", 0, -1, True, None])
def test_a_bucket_that_is_none_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="is not a number of seconds above 0"):
        stack.buckets([0.1, bad], None)


def test_the_table_of_urls_names_what_a_person_looks_for() -> None:
    urls = stack.urls(PORTS)
    assert urls["Prometheus"] == "http://127.0.0.1:3001"
    assert urls["faults of replica 2"] == "http://127.0.0.1:1002/admin/faults"


def test_the_environment_lab_of_the_reference_project_is_what_a_lab_tells_its_sources() -> None:
    plain, lab = (open_project(ROOT, name).variables for name in (None, "lab"))
    own = {name: value for name, value in lab.items() if plain.get(name) != value}
    assert own == {
        name: stack.variables(PORTS)[name]
        for name in ("scrape_interval", "evaluation_interval", "alert_window", "alert_for")
    }


def test_browsers_log_what_they_see_in_the_labs_folder() -> None:
    component = stack.browsers(PORTS, Path("/state"), Path("/bin/chromium"), 3)
    words = " ".join(component.command)
    assert "provision.lab.client.browsers --url http://127.0.0.1:2001 --clients 3 " in words
    assert "--log /state/browsers.jsonl --screenshots /state/screenshots --chromium /bin/chromium" in words
