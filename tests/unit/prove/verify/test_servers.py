"""Which server is asked for a data source."""

from __future__ import annotations

import pytest

from provision.prove.verify.servers import Known, Server, asked_of, datasource_of
from support.series_standin import KnownSeries, knowledge


def known(*servers: Server) -> Known:
    return Known([(each, knowledge(each.client)) for each in servers])


def server(*names: str, default: bool = False) -> Server:
    return Server(KnownSeries(), names[0] if names else "all", names, default)  # type: ignore[arg-type]


def test_one_server_is_asked_for_everything():
    one = known(server())
    assert [found[0].called for name in ("", "prom", "gone") if (found := one.of(name))] == ["all"] * 3
    assert one.chosen({"current": {"value": "x"}}, "prom") == "prom"


def test_each_data_source_of_a_grafana_has_its_own():
    two = known(server("a", "A"), server("b", "B", default=True))
    assert [(name, found[0].called if (found := two.of(name)) else None) for name in ("a", "B", "", "c")] == [
        ("a", "a"),
        ("B", "b"),
        ("", "b"),
        ("c", None),
    ]
    assert [two.chosen({"current": {"value": value}}, "x") for value in ("a", ["A"], "gone", None, [])] == [
        "a",
        "A",
        "b",
        "b",
        "b",
    ]
    assert two.chosen({}, "x") == "b"
    assert known(server("a")).chosen({"current": "broken"}, "x") == "a"


@pytest.mark.parametrize(
    ("datasource", "name"),
    [
        ({"uid": "${ds}"}, "prom"),
        ("$ds", "prom"),
        ({"uid": "other"}, "other"),
        (None, ""),
        ({"type": "prometheus"}, ""),
        ("default", ""),
        ("${DS_PROMETHEUS}", ""),
        (7, ""),
    ],
)
def test_what_a_field_comes_to(datasource, name):
    assert asked_of(datasource, {"ds": "prom"}) == name


def test_the_field_that_counts():
    assert datasource_of({"datasource": "a"}, {"datasource": "b"}) == "a"
    assert datasource_of({"datasource": None}, {"datasource": "b"}) == "b"
    assert datasource_of({"datasource": {"name": "a"}}, {}) == {"uid": "a"}
    assert datasource_of({}, {}) is None
