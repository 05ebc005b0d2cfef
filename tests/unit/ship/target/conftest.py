from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.ship.target import grafana_write
from support.grafana_standin import State, standin
from support.prometheus_standin import PrometheusState, serving


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrometheusState]:
    """A Prometheus that reads the rules folder beside it, on a machine without promtool."""
    (tmp_path / "rules").mkdir()
    monkeypatch.setenv("PATH", "/nowhere")
    state = PrometheusState(tmp_path)
    with serving(state) as url:
        state.url = url
        yield state


@pytest.fixture(params=["12.4.0", "9.0"])
def state(request: pytest.FixtureRequest) -> Iterator[State]:
    """A Grafana with the resource API, and one with the classic API alone."""
    with standin(request.param) as found:
        yield found


@pytest.fixture
def modern() -> Iterator[State]:
    """A Grafana with the resource API."""
    with standin("12.4.0") as found:
        yield found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between attempts."""
    monkeypatch.setattr("provision.client.retries.PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(grafana_write, "_PAUSES_SECONDS", (0.0, 0.0))
