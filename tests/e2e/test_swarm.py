"""The reference stacks on a real engine: deployed at once, routed, scraped, alerting, updated, taken back, removed.

It needs root and Debian's docker.io; where an engine can't be started the reason is told as that of the skip.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from provision import cli
from provision.errors import ProvisionError
from provision.lab.swarm import cluster, state, wires
from provision.lab.swarm.state import Cluster
from provision.tools import docker
from support.commands import Ran, Shell, alone, write
from support.engines import require_engines

ROOT = Path(__file__).resolve().parents[2]
HOST = "myhbsapp.com"
SECRETS = (
    "GALLERY_ADMIN_TOKEN",
    "REDIS_PASSWORD",
    "MINIO_ROOT_USER",
    "MINIO_ROOT_PASSWORD",
    "GRAFANA_ADMIN_PASSWORD",
)
PASSWORD = "only-for-this-test"
USERS = "lab:$2b$05$abcdefghijklmnopqrstuuoePaFlY1zibzb/JZlPqaHpsMO1NwAhi"
"""A line of htpasswd with that password."""

VALUES = (
    {name: token_hex(8) for name in SECRETS}
    | {
        "REDIS_PASSWORD": f"{token_hex(4)} 'a\" b\\c\nd$HOME",  # what each who reads it may take for something else
        "TRAEFIK_DASHBOARD_USERS": USERS,
        "REGISTRY_USERS": USERS,
    }
)
ASK = """\
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=10).status)
    except urllib.error.HTTPError as error:
        print(error.code)
    except OSError:
        print(0)
"""
"""Prints the status that each page answers with, 0 when there is no answer."""
SHOP = """\
from provision.author import Healthcheck, Image, Port, Service, Stack, Update, env

web = Service(
    "web", Image("shop-web", "Dockerfile"), command=[env.get("command", "httpd -f -p 80 -h /srv")],
    ports=[Port(80, 8181, mode="host")], endpoint_mode="dnsrr", update=Update(monitor="2s"),
)
shop = Stack("shop", [web])
"""

# In the group of the lab, so that its engine is gone while drills are measured.
pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab")]


@dataclass(frozen=True)
class Lab:
    """A Swarm of one node."""

    cluster: Cluster

    @property
    def address(self) -> str:
        return self.cluster.nodes[0].address

    def docker(self, *arguments: str) -> str:
        return docker.call(cluster.engine(self.cluster), *arguments)

    def get(self, path: str, port: int = 80, host: str = "", password: str = "") -> tuple[int, str]:
        headers = {"Host": host} if host else {}
        if password:
            headers["Authorization"] = f"Basic {b64encode(f'lab:{password}'.encode()).decode()}"
        request = urllib.request.Request(f"http://{self.address}:{port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def task(self, service: str) -> str:
        """The container of a task of a service."""
        label = f"label=com.docker.swarm.service.name={service}"
        return self.docker("ps", "-q", "--filter", label).split()[0]

    def json(self, path: str, port: int) -> Any:
        return json.loads(self.get(path, port)[1])

    def asked(self, query: str, **more: str) -> list[dict[str, Any]]:
        """What Prometheus answers."""
        found: list[dict[str, Any]] = self.json(
            f"/api/v1/query?{urllib.parse.urlencode({'query': query, **more})}", 9090
        )["data"]["result"]
        return found

    def redis(self, *words: str) -> str:
        """What Redis answers who gives its password."""
        script = 'REDISCLI_AUTH="$(cat /run/secrets/redis_password)" exec redis-cli --no-auth-warning "$@"'
        return self.docker("exec", self.task("app_redis"), "sh", "-c", script, "redis-cli", *words)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    require_engines()
    folder = tmp_path_factory.mktemp("swarm") / "state"
    try:
        assert (
            cli.run(["lab", "swarm", "up", "--workers", "0", "--state", str(folder), "--project", str(ROOT)])
            == 0
        )
        made = state.read(folder)
        assert made is not None
        yield Lab(made)
        assert cli.run(["lab", "swarm", "down", "--state", str(folder), "--project", str(ROOT)]) == 0
        assert not folder.exists()
        assert not (Path("/sys/class/net") / wires.bridge(made)).exists()
    finally:
        cluster.down(folder)


@pytest.fixture
def run(
    lab: Lab, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Ran]]:
    with alone(monkeypatch, tmp_path / "logs"):
        monkeypatch.setenv("DOCKER_HOST", lab.cluster.host("manager-1"))
        monkeypatch.setenv("NO_PROXY", lab.address)
        monkeypatch.setenv("no_proxy", lab.address)
        for name, value in VALUES.items():
            monkeypatch.setenv(name, value)
        yield Shell(capfd)


def until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.3)


def test_the_first_deploy_needs_no_second(lab: Lab, run: Callable[..., Ran]) -> None:
    ran = run("stack", "deploy", "app", "monitor", "--project", ROOT, "--env", "swarm", "--timeout", "8m")
    assert ran.code == 0, ran
    assert "  ✓  gallery     3/3" in ran.out.splitlines()
    assert not any(value in ran.out + ran.err for value in VALUES.values())
    asked = run("stack", "status", "app", "monitor", "--project", ROOT, "--env", "swarm")
    assert asked.code == 0, asked
    assert "manager-1 ×3" in asked.out


def test_what_is_meant_to_be_in_memory_is(lab: Lab, run: Callable[..., Ran]) -> None:
    lab.docker("service", "scale", "--detach", "app_client=1")
    client = ("ps", "-q", "--filter", "label=com.docker.swarm.service.name=app_client")
    until(lambda: lab.docker(*client) != "", "a client runs")
    mounts = json.loads(lab.docker("inspect", "--format", "{{json .Mounts}}", lab.task("app_client")))
    assert [(each["Type"], each["Destination"]) for each in mounts] == [("tmpfs", "/dev/shm")]
    assert " /dev/shm tmpfs " in lab.docker("exec", lab.task("app_client"), "cat", "/proc/mounts")


def test_the_password_of_redis_is_in_no_file_of_its_own(lab: Lab, run: Callable[..., Ran]) -> None:
    assert "redis.conf" not in lab.docker("diff", lab.task("app_redis"))
    assert "config_file:" in lab.redis("info", "server").splitlines()


def test_traefik_leads_to_the_gallery_and_to_nothing_else(lab: Lab, run: Callable[..., Ran]) -> None:
    until(lambda: lab.get("/health", host=HOST)[0] == 200, "the gallery answers")
    health = json.loads(lab.get("/health", host=HOST)[1])
    assert (health["sessions"], health["storage"]) == ("counted", "works")
    assert "<title>" in lab.get("/", host=HOST)[1]
    assert lab.get("/", host="elsewhere")[0] == 404
    # The dashboard is at the manager's own port, never at the one for users.
    assert lab.get("/dashboard/", host=HOST)[0] == 404


def test_the_dashboard_asks_for_a_password_wherever_it_is_asked(lab: Lab, run: Callable[..., Ran]) -> None:
    until(lambda: lab.get("/dashboard/", 8080, password=PASSWORD)[0] == 200, "the manager's port answers")
    assert lab.get("/api/rawdata", 8080, password=PASSWORD)[0] == 200
    assert lab.get("/api/rawdata", 8080)[0] == 401
    assert lab.get("/api/rawdata", 8080, password="wrong")[0] == 401
    asked = {
        "http://traefik:8080/api/rawdata": "404",
        "http://traefik:8080/dashboard/": "404",
        "http://traefik:8081/api/rawdata": "401",
        "http://traefik:8081/dashboard/": "401",
        f"http://{lab.address}:8080/api/rawdata": "401",
        "http://traefik:8080/metrics": "200",  # nothing that a visitor couldn't know
        "http://visualizer:8080/": "0",
        "http://engine:2375/tasks": "0",
    }
    said = lab.docker("exec", lab.task("app_gallery"), "python", "-c", ASK, *asked)
    assert dict(zip(asked, said.split(), strict=True)) == asked


def test_prometheus_may_ask_the_engine_for_lists_only(lab: Lab, run: Callable[..., Ran]) -> None:
    prometheus = lab.task("monitor_prometheus")
    mounts = lab.docker("inspect", "--format", "{{range .Mounts}}{{.Destination}} {{end}}", prometheus)
    assert "docker.sock" not in mounts
    network = '{{(index .NetworkSettings.Networks "monitor_asking").IPAddress}}'
    engine = lab.docker("inspect", "--format", network, lab.task("monitor_engine")).strip()
    for path, answers in {
        "tasks": True, "v1.41/services": True, "nodes": True, "networks": True,
        "containers/json": False, "secrets": False, "configs": False, "swarm": False, "services/x": False,
    }.items():  # fmt: skip
        said = lab.docker(
            "exec", prometheus, "sh", "-c",
            f"wget -q -O /dev/null http://{engine}:2375/{path} 2>&1 && echo answered || true",
        )  # fmt: skip
        assert said.strip().endswith("answered" if answers else "403 Forbidden"), (path, said)
    posted = lab.docker(
        "exec", prometheus, "sh", "-c",
        f"wget -q -O /dev/null --post-data x http://{engine}:2375/services 2>&1 || true",
    )  # fmt: skip
    assert "403 Forbidden" in posted


def test_every_task_is_scraped_under_the_name_of_its_place(lab: Lab, run: Callable[..., Ran]) -> None:
    expected = {
        ("traefik", "manager-1"), ("cadvisor", "manager-1"), ("prometheus", "manager-1/1"), ("alertmanager", "manager-1/1"),
        ("gallery", "manager-1/1"), ("gallery", "manager-1/2"), ("gallery", "manager-1/3"),
        ("client", "manager-1/1"),
    }  # fmt: skip

    def scraped() -> set[tuple[str, str]]:
        targets = lab.json("/api/v1/targets?state=active", 9090)["data"]["activeTargets"]
        return {
            (each["labels"]["job"], each["labels"]["instance"]) for each in targets if each["health"] == "up"
        }

    until(lambda: expected <= scraped(), "every task is scraped")
    seen = "sum by (job, code) (gallery_client_requests_total) > 0"
    until(
        lambda: (
            ("client", "200") in {(each["metric"]["job"], each["metric"]["code"]) for each in lab.asked(seen)}
        ),
        "what clients saw is known",
    )
    assert lab.asked('ALERTS{alertname="CadvisorSeesNoTasks"}') == []
    found = lab.asked("count by (container_label_com_docker_swarm_service_name) (container_last_seen)")
    counted = {
        each["metric"]["container_label_com_docker_swarm_service_name"]: each["value"][1] for each in found
    }
    assert counted["app_gallery"] == "3"


def test_an_alert_reaches_the_receiver(lab: Lab, run: Callable[..., Ran]) -> None:
    lab.docker("service", "rm", "monitor_cadvisor")

    def told() -> bool:
        alerts = lab.json("/api/v2/alerts", 9093)
        return any(
            each["labels"]["alertname"] == "JobDown" and each["labels"]["job"] == "cadvisor"
            for each in alerts
        )

    def delivered() -> bool:
        return any(
            notification["status"] == "firing"
            and notification["receiver"] == "tickets"  # cAdvisor's job is not worth waking somebody
            and alert["labels"].get("job") == "cadvisor"
            for notification in lab.json("/alerts", 9094)
            for alert in notification["alerts"]
            if alert["labels"]["alertname"] == "JobDown"
        )

    until(told, "the Alertmanager is told", 120)
    until(delivered, "the receiver is told")
    asked = run("stack", "status", "monitor", "--project", ROOT, "--env", "swarm")
    assert asked.code == 1
    assert "isn't deployed" in asked.out
    ran = run("stack", "deploy", "monitor", "--project", ROOT, "--env", "swarm", "--timeout", "8m")
    assert ran.code == 0, ran


def test_an_own_image_goes_through_the_registry_and_what_fails_goes_back(
    lab: Lab, run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = run("stack", "deploy", "registry", "--project", ROOT, "--env", "swarm", "--timeout", "5m")
    assert deployed.code == 0, deployed
    registry = f"{lab.address}:5000"
    assert lab.get("/v2/", 5000)[0] == 401
    logged_in = ("login", "--username", "lab", "--password-stdin", registry)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "client"))
    docker.call(cluster.engine(lab.cluster), *logged_in, given=PASSWORD.encode())
    root = write(
        tmp_path / "shop",
        {
            "pyproject.toml": '[tool.provision]\nname = "shop"\n[tool.provision.env.broken.variables]\ncommand = "exit 3"\n',
            "provisioning/stacks.py": SHOP.replace('command=[env', 'command=["sh", "-c", env'),
            "Dockerfile": "FROM provision-lab/visualizer:lab\nENTRYPOINT []\nCOPY page /srv/index.html\n",
            "page": "one\n",
        },
    )  # fmt: skip
    how = ("--project", root, "--registry", registry, "--build", "--timeout", "60s")
    ran = run("stack", "deploy", *how)
    assert ran.code == 0, ran
    until(lambda: lab.get("/", 8181) == (200, "one\n"), "the image is served")
    (root / "page").write_text("two\n")
    assert run("stack", "deploy", *how).code == 0
    until(lambda: lab.get("/", 8181) == (200, "two\n"), "the new image is served")
    (root / "page").write_text("three\n")
    failed = run("stack", "deploy", *how, "--env", "broken")
    assert failed.code == 1, failed
    assert failed.out.startswith("stack shop: failed, and is as it was before\n")
    until(lambda: lab.get("/", 8181) == (200, "two\n"), "what ran before is back")
    removed = run("stack", "remove", "shop", "--project", root)
    assert (removed.code, removed.err) == (0, "stack shop is removed\n")


def test_an_update_of_all_services_that_fails_goes_back(lab: Lab, run: Callable[..., Ran]) -> None:
    """Two rollbacks at once would undo each other, and Traefik has its port to wait for."""
    lab.docker("service", "scale", "--detach", "app_client=0")  # as the sources have it
    before = {
        name: lab.docker("service", "inspect", "--format", "{{.Spec.TaskTemplate.ContainerSpec.Image}}", name)
        for name in ("app_gallery", "app_minio", "app_redis", "app_traefik")
    }
    # The images of the plain settings can't be had here.
    failed = run("stack", "deploy", "app", "--project", ROOT, "--timeout", "3m")
    assert "app: it was deployed for the environment 'swarm', and gets what 'default' says" in failed.err
    assert failed.code == 1, failed
    assert failed.out.startswith("stack app: failed, and is as it was before\n")
    assert "No such image: redis:7.4-alpine" in failed.out
    for name, image in before.items():
        form = "{{.Spec.TaskTemplate.ContainerSpec.Image}}"
        assert lab.docker("service", "inspect", "--format", form, name) == image
    until(lambda: _answers(lab), "the gallery answers")
    until(
        lambda: run("stack", "status", "app", "--project", ROOT, "--env", "swarm").code == 0,
        "the stack is as its sources ask",
    )


def test_requests_that_hang_end_as_errors(lab: Lab, run: Callable[..., Ran]) -> None:
    tasks = lab.docker("ps", "-q", "--filter", "label=com.docker.swarm.service.name=app_gallery").split()
    assert len(tasks) == 3
    for task in tasks:
        lab.docker("pause", task)
    try:
        # One that is sent to a task waits five seconds, and isn't sent again; none is once the health checks have seen it.
        assert lab.get("/", host=HOST)[0] in {502, 503, 504}
    finally:
        for task in lab.docker("ps", "-q", "--filter", "status=paused").split():
            lab.docker("unpause", task)
    until(lambda: lab.get("/health", host=HOST)[0] == 200, "the gallery is back")


def test_a_node_that_was_halted_comes_back_with_its_data(lab: Lab, run: Callable[..., Ran]) -> None:
    before = lab.docker("volume", "ls", "--quiet").split()
    remembered = token_hex(8)
    assert lab.redis("set", "remembered", remembered).strip() == "OK"
    then = {"time": f"{time.time() - 1:.0f}"}
    sample = lab.asked("prometheus_tsdb_head_samples_appended_total", **then)
    assert sample
    where = ("--state", lab.cluster.folder, "--project", ROOT)
    assert run("lab", "swarm", "halt", "manager-1", *where).err == "manager-1 is halted\n"
    assert run("lab", "swarm", "status", *where).code == 1
    with pytest.raises(OSError):
        lab.get("/health", host=HOST)
    assert run("lab", "swarm", "start", "manager-1", *where).err == "manager-1 runs\n"
    assert run("lab", "swarm", "status", *where).code == 0
    until(lambda: _answers(lab), "the gallery is back", 120)
    assert set(before) <= set(lab.docker("volume", "ls", "--quiet").split())
    until(lambda: _remembers(lab, remembered), "Redis knows what it knew", 120)
    until(lambda: _knows(lab, sample, then), "Prometheus knows what it knew", 120)


def _remembers(lab: Lab, value: str) -> bool:
    try:
        return lab.redis("get", "remembered").strip() == value
    except (ProvisionError, IndexError):  # no task of it runs yet
        return False


def _knows(lab: Lab, sample: list[dict[str, Any]], then: dict[str, str]) -> bool:
    try:
        return lab.asked("prometheus_tsdb_head_samples_appended_total", **then) == sample
    except OSError:
        return False


def _answers(lab: Lab) -> bool:
    try:
        return lab.get("/health", host=HOST)[0] == 200
    except OSError:
        return False


def test_remove_leaves_volumes_only(lab: Lab, run: Callable[..., Ran]) -> None:
    ran = run(
        "stack",
        "remove",
        "app",
        "monitor",
        "registry",
        "--project",
        ROOT,
        "--env",
        "swarm",
        "--timeout",
        "2m",
    )
    assert ran.code == 0, ran
    for kind in ("service", "config", "secret"):
        assert lab.docker(kind, "ls", "--quiet") == ""
    assert not {"app_edge", "app_inner", "monitor_watch"} & set(
        lab.docker("network", "ls", "--format", "{{.Name}}").split()
    )
    assert "app_minio" in lab.docker("volume", "ls", "--quiet")
