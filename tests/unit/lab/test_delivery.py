from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from provision.client.endpoint import Credentials, Endpoint
from provision.client.prometheus import LoadedGroup, LoadedRule, Sample, ScrapeTarget
from provision.compile.dialect.prometheus import PrometheusDialect
from provision.errors import NotAllowed, ProvisionError
from provision.lab import contained, delivery
from provision.model import Action, Definition, Live, Outcome, Place, Resource, encode
from support.grafana_standin import standin

URL = "http://127.0.0.1:9090"
RULES = Definition(
    "rule-group",
    "one.yml/a",
    encode(
        {"file": "one.yml", "index": 0, "group": {"name": "a", "rules": [{"record": "x:y:z", "expr": "up"}]}}
    ),
    Place("rules/one.py", 1),
)


class Target:
    """A target that holds nothing; every write comes out as it is told."""

    name, identity, order, marks = (
        "test target",
        "test",
        ("rule-file", "alertmanager-config"),
        frozenset({"rule-file"}),
    )
    dialect = PrometheusDialect()

    def __init__(self, status: str = "done", message: str = "") -> None:
        self.written: list[str] = []
        self._answer = (status, message)

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        return iter(())

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        return live

    def begin(self, plan):
        pass

    def write(self, batch: Sequence[Action], owner: str) -> Iterator[Outcome]:
        for action in batch:
            self.written.append(f"{owner}: {action.kind} {action.key}")
            yield Outcome(action, self._answer[0], self._answer[1])  # type: ignore[arg-type]


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Target:
    target = Target()
    monkeypatch.setattr(delivery.prometheus, "connect", lambda *_, **__: target)
    monkeypatch.setattr(delivery.alertmanager, "connect", lambda *_, **__: target)
    return target


def test_rules_and_routes_go_the_ordinary_way(target: Target, tmp_path: Path) -> None:
    assert delivery.push_rules(URL, tmp_path, (RULES,), "test", tmp_path) == 1
    routing = Resource("alertmanager-config", "root", b"{}")
    delivery.push_routes(URL, tmp_path / "alertmanager.yml", routing, "test", tmp_path)
    assert target.written == ["test: rule-file one.yml", "test: alertmanager-config root"]


def test_what_is_refused_is_told(target: Target, tmp_path: Path) -> None:
    target._answer = ("failed", "parse error")
    with pytest.raises(ProvisionError, match="^test target: one.yml: parse error$"):
        delivery.push_rules(URL, tmp_path, (RULES,), "test", tmp_path)


BOARD = Definition(
    "dashboard",
    "one",
    encode({"folder": "", "spec": {"title": "One", "uid": "one", "panels": []}}),
    Place("a.py", 1),
)


def test_dashboards_go_the_ordinary_way_and_are_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    with standin() as server:
        endpoint = Endpoint(server.url, Credentials(user="admin", password="admin"))
        delivery.require_grafana(endpoint)
        shown = (BOARD, *contained.shown([], URL))
        pages = delivery.push_dashboards(endpoint, shown, "shop lab")
        assert pages == {"One": f"{server.url}/d/one/one"}
        writes = [request for request in server.requests if request[0] != "GET"]
        assert delivery.push_dashboards(endpoint, shown, "shop lab") == pages
        assert [request for request in server.requests if request[0] != "GET"] == writes
        others = contained.shown([BOARD], "http://127.0.0.1:9091")
        with pytest.raises(ProvisionError) as caught:
            delivery.push_dashboards(endpoint, tuple(others), "shop")
        assert str(caught.value) == (
            f"grafana {server.url}: data source \"Prometheus\": it belongs to 'shop lab'"
        )
        assert [request for request in server.requests if request[0] != "GET"] == writes


def test_a_grafana_that_wants_other_credentials_is_told_before_anything_is_started() -> None:
    with standin() as server:
        with pytest.raises(NotAllowed):
            delivery.require_grafana(Endpoint(server.url, Credentials(user="admin", password="wrong")))


class Server:
    """A Prometheus that is further at each look."""

    def __init__(self, *stages: str) -> None:
        self.stages = list(stages)

    def targets(self) -> tuple[ScrapeTarget, ...]:
        self.stage = self.stages.pop(0) if self.stages else "done"
        health = "unknown" if self.stage == "unscraped" else "up"
        return (ScrapeTarget("one", "http://127.0.0.1:1/metrics", {}, health, ""),)

    def query(self, _expr: str) -> tuple[Sample, ...]:
        if self.stage == "empty":
            return ()
        return (Sample({}, 1.0 if self.stage == "young" else 6.0, 0.0),)

    def rules(self) -> tuple[LoadedGroup, ...]:
        health = "unknown" if self.stage == "unevaluated" else "ok"
        rule = LoadedRule("record", "x:y:z", "up", {}, 0, health)
        return (LoadedGroup("one.yml", "a", 1.0, (rule,)),)


def settle(monkeypatch: pytest.MonkeyPatch, server: Server, seconds: float = 60) -> None:
    monkeypatch.setattr(delivery, "Prometheus", lambda _: server)
    monkeypatch.setattr(delivery, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(delivery, "SETTLE_SECONDS", seconds)
    delivery.settle(URL)


def test_it_waits_for_scrapes_and_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("unscraped", "empty", "young", "unevaluated")
    settle(monkeypatch, server)
    assert server.stages == []
    assert server.stage == "done"


@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        ("unscraped", "http://127.0.0.1:1/metrics isn't scraped"),
        ("young", "not every target is scraped a few times"),
        ("unevaluated", "x:y:z isn't evaluated"),
    ],
)
def test_what_is_waited_for_in_vain_is_told(
    monkeypatch: pytest.MonkeyPatch, stage: str, missing: str
) -> None:
    with pytest.raises(ProvisionError, match=f"^{URL}: {missing} after -?0 s$"):
        settle(monkeypatch, Server(*[stage] * 100000), seconds=0.001)
