"""Real input all the way: traffic through Traefik, scraped by a Prometheus that runs the compiled configuration and
rules, shown by every query of every reference dashboard; then errors, the alert, the Alertmanager that runs the
compiled routes, the webhook; and the recovery."""

from __future__ import annotations

import errno
import json
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from provision.client.alertmanager import Alertmanager
from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.commands.guests import collect_guests
from provision.compile.dialect.prometheus import shape_rules
from provision.compile.kinds import RULE_GROUP
from provision.lab import faults, lifecycle, ports, processes, stack, supervisor
from provision.lab.lifecycle import Started
from provision.lab.readings import readings
from provision.model import Definition, Verb, decode
from provision.project import open_project
from provision.promql.renaming import corrected
from provision.prove.verify.servers import Server
from provision.prove.verify.verdicts import Result
from provision.prove.verify.verifying import Limits, verify
from provision.ship.plan import make_plan
from provision.ship.target import prometheus as prometheus_target
from support.servers import REPOSITORY, require

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab"), pytest.mark.alone]

PATIENCE_SECONDS = 90.0
T = TypeVar("T")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("main-job") / "lab"


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[Started]:
    for name in stack.PROGRAMS:
        require(name)
    started = lifecycle.up(open_project(REPOSITORY), folder)
    yield started
    lifecycle.down(folder)


@pytest.fixture(scope="module")
def prometheus(lab: Started) -> Iterator[Prometheus]:
    with open_session(Endpoint(lab.lab.urls["Prometheus"])) as session:
        yield Prometheus(session)


@pytest.fixture
def tell_all(lab: Started, folder: Path) -> Iterator[Callable[..., None]]:
    """Sets faults in every replica; they are gone after the test."""
    urls = [url for name, url in lab.lab.urls.items() if name.startswith("faults of replica")]
    assert len(urls) == ports.REPLICAS

    token = faults.read_token(folder)

    def tell(**given: object) -> None:
        for url in urls:
            faults.set(url, token, **given)

    yield tell
    tell(error_ratio=0, slow_seconds=0, healthy=True)


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.loads(answer.read())


def wait_for(what: str, found: Callable[[], T]) -> T:
    """What `found` gives, once that is something."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (value := found()):
        assert time.monotonic() < limit, f"no {what} within {PATIENCE_SECONDS:.0f} s"
        time.sleep(0.2)
    return value


def told(lab: Started, alertname: str, receiver: str, status: str) -> dict[str, Any] | None:
    """The first such alert that was delivered to the webhook for that receiver."""
    for notification in fetch(lab.lab.urls["notifications"]):
        for alert in notification["alerts"] if notification["receiver"] == receiver else ():
            if alert["labels"]["alertname"] == alertname and alert["status"] == status:
                found: dict[str, Any] = alert
                return found
    return None


MOST_SECONDS, MOST_MIB = 30, 500
"""What the whole platform may take, without browsers: until it is up, by its own clock, and of memory."""


def test_it_is_up_soon(lab: Started) -> None:
    assert lab.lab.seconds is not None
    assert lab.lab.seconds <= MOST_SECONDS


def test_prometheus_runs_the_compiled_configuration_and_rules(lab: Started, prometheus: Prometheus) -> None:
    jobs = {"traefik", "gallery", "cadvisor", "prometheus", "alertmanager"}
    assert {target.job for target in prometheus.targets()} == jobs
    wait_for("scrape of every target", lambda: {target.health for target in prometheus.targets()} == {"up"})
    groups = [decode(item.body)["group"] for item in lab.definitions if item.kind == RULE_GROUP]
    compiled = {
        (group["name"], rule.get("alert") or rule["record"]) for group in groups for rule in group["rules"]
    }
    loaded = {(group.name, rule.name) for group in prometheus.rules() for rule in group.rules}
    assert loaded == compiled
    assert {rule.health for group in prometheus.rules() for rule in group.rules} == {"ok"}


def test_every_query_of_every_reference_dashboard_returns_data(lab: Started, prometheus: Prometheus) -> None:
    missing: dict[str, str] = {}

    def all_there() -> bool:
        found = list(readings(lab.definitions, prometheus, 1.0))
        missing.clear()
        for reading in found:
            if reading.error or reading.empty:
                why = reading.error or f"{', '.join(reading.empty)}: no data {reading.why}"
                missing[f"{reading.dashboard} / {reading.panel}"] = why
        return len(found) > 50 and not missing

    limit = time.monotonic() + PATIENCE_SECONDS
    while not all_there() and time.monotonic() < limit:
        time.sleep(0.5)
    assert missing == {}
    assert all_there(), "panels are missing"


def verified(
    definitions: Sequence[Definition], prometheus: Prometheus, guests: frozenset[str] = frozenset()
) -> tuple[Result, ...]:
    """What the lab's data says of every expression of these definitions."""
    server = Server(prometheus, "the lab")
    return verify(definitions, open_project(REPOSITORY), [server], Limits(), guests=guests).results


def test_every_expression_of_the_reference_project_is_proved(lab: Started, prometheus: Prometheus) -> None:
    wrong: dict[str, str] = {}

    def nothing_wrong() -> bool:
        results = verified(lab.definitions, prometheus)
        wrong.clear()
        wrong.update({each.asked.subject: each.verdict.message for each in results if not each.fine})
        return len(results) > 150 and not wrong

    limit = time.monotonic() + PATIENCE_SECONDS
    while not nothing_wrong() and time.monotonic() < limit:
        time.sleep(0.5)
    assert wrong == {}


OLD = {
    "__inputs": [{"name": "DS_PROMETHEUS", "type": "datasource", "pluginId": "prometheus"}],
    "title": "Traefik",
    "schemaVersion": 16,
    "templating": {
        "list": [
            {
                "name": "backend",
                "type": "query",
                "query": "label_values(traefik_backend_requests_total, backend)",
            }
        ]
    },
    "panels": [
        {
            "id": 1,
            "type": "graph",
            "title": "Requests",
            "datasource": "${DS_PROMETHEUS}",
            "targets": [
                {"refId": "A", "expr": 'sum(rate(traefik_backend_requests_total{backend=~"$backend"}[5m]))'},
                {"refId": "B", "expr": "sum(rate(traefik_entrypoint_requests_total[1m]))"},
            ],
        }
    ],
}
"""A dashboard for Traefik 1, as one finds them: no panel of it shows anything, and none an error."""


def test_an_imported_dashboard_with_old_names_is_told_what_to_ask(
    lab: Started, prometheus: Prometheus, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text(json.dumps(OLD))
    guests, definitions, problems = collect_guests([tmp_path / "old.json"], tmp_path)
    assert problems == ()
    found = {each.asked.what: each.verdict for each in verified(definitions, prometheus, guests)}
    assert {what: verdict.status for what, verdict in found.items()} == {
        'panel "Requests", query A': "unknown-metric",
        'panel "Requests", query B': "data",
        "variable $backend": "unknown-metric",
    }
    verdict = found['panel "Requests", query A']
    assert verdict.remedy == 'did you mean "traefik_service_requests_total" (renamed in Traefik 2.0)?'
    better = corrected(OLD["panels"][0]["targets"][0]["expr"], verdict.renames)  # type: ignore[index]
    assert better is not None
    assert better.text == 'sum(rate(traefik_service_requests_total{service=~"$backend"}[5m]))'


def test_a_healthy_lab_is_quiet(lab: Started, prometheus: Prometheus) -> None:
    wait_for("full alert window", lambda: prometheus.query(f"min(count_over_time(up[{stack.WINDOW}])) >= 10"))
    # Pages only: on a busy machine a few answers are slow enough for a ticket.
    firing = prometheus.query('ALERTS{alertstate="firing", severity="page"}')
    assert {sample.labels["alertname"] for sample in firing} == set()
    assert [item for item in fetch(lab.lab.urls["notifications"]) if item["receiver"] == "pages"] == []


def test_errors_fire_an_alert_that_is_delivered_and_recovery_resolves_it(
    lab: Started, prometheus: Prometheus, tell_all: Callable[..., None]
) -> None:
    tell_all(error_ratio=0.5)
    alert = wait_for("page", lambda: told(lab, "TraefikErrorBudgetBurn", "pages", "firing"))
    assert alert["labels"]["severity"] == "page"
    assert alert["labels"]["entrypoint"] in ("web", "websecure")
    assert "fail" in alert["annotations"]["summary"]
    assert alert["annotations"]["runbook_url"].endswith("/TraefikErrorBudgetBurn.md")
    assert prometheus.query('ALERTS{alertname="TraefikErrorBudgetBurn", alertstate="firing"}')
    tell_all(error_ratio=0)
    wait_for("resolved page", lambda: told(lab, "TraefikErrorBudgetBurn", "pages", "resolved"))
    high = 'ALERTS{alertname="TraefikErrorRatioHigh", alertstate="firing"}'
    wait_for("end of the high ratio", lambda: not prometheus.query(high))


def test_slow_answers_fire_the_average_response_time(lab: Started, tell_all: Callable[..., None]) -> None:
    tell_all(slow_seconds=0.4)
    wait_for("page", lambda: told(lab, "average_response_time", "pages", "firing"))
    tell_all(slow_seconds=0)
    wait_for("resolved page", lambda: told(lab, "average_response_time", "pages", "resolved"))


def test_a_replica_that_is_unwell_is_told_as_a_ticket(lab: Started, folder: Path) -> None:
    url = lab.lab.urls["faults of replica 2"]
    token = faults.read_token(folder)
    faults.set(url, token, healthy=False)
    alert = wait_for("ticket", lambda: told(lab, "TraefikBackendDown", "tickets", "firing"))
    assert alert["labels"]["url"] == url.removesuffix("/admin/faults")
    faults.set(url, token, healthy=True)
    wait_for("resolved ticket", lambda: told(lab, "TraefikBackendDown", "tickets", "resolved"))


def test_alertmanager_runs_the_compiled_routes(lab: Started) -> None:
    with open_session(Endpoint(lab.lab.urls["Alertmanager"])) as session:
        text = Alertmanager(session).status().config
    assert "receiver: pages" in text
    assert "receiver: tickets" in text
    assert "TraefikTrafficVanished" in text


def test_pushing_again_writes_nothing(lab: Started, folder: Path) -> None:
    endpoint, rules_dir = Endpoint(lab.lab.urls["Prometheus"]), folder / "prometheus" / "rules"
    target = prometheus_target.connect(endpoint, rules_dir)
    plan = make_plan(shape_rules(lab.definitions, target.dialect), target, "reference")
    assert {action.verb for action in plan.actions} == {Verb.KEEP}
    assert len(plan.actions) == len(list(rules_dir.glob("*.yml"))) > 1


def mib(process: processes.Process) -> float:
    """The memory of a process, with its part of what it shares with others (PSS)."""
    lines = (Path("/proc") / str(process.pid) / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def test_it_takes_little_memory_after_all_that(lab: Started, folder: Path) -> None:
    found = {process.pid: mib(process) for process in supervisor.running(folder, lab.lab)}
    assert len(found) >= len(lab.lab.processes)
    assert sum(found.values()) < MOST_MIB, found


def test_afterwards_nothing_is_left(lab: Started, folder: Path) -> None:
    assert lifecycle.status(folder).condition == "running"
    assert lifecycle.ended(folder, lab.lab) == ""
    there = at_home_in(folder)
    assert {process.pid for process in there} >= {entry.pid for entry in lab.lab.processes}
    assert lifecycle.down(folder)
    assert at_home_in(folder) | {each for each in there if processes.alive(each)} == set()
    for url in (*lab.lab.urls.values(), *(entry.url for entry in lab.lab.processes if entry.url)):
        with socket.socket() as nobody:
            assert nobody.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == errno.ECONNREFUSED
    assert not folder.exists()
    assert [path for path in lab.lab.made if Path(path).exists()] == []


def at_home_in(folder: Path) -> set[processes.Process]:
    """The processes whose working directory is that folder: another trace than those that a lab's end follows."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (process := processes.identify(int(entry.name))) is not None:
            with suppress(OSError):  # it has just ended
                if (entry / "cwd").readlink().is_relative_to(folder.resolve()):
                    found.add(process)
    return found
