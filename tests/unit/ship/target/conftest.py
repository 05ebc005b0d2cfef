from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def modern() -> Iterator[State]:
    """A Grafana with the resource API."""
    with standin("12.4.0") as found:
        yield found
