from __future__ import annotations

import pytest

from provision.catalogue.plugin_ids import former_id


@pytest.mark.parametrize(
    ("plugin", "former"),
    [
        ("grafana-postgresql-datasource", "postgres"),
        ("grafana-pyroscope-datasource", "phlare"),
        ("grafana-testdata-datasource", "testdata"),
        ("postgres", "postgres"),
        ("prometheus", "prometheus"),
        ("", ""),
    ],
)
def test_each_id_of_a_plugin_comes_to_its_first(plugin: str, former: str) -> None:
    assert former_id(plugin) == former
    assert former_id(former) == former
