"""Where the objects of the resource API are."""

from __future__ import annotations

import pytest

from provision.client.grafana_resource import Api
from provision.errors import ServerRefused


def test_names_are_escaped(state, client):
    api = Api("dashboard.grafana.app", "v0alpha1", "dashboards", "Dashboard", "org/1")
    assert api.of("a/b?c") == "/apis/dashboard.grafana.app/v0alpha1/namespaces/org%2F1/dashboards/a%2Fb%3Fc"
    with pytest.raises(ServerRefused, match="namespace mismatch"):
        client.resources.get(api, "x")
