from __future__ import annotations

from collections.abc import Iterator

import pytest

from provision.client.grafana import GrafanaClient, open_client
from provision.client.session import Credentials, Endpoint
from support.grafana_standin import State, standin


@pytest.fixture
def state() -> Iterator[State]:
    """A Grafana."""
    with standin() as found:
        yield found


@pytest.fixture
def client(state: State) -> Iterator[GrafanaClient]:
    """The client of an administrator of it."""
    opened = open_client(Endpoint(state.url, Credentials(user="admin", password="admin"), prefix="GRAFANA"))
    yield opened
    opened.close()
