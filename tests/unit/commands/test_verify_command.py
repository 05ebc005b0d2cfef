"""`provision verify` as a user sees it."""

from __future__ import annotations

import json
import threading
import time

import pytest

from provision.client.prometheus import Refusal, Series
from support.commands import DASHBOARD, project, write
from support.grafana_asked import make, make_source
from support.grafana_standin import standin
from support.prometheus_standin import serving
from support.series_standin import KnownSeries, SeriesServer

UP = {"__name__": "up", "job": "shop"}


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")


def test_a_project_that_has_data(provision, shop):
    with serving(SeriesServer(KnownSeries(UP))) as url:
        ran = provision("verify", "--prometheus", url)
        assert ran.code == 0
        assert ran.out.splitlines()[:3] == [
            'dashboard "Orders"  1 data',
            'rule group "shop"  1 data',
            "2 expressions: 2 data",
        ]
        assert f"asked of {url}: " in ran.out
        assert 'panel "Rate", query A: 1 series' in provision("verify", "--prometheus", url, "-v").out
        assert provision("verify", "--prometheus", url, "-q").out == ""


def test_a_wrong_name(provision, shop):
    write(shop, {"dashboards/sales/orders.json": DASHBOARD % ("Orders", "sum(app)")})
    with serving(SeriesServer(KnownSeries(UP, {"__name__": "apps"}))) as url:
        ran = provision("verify", "--prometheus", url, "dashboards")
    assert ran.code == 1
    assert ran.out.splitlines()[:6] == [
        'dashboard "Orders"  1 unknown metric',
        '  dashboards/sales/orders.json:1: error: panel "Rate", query A: the server has never had a metric app '
        "[verify-unknown-metric]",
        f"      | {DASHBOARD % ('Orders', 'sum(app)')}"[:168] + "…",
        "    sum(app)",
        "        ^^^",
        '    did you mean "apps"?',
    ]


def test_what_is_refused_is_shown_as_it_was_asked(provision, shop):
    dashboard = {
        "title": "A",
        "panels": [{"id": 1, "type": "stat", "title": "Up", "targets": [{"refId": "A", "expr": "up $op 1"}]}],
        "templating": {"list": [{"name": "op", "type": "custom", "query": "times"}]},
    }
    write(shop, {"dashboards/sales/orders.json": json.dumps(dashboard)})
    refusal = Refusal("wrong", 'parse error: unexpected "="')
    with serving(SeriesServer(KnownSeries(UP, answers={"up times 1": refusal}))) as url:
        ran = provision("verify", "--prometheus", url)
    assert ran.code == 1
    assert 'unexpected "="' in ran.out
    assert "\n    up times 1\n" in ran.out


def test_json(provision, shop):
    write(shop, {"dashboards/sales/orders.json": DASHBOARD % ("Orders", "sum(app)")})
    with serving(SeriesServer(KnownSeries(UP, {"__name__": "apps"}))) as url:
        ran = provision("verify", "--prometheus", url, "--format", "json")
    said = json.loads(ran.out)
    assert (ran.code, said["format"], said["servers"]) == (1, "provision.verify/1", [url])
    assert said["summary"] == {"unknown-metric": 1, "data": 1}
    wrong, right = said["results"]
    assert wrong["culprit"] == {
        "text": "app",
        "start": 4,
        "end": 7,
        "metric": "app",
        "label": "",
        "value": "",
    }
    assert (wrong["status"], wrong["severity"], wrong["path"], wrong["line"]) == (
        "unknown-metric",
        "error",
        "dashboards/sales/orders.json",
        1,
    )
    assert (right["status"], right["severity"], right["series"], right["culprit"]) == ("data", None, 1, None)


WAIVED = """\
from provision.author import Alert, Group, Waive

shop = Group(
    name="shop",
    rules=[
        Alert(alert="Gone", expr='up{job="db"} == 0', waive=Waive("verify-unknown-value", reason="built next month")),
        Alert(alert="Down", expr='up{job="db"} < 1', waive=Waive("verify-empty", reason="of another kind")),
    ],
)
"""


def test_what_is_waived_or_expected_to_be_empty(provision, shop):
    (shop / "rules/shop.yml").unlink()
    write(shop, {"rules/shop.py": WAIVED})
    with serving(SeriesServer(KnownSeries(UP))) as url:
        ran = provision("verify", "--prometheus", url, "rules", "-v")
        assert ran.code == 1
        assert 'rule group "shop"  1 label value never seen, 1 waived' in ran.out
        assert "    waived: built next month [verify-unknown-value]" in ran.out
        assert 'alert "Down": no series of up has had job="db" [verify-unknown-value]' in ran.out
        assert provision("verify", "--prometheus", url, "rules", "--allow-empty").code == 0
        said = json.loads(provision("verify", "--prometheus", url, "rules", "--format", "json").out)
        assert [(each["severity"], each["waived"]) for each in said["results"]] == [
            ("error", "built next month"),
            ("error", None),
        ]


def test_how_bad_the_settings_say_it_is(provision, shop):
    text = (shop / "pyproject.toml").read_text()
    with serving(SeriesServer(KnownSeries())) as url:
        assert provision("verify", "--prometheus", url).code == 1
        write(shop, {"pyproject.toml": f'{text}[tool.provision.checks]\nverify-unknown-metric = "warning"\n'})
        ran = provision("verify", "--prometheus", url)
        assert (ran.code, ran.out.count(": warning: ")) == (0, 2)
        write(shop, {"pyproject.toml": f'{text}[tool.provision.checks]\nverify-unknown-metric = "off"\n'})
        assert provision("verify", "--prometheus", url, "-q").out == ""


def test_a_dashboard_of_any_origin_without_a_project(provision, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs = '"__inputs": [{"name": "DS_P", "type": "datasource", "pluginId": "prometheus"}], "title"'
    text = (
        (DASHBOARD % ("Shop", "up > 0"))
        .replace('"title"', inputs, 1)
        .replace('"targets"', '"datasource": "${DS_P}", "targets"')
    )
    write(tmp_path, {"down/loaded.json": text})
    with serving(SeriesServer(KnownSeries(UP))) as url:
        ran = provision("verify", "--prometheus", url, "down/loaded.json")
    assert (ran.code, ran.out.splitlines()[0]) == (0, 'dashboard "Shop"  1 data')


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_file_among_others_that_cannot_be_read(provision, tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"down/broken.json": '{"title": ', "down/shop.json": DASHBOARD % ("Shop", "up > 0")})
    with serving(SeriesServer(KnownSeries(UP))) as url:
        ran = provision("verify", "--prometheus", url, "--format", form, "down")
        alone = provision("verify", "--prometheus", url, "down/broken.json")
    if form == "text":
        assert ran.out.startswith('dashboard "Shop"  1 data\n')
    else:
        assert [each["status"] for each in json.loads(ran.out)["results"]] == ["data"]
    assert (ran.code, alone.code, alone.out) == (1, 1, "")
    assert ran.sentence.startswith("down/broken.json:1: not valid JSON")


def test_the_server_of_the_environment_or_the_settings(provision, shop, monkeypatch):
    ran = provision("verify")
    assert (ran.code, ran.sentence) == (
        2,
        "no server is named; add --prometheus URL or --grafana URL, or set PROMETHEUS_URL",
    )
    with serving(SeriesServer(KnownSeries(UP))) as url:
        monkeypatch.setenv("PROMETHEUS_URL", f"{url}/prometheus")
        assert provision("verify").code == 0
        monkeypatch.delenv("PROMETHEUS_URL")
        write(shop, {"pyproject.toml": f'[tool.provision]\nname = "shop"\nprometheus = "{url}"\n'})
        assert provision("verify").code == 0


def test_a_wrong_duration(provision, shop):
    ran = provision("verify", "--prometheus", "http://h", "--timeout", "soon")
    assert (ran.code, "'soon' is not a duration such as 500ms, 10s or 1m" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("broken", "code", "said"),
    [
        (
            (401, "no org id\n"),
            3,
            "it wants to know which tenant is meant; give --tenant NAME, or set MIMIR_TENANT_ID",
        ),
        (
            (401, "who?"),
            3,
            "it wants credentials: who?; set PROMETHEUS_TOKEN, or PROMETHEUS_USER and PROMETHEUS_PASSWORD",
        ),
        ((403, "forbidden"), 3, "isn't allowed: forbidden"),
        ((404, "404 page not found\n"), 1, "was answered with 404: 404 page not found"),
        ((200, "<html>hello"), 1, "an answer was cut short or isn't JSON"),
        ((200, {"database": "ok"}), 1, "what answers there isn't a Prometheus"),
    ],
)
def test_a_server_that_cannot_be_asked(provision, shop, broken, code, said):
    server = SeriesServer(KnownSeries(UP), broken={"/api/v1/query": broken})
    with serving(server) as url:
        ran = provision("verify", "--prometheus", url)
    assert (ran.code, said in ran.sentence) == (code, True), ran


def test_a_query_that_the_server_refuses(provision, shop):
    refused = {"up": Refusal("large", "query processing would load too many samples into memory")}
    with serving(SeriesServer(KnownSeries(UP, answers=refused))) as url:
        ran = provision("verify", "--prometheus", url, "dashboards")
    assert ran.code == 1
    assert "too many samples into memory [verify-too-many-series]" in ran.out


def test_a_broken_source(provision, shop):
    write(shop, {"rules/shop.yml": "groups: ["})
    assert provision("verify", "--prometheus", "http://127.0.0.1:1").code == 1


def test_a_tenant_below_the_path_of_another_server(provision, shop, monkeypatch):
    server = Tenants(KnownSeries(UP))
    with serving(server) as url:
        ran = provision("verify", "--prometheus", url, "--tenant", "shop")
        assert ran.code == 0
        assert f"asked of {url}/prometheus (Grafana Mimir 2.17.0): " in ran.out
        monkeypatch.setenv("MIMIR_TENANT_ID", "shop")
        assert provision("verify", "--prometheus", f"{url}/prometheus").code == 0


class Tenants(SeriesServer):
    """As Mimir: the API is below /prometheus."""

    def answer(self, method, path, query):
        if path == "/prometheus/api/v1/status/buildinfo":
            return 200, {"status": "success", "data": {"application": "Grafana Mimir", "version": "2.17.0"}}
        return (
            super().answer(method, path, query)
            if path.startswith("/prometheus")
            else (404, "404 page not found\n")
        )


@pytest.fixture(params=["12.4.0", "9.0"])
def grafana(request, provision, monkeypatch):
    """A Grafana with two data sources, and a dashboard that asks both and one that isn't there."""
    monkeypatch.setenv("GRAFANA_USER", "admin")
    monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
    with standin(request.param) as state:
        for uid, default, series in (("main", True, UP), ("other", False, {"__name__": "down"})):
            make_source(state.url, uid, default=default)
            state.behind[uid] = SeriesServer(KnownSeries(series))
        queries = (("up", None), ("down", {"uid": "other", "type": "prometheus"}), ("up", {"uid": "${source}"}), ("up", {"uid": "gone", "type": "prometheus"}))  # fmt: skip
        panels = [
            {"id": number, "type": "stat", "title": f"{expr} {number}", "datasource": source, "targets": [{"refId": "A", "expr": expr}]}
            for number, (expr, source) in enumerate(queries, 1)
        ]  # fmt: skip
        chosen = {
            "name": "source",
            "type": "datasource",
            "query": "prometheus",
            "current": {"value": "other"},
        }
        spec = {
            "uid": "shop",
            "title": "Shop",
            "schemaVersion": 39,
            "panels": panels,
            "templating": {"list": [chosen]},
        }
        make(state.url, "/api/dashboards/db", {"dashboard": spec, "overwrite": True})
        yield state


def test_the_dashboards_of_a_grafana_by_its_own_data_sources(provision, grafana, tmp_path, monkeypatch):
    monkeypatch.chdir(project(tmp_path / "shop"))
    ran = provision("verify", "--grafana", grafana.url, "--format", "json")
    assert ran.code == 1
    said = json.loads(ran.out)
    assert [(each["what"], each["status"], each["message"]) for each in said["results"]] == [
        ('panel "up 1", query A', "data", ""),
        ('panel "down 2", query A', "data", ""),
        ('panel "up 3", query A', "unknown-metric", "the server has never had a metric up"),
        ('panel "up 4", query A', "error", "there is no data source 'gone' that can be asked"),
    ]
    assert {each["path"] for each in said["results"]} == {f"{grafana.url}/d/shop"}
    assert said["servers"] == [f"data source '{name}' of {grafana.url}" for name in ("Main", "Other")]
    assert [path for method, path in grafana.writes if "datasources/proxy" in path] == []


def test_a_grafana_without_a_project(provision, grafana, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = provision("verify", "--grafana", grafana.url)
    assert (ran.code, ran.out.splitlines()[0]) == (1, 'dashboard "Shop"  2 data, 1 unknown metric, 1 error')


def test_a_data_source_of_a_grafana_that_cannot_be_asked_is_told_beside_what_the_others_have(
    provision, grafana, tmp_path, monkeypatch
):
    monkeypatch.chdir(project(tmp_path / "shop"))
    del grafana.behind["other"]
    ran = provision("verify", "--grafana", grafana.url, "--format", "json")
    assert ran.code == 1
    said = json.loads(ran.out)
    fault = f"data source 'Other' of {grafana.url}: it can't be asked: "
    assert [(each["status"], each["message"].startswith(fault)) for each in said["results"]] == [
        ("data", False),
        ("error", True),
        ("error", True),
        ("error", False),
    ]
    assert [note.startswith(fault) for note in said["notes"]].count(True) == 1
    grafana.behind.clear()
    ran = provision("verify", "--grafana", grafana.url)
    assert (ran.code, ran.out) == (1, "")


def test_data_sources_are_looked_behind_at_the_same_time(provision, grafana, tmp_path, monkeypatch):
    monkeypatch.chdir(project(tmp_path / "shop"))
    both = threading.Barrier(2)

    class Patient(SeriesServer):
        """Answers its first question once the other's was asked too."""

        waits = True

        def answer(self, method, path, query):
            if self.waits:
                self.waits = False
                both.wait(timeout=20)
            return super().answer(method, path, query)

    for uid, server in list(grafana.behind.items()):
        grafana.behind[uid] = Patient(server.known)
    ran = provision("verify", "--grafana", grafana.url)
    assert (ran.code, ran.out.splitlines()[0]) == (1, 'dashboard "Shop"  2 data, 1 unknown metric, 1 error')
    assert not both.broken


def test_a_file_by_the_data_sources_of_a_grafana(provision, grafana, tmp_path, monkeypatch):
    monkeypatch.chdir(project(tmp_path / "shop"))
    write(tmp_path, {"one.json": DASHBOARD % ("One", "up > 0")})
    ran = provision("verify", "--grafana", grafana.url, tmp_path / "one.json")
    assert (ran.code, ran.out.splitlines()[0]) == (0, 'dashboard "One"  1 data')


def test_a_grafana_without_a_prometheus(provision, grafana, tmp_path, monkeypatch):
    monkeypatch.chdir(project(tmp_path / "shop"))
    grafana.datasources.clear()
    ran = provision("verify", "--grafana", grafana.url)
    assert (ran.code, ran.sentence) == (
        1,
        f"{grafana.url}: it has no data source that speaks PromQL; add one there, or name the server that has the data "
        "with --prometheus URL",
    )


def test_what_is_too_costly_is_told_waived_and_never_told_of_in_check(provision, shop):
    text = (shop / "pyproject.toml").read_text()
    write(shop, {"pyproject.toml": f"{text}[tool.provision.checks.query-cost]\nmax_series = 1\n"})
    with serving(SeriesServer(KnownSeries(UP, {"__name__": "up", "job": "b"}, answers={"up": 2}))) as url:
        ran = provision("verify", "--prometheus", url, "dashboards", "-q")
        assert (ran.code, ran.out.splitlines()) == (0, [
            'dashboard "Orders"  1 data',
            '  dashboards/sales/orders.json:1: warning: panel "Rate", query A: it has 2 series, and 1 are allowed [query-cost]',
            "    select less, shorten its ranges, or record what it is made of",
        ])  # fmt: skip
        waivers = (
            '[[tool.provision.waivers]]\ncheck = "query-cost"\nreason = "once a day"\nof = "dashboards/**"\n'
        )
        write(
            shop, {"pyproject.toml": f"{text}{waivers}[tool.provision.checks.query-cost]\nmax_series = 1\n"}
        )
        assert provision("verify", "--prometheus", url, "dashboards", "-q").out == ""
        assert "    waived: once a day [query-cost]" in provision("verify", "--prometheus", url, "-v").out
        said = json.loads(provision("verify", "--prometheus", url, "dashboards", "--format", "json").out)
        assert said["results"][0]["remarks"] == [{
            "id": "query-cost", "severity": "warning", "waived": "once a day",
            "message": "it has 2 series, and 1 are allowed",
            "remedy": "select less, shorten its ranges, or record what it is made of",
        }]  # fmt: skip
    assert provision("check").code == 0


def test_the_tenant_is_named_in_every_question(provision, shop):
    server = SeriesServer(KnownSeries(UP))
    with serving(server) as url:
        assert provision("verify", "--prometheus", url).code == 0
        assert {each.get("x-scope-orgid") for each in server.headers} == {None}
        server.headers.clear()
        assert provision("verify", "--prometheus", url, "--tenant", "shop").code == 0
    assert len(server.headers) == len(server.requests) / 2 > 3
    assert {each.get("x-scope-orgid") for each in server.headers} == {"shop"}


ALERT = """\
groups:
  - name: shop
    rules:
      - {alert: Down, expr: up == 0}
"""


def test_how_often_alerts_would_have_fired(provision, shop):
    write(shop, {"rules/shop.yml": ALERT})
    known = KnownSeries(UP)
    minute = time.time() // 60 * 60 - 3600
    known.over["up == 0"] = (Series(UP, ((minute, 0.0), (minute + 60, 0.0), (minute + 600, 0.0))),)
    said = "it would have fired 2 times in the last 1d, for 1 series, 3m altogether"
    with serving(SeriesServer(known)) as url:
        assert "alerts-count" not in provision("verify", "--prometheus", url, "rules").out
        ran = provision("verify", "--prometheus", url, "rules", "--alerts", "1d")
        assert (ran.code, ran.out.splitlines()[:2]) == (
            0,
            [
                'rule group "shop"  1 data',
                f'  rules/shop.yml:4: info: alert "Down": {said} [alerts-count]',
            ],
        )
        assert provision("verify", "--prometheus", url, "rules", "--alerts", "1d", "-q").out == ""
        found = json.loads(
            provision("verify", "--prometheus", url, "rules", "--alerts", "1d", "--format", "json").out
        )["results"][0]
        assert found["fired"] == {"times": 2, "series": 1, "seconds": 180.0}
        assert found["remarks"] == [
            {"id": "alerts-count", "severity": "info", "waived": None, "message": said, "remedy": ""}
        ]
        text = (shop / "pyproject.toml").read_text()
        limit = '[tool.provision.checks.alerts-count]\nmax = 1\nseverity = "error"\n'
        write(shop, {"pyproject.toml": text + limit})
        ran = provision("verify", "--prometheus", url, "rules", "-q")
        assert (ran.code, f'error: alert "Down": {said}; 1 are allowed [alerts-count]' in ran.out) == (
            1,
            True,
        )
