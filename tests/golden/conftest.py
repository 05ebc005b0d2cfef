from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.grafana_standin import standin


@pytest.fixture
def documented_grafana() -> Iterator[dict[str, str]]:
    """The environment in which a page's commands find a Grafana: an empty one of the newest kind."""
    with standin() as state:
        yield {"GRAFANA_URL": state.url, "GRAFANA_USER": "admin", "GRAFANA_PASSWORD": "admin"}
