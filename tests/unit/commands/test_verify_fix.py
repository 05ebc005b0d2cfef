"""`provision verify --fix` as a user sees it."""

from __future__ import annotations

import json

import pytest

from support.commands import write
from support.prometheus_standin import serving
from support.series_standin import KnownSeries, SeriesServer

REQUESTS = {
    "__name__": "traefik_service_requests_total",
    "job": "traefik",
    "service": "web@swarm",
    "code": "200",
}
UP = {"__name__": "up", "job": "shop"}
DISK = {"__name__": "node_disk_io_time_seconds_total", "device": "sda"}

RULES = """\
from provision.author import Alert, Group, Record

COUNTER = "traefik_backend_requests_total"


def rate(by):
    return f"sum by ({by}) (rate({COUNTER}[5m]))"


shop = Group(
    name="shop",
    rules=[
        Record(record="backend:requests:rate5m", expr=rate("backend")),
        Alert(
            alert="Flood",
            expr="backend:requests:rate5m{backend!='api'} > 100",
            severity="page",
            summary="{{ $labels.backend }} is flooded",
        ),
        # The old traefik_backend_requests_total is no name to keep.
        Alert(alert="Busy", expr="rate(node_disk_io_time_ms[5m]) > 900", severity="page"),
    ],
)
"""

BOARD = {
    "title": "Traefik 1",
    "schemaVersion": 39,
    "templating": {
        "list": [
            {
                "name": "backend",
                "type": "query",
                "definition": "label_values(traefik_backend_requests_total, backend)",
                "query": "label_values(traefik_backend_requests_total, backend)",
                "regex": '/backend="(.*)"/',
            }
        ]
    },
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Requests by backend",
            "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
            "targets": [
                {
                    "refId": "A",
                    "expr": 'sum by (backend) (rate(traefik_backend_requests_total{backend=~"$backend"}[5m]))',
                    "legendFormat": "{{backend}}",
                }
            ],
        }
    ],
}


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def traefik(shop):
    for path in ("rules/shop.yml", "dashboards/sales/orders.json"):
        (shop / path).unlink()
    return write(
        shop, {"rules/shop.py": RULES, "dashboards/traefik.json": json.dumps(BOARD, indent=4) + "\n"}
    )


def test_sources_are_corrected_and_the_difference_is_shown(provision, traefik):
    with serving(SeriesServer(KnownSeries(UP, REQUESTS, DISK))) as url:
        ran = provision("verify", "--prometheus", url, "--fix", "-q")
        assert (ran.code, ran.err) == (0, "")
        assert '\n+COUNTER = "traefik_service_requests_total"\n' in ran.out
        assert ran.out.endswith("5 expressions corrected in 2 files\n")
        rules = (traefik / "rules/shop.py").read_text()
        assert rules == (
            RULES.replace('COUNTER = "traefik_backend', 'COUNTER = "traefik_service')
            .replace('rate("backend")', 'rate("service")')
            .replace("{backend!=", "{service!=")
            .replace("$labels.backend", "$labels.service")
            .replace("rate(node_disk_io_time_ms[5m])", "rate(node_disk_io_time_seconds_total[5m]) * 1000")
        )
        board = (traefik / "dashboards/traefik.json").read_text()
        assert (
            board
            == json.dumps(BOARD, indent=4)
            .replace("traefik_backend_", "traefik_service_")
            .replace("total, backend)", "total, service)")
            .replace('/backend=\\"', '/service=\\"')
            .replace("sum by (backend)", "sum by (service)")
            .replace('{backend=~\\"$', '{service=~\\"$')
            .replace("{{backend}}", "{{service}}")
            + "\n"
        )
        again = provision("verify", "--prometheus", url, "--fix", "-q", "rules", "dashboards/traefik.json")
        assert again.out.endswith("\nnothing corrected: of what is wrong, it isn't sure what was meant\n")


def test_a_label_that_is_grouped_by_is_corrected_though_there_is_data(provision, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = {
        "refId": "A",
        "expr": "sum by (backend) (rate(traefik_service_requests_total[5m]))",
        "legendFormat": "{{backend}}",
    }
    board = json.dumps({"title": "Traefik", "panels": [{"title": "Requests", "targets": [target]}]})
    write(tmp_path, {"half.json": board})
    with serving(SeriesServer(KnownSeries(UP, REQUESTS))) as url:
        told = provision("verify", "--prometheus", url, "half.json")
        ran = provision("verify", "--prometheus", url, "--fix", "half.json", "-q")
    assert told.code == 1
    assert (
        "no series of traefik_service_requests_total has a label backend [verify-unknown-label]" in told.out
    )
    assert ran.code == 0
    assert (tmp_path / "half.json").read_text() == board.replace("backend", "service")


def test_where_nothing_is_wrong_nothing_is_corrected(provision, shop):
    with serving(SeriesServer(KnownSeries(UP))) as url:
        ran = provision("verify", "--prometheus", url, "--fix", "-q")
    assert (ran.code, ran.out) == (0, "nothing to correct\n")


def test_files_that_are_no_sources_are_corrected_too(provision, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"old.json": json.dumps(BOARD)})
    with serving(SeriesServer(KnownSeries(UP, REQUESTS))) as url:
        ran = provision("verify", "--prometheus", url, "--fix", "old.json", "-q")
    assert ran.code == 0
    assert "traefik_backend" not in (tmp_path / "old.json").read_text()
    assert "2 expressions corrected in 1 file\n" in ran.out


def test_a_variable_that_asks_for_a_label_of_any_metric_goes_with_its_dashboard(provision, traefik):
    board = json.loads(json.dumps(BOARD))
    (variable,) = board["templating"]["list"]
    variable |= {"definition": "label_values(backend)", "query": "label_values(backend)", "regex": ""}
    write(traefik, {"dashboards/traefik.json": json.dumps(board)})
    with serving(SeriesServer(KnownSeries(UP, REQUESTS))) as url:
        provision("verify", "--prometheus", url, "--fix", "-q", "dashboards")
        now = json.loads((traefik / "dashboards/traefik.json").read_text())
        assert now["templating"]["list"][0]["query"] == "label_values(service)"
        board["panels"][0]["targets"].append({"refId": "B", "expr": "count by (backend) (up)"})
        write(traefik, {"dashboards/traefik.json": json.dumps(board)})
        provision("verify", "--prometheus", url, "--fix", "-q", "dashboards")
    now = json.loads((traefik / "dashboards/traefik.json").read_text())
    assert now["templating"]["list"][0]["query"] == "label_values(backend)"
    assert "traefik_service_requests_total" in now["panels"][0]["targets"][0]["expr"]


def test_what_is_not_sure_or_would_not_help_is_left(provision, traefik):
    source = RULES.replace("> 900", "> 900 and app_x > 0 and up{jib='shop'} > 0")
    write(traefik, {"rules/shop.py": source})
    board = (traefik / "dashboards/traefik.json").read_bytes()
    apps = [{"__name__": "app_a"}, {"__name__": "app_b"}]
    with serving(SeriesServer(KnownSeries(UP, *apps))) as url:
        ran = provision("verify", "--prometheus", url, "--fix", "-q")
    assert ran.code == 1
    assert ran.out.endswith("\nnothing corrected: of what is wrong, it isn't sure what was meant\n")
    assert (traefik / "rules/shop.py").read_text() == source
    assert (traefik / "dashboards/traefik.json").read_bytes() == board


def test_what_stands_nowhere_literally_is_told_with_what_it_should_be(provision, traefik):
    (traefik / "dashboards/traefik.json").unlink()
    made = RULES.replace('"traefik_backend_requests_total"', '"TRAEFIK_BACKEND_REQUESTS_TOTAL".lower()')
    write(traefik, {"rules/shop.py": made})
    with serving(SeriesServer(KnownSeries(UP, REQUESTS, DISK))) as url:
        ran = provision("verify", "--prometheus", url, "--fix", "-q", "rules")
    assert ran.code == 1
    assert (
        "rules/shop.py:13: not corrected: its source, so changed, would come to something else, and was put back\n"
        "    sum by (service) (rate(traefik_service_requests_total[5m]))\n1 expression corrected in 1 file\n"
    ) in ran.out
    assert (traefik / "rules/shop.py").read_text() == made.replace(
        "rate(node_disk_io_time_ms[5m])", "rate(node_disk_io_time_seconds_total[5m]) * 1000"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--format", "json"],
            "--fix corrects sources, and shows the difference as text; leave out --format json",
        ),
        (
            ["--grafana", "http://127.0.0.1:9"],
            "--fix corrects sources, and shows the difference as text; name the sources or files that are to be corrected",
        ),
    ],
)
def test_what_fix_cannot_be_asked_for(provision, traefik, arguments, sentence):
    ran = provision("verify", "--prometheus", "http://127.0.0.1:9", "--fix", *arguments)
    assert (ran.code, ran.sentence) == (2, sentence)
