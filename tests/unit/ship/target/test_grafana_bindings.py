"""Which data source a name means, for whoever may read them and for whoever may not."""

from __future__ import annotations

import pytest

from provision.client.session import Credentials, Endpoint
from provision.errors import NotAllowed, ProvisionError
from provision.ship.target import grafana
from support.grafana_pushed import connect, datasource, push


def test_a_binding_for_who_may_not_read_data_sources(modern):
    push(connect(modern), datasource())
    modern.grant("t", {"dashboards:read", "folders:read"})
    endpoint = Endpoint(modern.url, Credentials(token="t"))
    target = grafana.connect(endpoint)
    assert target.binding("P").uid == "p"
    with pytest.raises(ProvisionError, match=r"it has: P \(p\)"):
        target.binding("-- Grafana --")
    assert list(target.read(frozenset())) == []
    with pytest.raises(NotAllowed):
        list(target.read(frozenset({("datasource", "p")})))


def test_a_grafana_without_data_sources_has_none(modern):
    with pytest.raises(ProvisionError, match="there is no data source 'x'; it has: none"):
        connect(modern).binding("x")
