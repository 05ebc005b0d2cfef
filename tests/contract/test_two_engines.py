"""One alert, two engines: a table of scenarios that a real Prometheus evaluates, and a real Grafana when `GRAFANA_URL`
names one (with `GRAFANA_USER` and `GRAFANA_PASSWORD` of an administrator; it must reach this machine's loopback
address). Both must fire for the same series, with the same labels and texts."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from provision.author import (
    Alert,
    ContactPoint,
    Datasource,
    Group,
    Integration,
    Receiver,
    Record,
    Route,
    Secret,
    Webhook,
)
from provision.client.session import Credentials, Endpoint
from provision.compile.assemble import assemble
from provision.compile.collect import collect_python
from provision.compile.dialect import grafana as grafana_dialect
from provision.compile.dialect import prometheus as prometheus_dialect
from provision.model import Definition, Place
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import grafana
from support import servers

REAL = os.environ.get("GRAFANA_URL")
OWNER = "two-engines"
FOLDER = "two-engines"
UNTIL_SECONDS = {"prometheus": 20, "grafana": 60}
"""How long what fires for a while does: Grafana's first evaluation comes within 20 s, Prometheus' within 2."""

PATIENCE_SECONDS = 150
ADDED = ("grafana_folder", "datasource_uid", "ref_id")
"""Labels that Grafana adds to every alert, and annotations that it adds to one that it keeps firing."""

Instance = tuple[str, frozenset[tuple[str, str]], frozenset[tuple[str, str]]]
"""State (`pending` or `firing`), labels without the alert's name, annotations."""


def series(value: str, **labels: str) -> str:
    """An expression that returns one series with that value."""
    expr = f"vector({value})"
    for name, text in labels.items():
        expr = f'label_replace({expr}, "{name}", "{text}", "", "")'
    return expr


def said(state: str = "firing", labels: dict[str, str] | None = None, **annotations: str) -> Instance:
    return state, frozenset((labels or {}).items()), frozenset(annotations.items())


@dataclass(frozen=True)
class Scenario:
    """An alert, what both engines say of it, and what they say once `UNTIL` has passed (none: the same)."""

    alert: Callable[[float], Alert]
    now: tuple[Instance, ...]
    later: tuple[Instance, ...] | None = None


def always(expr: str, *instances: Instance, **fields: Any) -> Scenario:
    return Scenario(lambda _: Alert("placeholder", expr, **fields), instances)


def for_a_while(expr: str, now: tuple[Instance, ...], later: tuple[Instance, ...], **fields: Any) -> Scenario:
    """`UNTIL` in the expression is the moment that the scenario is about, in seconds since 1970."""
    return Scenario(
        lambda until: Alert("placeholder", expr.replace("UNTIL", f"{until:.0f}"), **fields), now, later
    )


VALUE = {"summary": "{{ $value }}"}
TARGETS = [{"job": "gone", "instance": f"127.0.0.1:{port}", "zone": "a"} for port in (1, 2)]

SCENARIOS: dict[str, Scenario] = {
    # ── values ───────────────────────────────────────────────────────────────
    "one": always("vector(1)", said(summary="1"), **VALUE),
    "zero": always("vector(0)", said(summary="0"), **VALUE),
    "negative": always(series("-1.5"), said(summary="-1.5"), **VALUE),
    "not a number": always("vector(0) / 0", said(summary="NaN"), **VALUE),
    "infinite": always("vector(1) / 0", said(summary="+Inf"), **VALUE),
    "infinitely negative": always("vector(-1) / 0", said(summary="-Inf"), **VALUE),
    "large": always("vector(1234567890)", said(summary="1.23456789e+09"), **VALUE),
    "a number": always("1", said(summary="1"), **VALUE),
    "absent": always('absent(nothing{job="shop", path=~"/x"})', said(labels={"job": "shop"}, summary="1"), **VALUE),
    "nothing": always("vector(1) > 5", **VALUE),
    "a metric that isn't there": always("nothing_of_that_name", **VALUE),
    # ── series and labels ────────────────────────────────────────────────────
    "several series of value 0": always(
        'up{job="gone"} == 0', *(said(labels=labels, summary=f"{labels['instance']} of gone") for labels in TARGETS),
        summary="{{ $labels.instance }} of {{ .Labels.job }}",
    ),
    "the name of a metric": always("sum by (job) (up) or up", *(
        said(labels=labels) for labels in (*TARGETS, {"job": "gone"}) ),
    ),
    "an alert's label wins": always(
        series("1", severity="theirs", job="shop"), said(labels={"severity": "page", "job": "shop"}), severity="page",
    ),
    "an empty label": always(series("1", job="shop"), said(labels={"job": "shop"}), labels={"team": ""}),
    "a label of the group": always("vector(1)", said(labels={"of": "the group", "env": "own"}), labels={"env": "own", "of": "the group"}),
    "a label that is a template": always(
        series("1", job="shop"), said(labels={"job": "shop", "queue": "shop-1"}), labels={"queue": "{{ $labels.job }}-{{ $value }}"},
    ),
    # ── texts ────────────────────────────────────────────────────────────────
    "a label that isn't there": always("vector(1)", said(summary="[]"), summary="[{{ $labels.nothing }}]"),
    "humanised": always(
        "vector(1234567.8)", said(a="1.235M", b="1.177Mi", c="14d 6h 56m 7s", d="1.235e+08%", e="1970-01-15 06:56:07.8 +0000 UTC"),
        annotations={
            "a": "{{ $value | humanize }}", "b": "{{ humanize1024 .Value }}", "c": "{{ $value | humanizeDuration }}",
            "d": "{{ $value | humanizePercentage }}", "e": "{{ $value | humanizeTimestamp }}",
        },
    ),
    "formatted": always(
        series("0.123456", job="shop"), said(labels={"job": "shop"}, a="12.3 %", b="SHOP", c="small", d="a shop", e="shop"),
        annotations={
            "a": "{{ printf \"%.1f\" 12.3456 }} %", "b": "{{ $labels.job | toUpper }}", "c": "{{ if gt $value 0.5 }}big{{ else }}small{{ end }}",
            "d": '{{ reReplaceAll "^" "a " $labels.job }}', "e": "{{ with $labels.job }}{{ . }}{{ end }}",
        },
    ),
    "a number formatted": always("vector(0.123456)", said(summary="0.12"), summary='{{ printf "%.2f" $value }}'),
    "every field of an alert": always(
        "vector(1)", said(labels={"severity": "page"}, summary="s", description="d", runbook_url="https://e.org/r", dashboard_url="https://e.org/d"),
        severity="page", summary="s", description="d", runbook_url="https://e.org/r", dashboard_url="https://e.org/d",
    ),
    # ── time ─────────────────────────────────────────────────────────────────
    "not for long enough": always("vector(1)", said("pending"), for_="1h"),
    "over": for_a_while("vector(1) and on () (vector(time()) < UNTIL)", (said(),), ()),
    "over, and kept firing": for_a_while("vector(1) and on () (vector(time()) < UNTIL)", (said(),), (said(),), keep_firing_for="1h"),
    "over, and was pending": for_a_while("vector(1) and on () (vector(time()) < UNTIL)", (said("pending"),), (), for_="1h"),
    "one of two series is over": for_a_while(
        f"({series('1', a='goes')} and on () (vector(time()) < UNTIL)) or {series('1', a='stays')}",
        (said(labels={"a": "goes"}), said(labels={"a": "stays"})), (said(labels={"a": "stays"}),),
    ),
    "for, then firing": for_a_while(
        "vector(1) and on () (vector(time()) > UNTIL)", (), (said(),), for_="1s",
    ),
    "another value": for_a_while(
        "(vector(1) and on () (vector(time()) < UNTIL)) or vector(2)", (said(summary="1"),), (said(summary="2"),), **VALUE,
    ),
}  # fmt: skip


# ── two engines ──────────────────────────────────────────────────────────────


@dataclass
class Engine:
    """Something that evaluates the table, and what it says of each alert by its name."""

    name: str
    prometheus: str
    says: Callable[[], dict[str, frozenset[Instance]]]
    until: float

    def wait(self, wanted: dict[str, frozenset[Instance]]) -> dict[str, frozenset[Instance]]:
        """What it says once that is what is wanted, or patience has run out."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while (found := self.says()) != wanted and time.monotonic() < limit:
            time.sleep(0.5)
        return found


def rules(until: float, engine: str) -> list[Alert | Record]:
    return [
        *(_named(name, scenario.alert(until)) for name, scenario in SCENARIOS.items()),
        Record(f"job:up:{engine}", "sum by (job) (up) + 3", labels={"of": "the record"}),
    ]


def _named(name: str, alert: Alert) -> Alert:
    fields = {
        each: getattr(alert, each) for each in Alert.__dataclass_fields__ if each not in ("alert", "where")
    }
    return Alert(name, **fields)


def definitions(prometheus_url: str, until: float, engine: str) -> tuple[Definition, ...]:
    group = Group("table", rules(until, engine), interval="10s", folder=FOLDER)
    source = Datasource(
        "Two engines", uid=OWNER, url=prometheus_url, json_data={"prometheusType": "Prometheus"}
    )
    made = collect_python(
        "rules/table.py", {"g": group, "s": source}, {"g": 1, "s": 2}, lambda _: Place("rules/table.py")
    )
    assert made.problems == []
    return assemble(made.definitions)[0]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("prometheus")
    until = time.time() + UNTIL_SECONDS["prometheus"]
    group = [one for one in definitions("http://unused", until, "prometheus") if one.kind == "rule-group"]
    (file,) = prometheus_dialect.shape_rules(group, prometheus_dialect.PrometheusDialect())
    text = prometheus_dialect.rule_file_bytes(file, OWNER).replace(b"interval: 10s", b"interval: 1s")
    (folder / "rules.yml").write_bytes(text)
    (folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "gone", "static_configs": [
            {"targets": ["127.0.0.1:1", "127.0.0.1:2"], "labels": {"zone": "a"}}]}],
    }))  # fmt: skip
    with servers.prometheus(folder, "--web.enable-remote-write-receiver") as url:

        def says() -> dict[str, frozenset[Instance]]:
            found = _get(f"{url}/api/v1/rules")["data"]["groups"]
            return {
                rule["name"]: frozenset(
                    (one["state"], *_texts(rule["name"], one)) for one in rule["alerts"]
                )
                for group in found for rule in group["rules"] if rule["type"] == "alerting"
            }  # fmt: skip

        yield Engine("prometheus", url, says, until)


@pytest.fixture(scope="module")
def grafana_engine(prometheus: Engine) -> Iterator[Engine]:
    if not REAL:
        pytest.skip("GRAFANA_URL names no Grafana to run against")
    until = time.time() + UNTIL_SECONDS["grafana"]
    user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
    endpoint = Endpoint(REAL.rstrip("/"), Credentials(user=user, password=password))
    target = grafana.connect(endpoint, owner=OWNER)
    settings = grafana_dialect.GrafanaSettings(alerting=True)

    def push(*wanted: Definition, prune: bool = False) -> list[Any]:
        desired = grafana_dialect.shape(wanted, target.dialect, settings=settings)
        plan = make_plan(desired, target, OWNER, prune=prune)
        outcomes = list(apply(plan, target))
        assert [one for one in outcomes if one.status != "done"] == []
        return outcomes

    def says() -> dict[str, frozenset[Instance]]:
        query = urllib.parse.urlencode({"folder_uid": FOLDER})
        found = _get(f"{REAL}/api/prometheus/grafana/api/v1/rules?{query}", user, password)["data"]["groups"]
        return {
            rule["name"]: frozenset(
                (state, *_texts(rule["name"], one))
                for one in rule.get("alerts") or ()
                if (state := _state(one["state"]))
            )
            for group in found for rule in group["rules"] if rule["type"] == "alerting"
        }  # fmt: skip

    given = definitions(prometheus.prometheus, until, "grafana_engine")
    try:
        assert push(*given)
        assert push(*given) == []  # what was pushed is what is read back
        yield Engine("grafana_engine", prometheus.prometheus, says, until)
    finally:
        push(prune=True)
        target.close()


def _state(said_: str) -> str:
    """Grafana's word for a state in Prometheus' terms; empty for none."""
    word = said_.partition(" ")[0]
    return {"Alerting": "firing", "Recovering": "firing", "Pending": "pending"}.get(word, "")


def _texts(name: str, alert: dict[str, Any]) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    labels = {key: value for key, value in alert["labels"].items() if key not in ADDED}
    assert labels.pop("alertname") == name
    return frozenset(labels.items()), frozenset(
        (key, value) for key, value in (alert.get("annotations") or {}).items() if key not in ADDED
    )


def _get(url: str, user: str = "", password: str = "") -> Any:
    request = urllib.request.Request(url)
    if user:
        request.add_header(
            "Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wanted(when: str) -> dict[str, frozenset[Instance]]:
    return {
        name: frozenset(scenario.now if when == "now" or scenario.later is None else scenario.later)
        for name, scenario in SCENARIOS.items()
    }


def recorded(engine: Engine) -> list[tuple[dict[str, str], str]]:
    query = urllib.parse.urlencode({"query": f"job:up:{engine.name}"})
    found = _get(f"{engine.prometheus}/api/v1/query?{query}")["data"]["result"]
    return [(one["metric"], one["value"][1]) for one in found]


ENGINES = ["prometheus", "grafana_engine"]


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(request.param)


@pytest.mark.xdist_group("two-engines")
def test_what_fires_now(engine: Engine) -> None:
    assert engine.wait(wanted("now")) == wanted("now")
    assert time.time() < engine.until, "it took longer than what fires for a while does"


@pytest.mark.xdist_group("two-engines")
def test_what_fires_later(engine: Engine) -> None:
    assert engine.wait(wanted("later")) == wanted("later")


@pytest.mark.xdist_group("two-engines")
def test_what_is_recorded(engine: Engine) -> None:
    name = f"job:up:{engine.name}"
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (found := recorded(engine)) and time.monotonic() < limit:
        time.sleep(0.5)
    assert found == [({"__name__": name, "job": "gone", "of": "the record"}, "3")]


# ── who is told ──────────────────────────────────────────────────────────────


@contextmanager
def listening() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The address of a webhook, and what it has been told: path, user and password, and each firing alert."""
    told: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            user = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            told.extend((self.path, user, alert["labels"]["alertname"]) for alert in body["alerts"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", told
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.xdist_group("two-engines")
def test_alerts_reach_whom_the_project_s_routes_name(prometheus: Engine) -> None:
    if not REAL:
        pytest.skip("GRAFANA_URL names no Grafana to run against")
    user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
    endpoint = Endpoint(REAL.rstrip("/"), Credentials(user=user, password=password))
    owner = f"{OWNER}-told"
    target = grafana.connect(endpoint, owner=owner, environ={"HOOK": "hush"})
    with listening() as (hook, told):
        # Grafana remembers for hours whom it has told of an alert: each run has alerts of its own.
        run = {"run": uuid4().hex}
        page, ticket = (Alert(name, "vector(1)", severity=name, labels=run) for name in ("page", "ticket"))
        given = {
            "g": Group("told", [page, ticket], interval="10s", folder=owner),
            "s": Datasource("Told", uid=owner, url=prometheus.prometheus),
            "pages": Receiver("told-pages", webhooks=[Webhook(f"{hook}/pages")]),
            "tickets": ContactPoint("told-tickets", [
                Integration("webhook", {"url": f"{hook}/tickets", "username": "u"}, {"password": Secret.env("HOOK")}),
            ]),
            "root": Route(receiver="told-pages", group_by=["alertname"], group_wait="1s", group_interval="10s",
                          routes=[Route(receiver="told-tickets", matchers=['severity="ticket"'])]),
        }  # fmt: skip
        made = collect_python(
            "rules/told.py", given, dict.fromkeys(given, 1), lambda _: Place("rules/told.py")
        )
        assert made.problems == []
        settings = grafana_dialect.GrafanaSettings(alerting=True)

        def push(wanted: tuple[Definition, ...]) -> list[str]:
            desired = grafana_dialect.shape(wanted, target.dialect, settings=settings)
            plan = make_plan(desired, target, owner, prune=True)
            return [outcome.status for outcome in apply(plan, target)]

        try:
            given_twice = assemble(made.definitions)[0]
            assert set(push(given_twice)) == {"done"}
            assert push(given_twice) == []
            wanted_told = {("/pages", "", "page"), ("/tickets", "u:hush", "ticket")}
            limit = time.monotonic() + PATIENCE_SECONDS
            while set(told) != wanted_told and time.monotonic() < limit:
                time.sleep(0.5)
            assert set(told) == wanted_told
        finally:
            push(())
            target.close()
