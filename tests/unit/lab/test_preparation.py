from pathlib import Path

import pytest
import yaml

from provision.compile.dialect import alertmanager as alertmanager_dialect
from provision.errors import MissingTool, ProvisionError, SourceErrors, UsageError
from provision.lab import faults, preparation, stack
from provision.lab.ports import Ports
from provision.model import decode
from provision.project import Project, open_project
from provision.tools import openssl

PORTS = Ports((1001, 1002, 1003), 2001, 2002, 2003, 3001, 3002, 3003, 3004, 4001, 4002)
PROGRAMS = {name: Path("/bin") / name for name in stack.PROGRAMS}

SOURCE = """
from provision.author import Alert, Group, PrometheusGlobal, Receiver, Route, ScrapeConfig, Webhook, env

server = PrometheusGlobal(
    scrape_interval=env["scrape_interval"],
    rule_files=["/etc/prometheus/rules/*.yml"],
    alertmanagers=["alertmanager.example.org"],
    extra={"remote_write": [{"url": "https://mimir.example.org"}]},
)
job = ScrapeConfig(job="traefik", targets=env["traefik_targets"], labels={"colour": env["colour"]})
receiver = Receiver("pages", webhooks=[Webhook(url="https://hook.example.org")])
root = Route(receiver="pages", group_wait=env["alert_group_wait"])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def no_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise MissingTool("there is no such program", where="openssl")

    monkeypatch.setattr(openssl, "self_signed", missing)


def project_with(tmp_path: Path, source: str | None, settings: str = "") -> Project:
    root = tmp_path / "project"
    (root / "provisioning").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        f'[tool.provision]\nname = "test"\n{settings}\n[tool.provision.variables]\ncolour = "blue"\n'
        'scrape_interval = "15s"\nsla_latency_seconds = 0.25\n'
    )
    if source is not None:
        (root / "provisioning" / "one.py").write_text(source)
    return open_project(root)


def prepare(project: Project, folder: Path, told: list[str] | None = None) -> preparation.Prepared:
    tell = (told if told is not None else []).append
    return preparation.prepare(project, PORTS, PROGRAMS, folder, alertmanager_prefix=("before",), tell=tell)


def test_prometheus_gets_the_compiled_configuration_kept_to_this_machine(
    tmp_path: Path, folder: Path
) -> None:
    project = project_with(tmp_path, SOURCE)
    prepared = prepare(project, folder)
    config = yaml.safe_load((folder / "prometheus" / "prometheus.yml").read_text())
    assert config["global"]["scrape_interval"] == "1s"
    (job,) = config["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["127.0.0.1:2003"], "labels": {"colour": "blue"}}]
    assert config["rule_files"] == ["rules/*.yml"]
    assert config["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["127.0.0.1:3002"]}]}]
    assert "remote_write" not in config
    assert (folder / "prometheus" / "rules").is_dir()
    assert {item.kind for item in prepared.definitions} == {
        "prometheus",
        "scrape-config",
        "receiver",
        "route",
    }
    assert not (project.root / ".provision").exists()


def test_alertmanager_starts_with_a_configuration_that_a_push_recognises_as_ours(
    tmp_path: Path, folder: Path
) -> None:
    prepare(project_with(tmp_path, SOURCE), folder)
    text = (folder / "alertmanager" / "alertmanager.yml").read_bytes()
    body, mark = alertmanager_dialect.read_config(text)
    assert decode(body)["receivers"] == [{"name": "nobody"}]
    assert mark is not None
    assert mark.owner == "test"


def test_the_routes_deliver_to_the_labs_webhook(tmp_path: Path, folder: Path) -> None:
    prepared = prepare(project_with(tmp_path, SOURCE), folder)
    routing = preparation.routing(prepared.definitions, PORTS)
    assert routing is not None
    body = decode(routing.body)
    assert body["route"] == {"receiver": "pages", "group_wait": "0s"}
    assert body["receivers"] == [
        {"name": "pages", "webhook_configs": [{"url": "http://127.0.0.1:3003/alerts", "send_resolved": True}]}
    ]
    assert preparation.routing((), PORTS) is None


def test_what_is_started(tmp_path: Path, folder: Path) -> None:
    prepared = prepare(project_with(tmp_path, SOURCE), folder)
    by_name = {component.name: component for component in prepared.components}
    assert "--metrics.prometheus.buckets=0.1,0.2,0.25,0.3,1.2,5" in by_name["traefik"].command
    assert by_name["alertmanager"].command[0] == "before"
    assert prepared.traffic.name == "traffic"
    routes = yaml.safe_load((folder / "traefik" / "routes.yml").read_text())
    assert len(routes["http"]["services"]["app"]["loadBalancer"]["servers"]) == 3


def test_without_openssl_there_is_no_tls_and_that_is_told(tmp_path: Path, folder: Path) -> None:
    told: list[str] = []
    prepared = prepare(project_with(tmp_path, SOURCE), folder, told)
    assert told == ["no TLS in this lab: openssl: there is no such program"]
    assert "--tls-url" not in prepared.traffic.command


def test_with_openssl_clients_expect_the_certificate(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = (Path("/c.pem"), Path("/k.pem"))
    monkeypatch.setattr(openssl, "self_signed", lambda *_: files)
    prepared = prepare(project_with(tmp_path, SOURCE), folder)
    assert prepared.traffic.command[-2:] == ("--certificate", "/c.pem")
    assert "certFile: /c.pem" in (folder / "traefik" / "routes.yml").read_text()


def test_buckets_are_a_setting(tmp_path: Path, folder: Path) -> None:
    prepared = prepare(project_with(tmp_path, SOURCE, "lab_buckets = [0.5, 1]"), folder)
    traefik = next(component for component in prepared.components if component.name == "traefik")
    assert "--metrics.prometheus.buckets=0.25,0.5,1" in traefik.command


@pytest.mark.parametrize(
    "settings", ['lab_buckets = ["0.5"]', "lab_buckets = [0]", "lab_buckets = [nan]", "lab_buckets = 0.5"]
)
def test_buckets_that_are_none_are_told(tmp_path: Path, folder: Path, settings: str) -> None:
    with pytest.raises(UsageError, match="lab_buckets"):
        prepare(project_with(tmp_path, SOURCE, settings), folder)


def test_broken_sources_are_told(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(SourceErrors) as caught:
        prepare(project_with(tmp_path, "1 / 0\n"), folder)
    assert "provisioning/one.py:1: " in str(caught.value)


def test_a_project_that_scrapes_nothing_is_told(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ProvisionError, match="no source says what Prometheus scrapes; add ScrapeConfig"):
        prepare(project_with(tmp_path, None), folder)


def test_jobs_that_are_not_on_this_machine_are_told(tmp_path: Path, folder: Path) -> None:
    told: list[str] = []
    shop = 'shop = ScrapeConfig("shop", targets=["shop.example.org:80"])\n'
    prepare(project_with(tmp_path, SOURCE + shop), folder, told)
    assert "a lab scrapes this machine only, and thus not all of shop" in told
    config = yaml.safe_load((folder / "prometheus" / "prometheus.yml").read_text())
    assert [job["job_name"] for job in config["scrape_configs"]] == ["traefik"]


def test_a_project_that_scrapes_others_only_is_told(tmp_path: Path, folder: Path) -> None:
    source = SOURCE.replace('targets=env["traefik_targets"]', 'targets=["shop.example.org:80"]')
    with pytest.raises(ProvisionError, match="no source says what Prometheus scrapes on this machine; add"):
        prepare(project_with(tmp_path, source), folder)


def test_the_applications_libraries_are_missed_before_anything_is_made(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "_LIBRARIES", ("json", "no_such_library"))
    with pytest.raises(MissingTool, match=r"no_such_library can't be imported; install .*provision\[lab\]"):
        prepare(project_with(tmp_path, SOURCE), folder)
    assert list(folder.iterdir()) == []


def test_a_token_is_made_for_the_administration_of_the_replicas(tmp_path: Path, folder: Path) -> None:
    prepared = prepare(project_with(tmp_path, SOURCE), folder)
    file = folder / "admin-token"
    assert file.stat().st_mode & 0o777 == 0o600
    for component in prepared.components:
        assert (str(file) in component.command) == (component.service == "app")
        assert faults.read_token(folder) not in component.command
