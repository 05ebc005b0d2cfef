"""`provision push --verify`."""

from __future__ import annotations

import pytest

from support.commands import DASHBOARD, write
from support.grafana_asked import make_source
from support.grafana_standin import standin
from support.prometheus_standin import serving
from support.series_standin import KnownSeries, SeriesServer

UP = {"__name__": "up", "job": "shop"}
WAIVED = '[[tool.provision.waivers]]\ncheck = "verify-unknown-metric"\nreason = "built next month"\nof = "dashboards/*"\n'


@pytest.fixture
def grafana(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("GRAFANA_USER", "admin")
    monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
    with standin("12.4.0") as state:
        yield state


def test_what_has_data_is_pushed(provision, shop, grafana, monkeypatch):
    with serving(SeriesServer(KnownSeries(UP))) as url:
        monkeypatch.setenv("PROMETHEUS_URL", url)
        ran = provision("push", "--grafana", grafana.url, "--verify")
    assert (ran.code, bool(grafana.writes)) == (0, True), ran


def test_what_cannot_show_data_is_not_pushed(provision, shop, grafana, monkeypatch):
    with serving(SeriesServer(KnownSeries({"__name__": "ups"}))) as url:
        monkeypatch.setenv("PROMETHEUS_URL", url)
        ran = provision("push", "--grafana", grafana.url, "--verify")
        assert ran.code == 1
        assert "the server has never had a metric up [verify-unknown-metric]" in ran.err
        assert ran.err.splitlines()[-1] == (
            "Error: 1 expression in what is to be written can't show data, so nothing is written; mend them, or waive "
            "what may be so"
        )
        assert grafana.writes == []
        assert provision("push", "--grafana", grafana.url, "--verify", "--allow-empty").code == 1
        write(shop, {"pyproject.toml": (shop / "pyproject.toml").read_text() + WAIVED})
        assert provision("push", "--grafana", grafana.url, "--verify").code == 0
    assert grafana.writes != []


def test_what_is_empty_until_something_is_wrong(provision, shop, grafana, monkeypatch):
    write(shop, {"dashboards/sales/orders.json": DASHBOARD % ("Orders", "up{job='db'}")})
    with serving(SeriesServer(KnownSeries(UP))) as url:
        monkeypatch.setenv("PROMETHEUS_URL", url)
        refused = provision("push", "--grafana", grafana.url, "--verify")
        assert refused.code == 1
        assert refused.err.endswith(
            "mend them, waive what may be so, or give --allow-empty for what is empty until something is wrong\n"
        )
        assert provision("push", "--grafana", grafana.url, "--verify", "--allow-empty").code == 0
    ran = provision("push", "--grafana", grafana.url, "--allow-empty")
    assert (ran.code, ran.sentence) == (2, "--allow-empty belongs to --verify")


def test_what_the_rules_record_may_be_missing_before_they_run(provision, shop, grafana, monkeypatch):
    write(shop, {"dashboards/sales/orders.json": DASHBOARD % ("Orders", "job:up:sum")})
    with serving(SeriesServer(KnownSeries(UP))) as url:
        monkeypatch.setenv("PROMETHEUS_URL", url)
        ran = provision("push", "--grafana", grafana.url, "--verify")
        assert provision("verify", "--prometheus", url).code == 1
    assert ran.code == 0
    assert (
        'warning: panel "Rate", query A: the server has no metric job:up:sum yet: rules/shop.yml:1 records it'
        in ran.err
    )
    assert "    it is there once the rules are pushed and evaluated\n" in ran.err


def test_the_data_source_of_the_grafana_itself_is_asked(provision, shop, grafana):
    make_source(grafana.url, "p", default=True)
    grafana.behind["p"] = SeriesServer(KnownSeries(UP))
    elsewhere = (DASHBOARD % ("Orders", "up")).replace(
        '"targets"', '"datasource": {"type": "prometheus", "uid": "new"}, "targets"'
    )
    write(shop, {"dashboards/sales/orders.json": elsewhere})
    assert provision("push", "--grafana", grafana.url, "--verify", "--dry-run").code == 0
    assert provision("push", "--grafana", grafana.url, "--verify").code == 0
    grafana.behind["p"] = SeriesServer(KnownSeries())
    write(shop, {"dashboards/sales/orders.json": elsewhere.replace("Orders", "Sales")})
    assert provision("push", "--grafana", grafana.url, "--verify").code == 1


def test_a_server_that_is_not_there(provision, shop, grafana, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_URL", "http://127.0.0.1:1")
    ran = provision("push", "--grafana", grafana.url, "--verify")
    assert (ran.code, grafana.writes) == (1, [])
    assert ran.sentence.endswith(
        "nothing listens there (connection refused); start the server or check the port"
    )


def test_nothing_is_asked_where_nothing_is_written(provision, shop, grafana, monkeypatch):
    assert provision("push", "--grafana", grafana.url).code == 0
    monkeypatch.setenv("PROMETHEUS_URL", "http://127.0.0.1:1")
    assert provision("push", "--grafana", grafana.url, "--verify").code == 0
