"""Which kind of server answers, and what is told where it is another."""

from __future__ import annotations

import pytest

from provision.client.probe import expect
from provision.errors import NotAllowed, Unreachable
from support.scripted_server import serving
from support.sessions import free_port, session

GRAFANA = {"database": "ok", "version": "12.4.0"}
PROMETHEUS = {"status": "success", "data": {"version": "3.0"}}
ALERTMANAGER = {"cluster": {}, "versionInfo": {}}


def kind_of(paths, kind):
    with serving((404, {"message": "Not found"})) as script, session(script.url) as opened:
        script.next = lambda: paths.get(script.requests[-1][1], (404, b"404 page not found"))
        return expect(opened, kind)


def test_a_server_proves_what_it_is():
    assert kind_of({"/api/health": (200, GRAFANA)}, "Grafana") == GRAFANA
    assert kind_of({"/api/v1/status/buildinfo": (200, PROMETHEUS)}, "Prometheus") == PROMETHEUS
    assert kind_of({"/api/v2/status": (200, ALERTMANAGER)}, "Alertmanager") == ALERTMANAGER


HTML = (200, b"<html>UI</html>", {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    ("paths", "wanted", "said"),
    [
        ({"/api/v1/status/buildinfo": (200, PROMETHEUS)}, "Grafana", "a Prometheus answers there, not a Grafana"),
        ({"/api/v1/status/buildinfo": (200, PROMETHEUS), "/api/health": HTML}, "Grafana", "a Prometheus answers"),
        ({"/api/health": (200, GRAFANA)}, "Prometheus", "a Grafana answers there, not a Prometheus"),
        ({"/api/health": (200, GRAFANA)}, "Alertmanager", "a Grafana answers there, not an Alertmanager"),
        ({"/api/v2/status": (200, ALERTMANAGER)}, "Prometheus", "an Alertmanager answers there, not a Prometheus"),
        ({}, "Grafana", "what answers there isn't a Grafana"),
        ({"/api/v1/status/buildinfo": (200, {"status": "success", "data": None})}, "Prometheus", "isn't a Prometheus"),
        ({"/api/v1/status/buildinfo": (200, {"status": "success", "data": 7})}, "Prometheus", "isn't a Prometheus"),
        ({"/api/health": (200, [1])}, "Grafana", "what answers there isn't a Grafana"),
        ({"/api/health": HTML}, "Grafana", "a web page answered instead of the API"),
    ],
)  # fmt: skip
def test_a_server_of_another_kind_is_told(paths, wanted, said):
    with pytest.raises(Unreachable, match=said):
        kind_of(paths, wanted)


def test_an_error_of_the_right_server_stays_what_it_is():
    with pytest.raises(NotAllowed):
        kind_of({"/api/health": (401, {})}, "Grafana")
    with (
        session(f"http://127.0.0.1:{free_port()}") as opened,
        pytest.raises(Unreachable, match="nothing listens"),
    ):
        expect(opened, "Grafana")
