from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
