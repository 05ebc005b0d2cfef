import math
from collections.abc import Iterable
from typing import Any

import pytest

from provision.client.prometheus import Sample
from provision.errors import ServerRefused, Unreachable
from provision.lab.readings import Reading, Value, panels, readings
from provision.model import Definition, Place, encode

PLACE = Place("dashboards/one.py")


class Server:
    """A Prometheus that answers queries from a table."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def label_values(self, label: str, matchers: Iterable[str] = (), *_: object) -> tuple[str, ...]:
        return ("up", "requests") if label == "__name__" else ("traefik",)

    def query(self, expr: str, at: float | None = None) -> tuple[Sample, ...]:
        self.asked.append(expr)
        answer = self.answers.get(expr, ())
        if isinstance(answer, Exception):
            raise answer
        return tuple(Sample(labels, value, 0.0) for labels, value in answer)


def definitions(*panels: dict[str, Any], **dashboard: Any) -> list[Definition]:
    spec = {"title": "One", "uid": "one", "panels": list(panels), **dashboard}
    return [
        Definition("dashboard", "one", encode({"folder": "", "spec": spec}), PLACE),
        Definition("datasource", "loki", encode({"type": "loki"}), PLACE),
        Definition("datasource", "prom", encode({"type": "prometheus"}), PLACE),
        Definition("rule-group", "a", b"{}", PLACE),
    ]


def panel(*targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "stat", "title": "Panel", "targets": list(targets), **more}


def read(server: Server, *panels: dict[str, Any], **dashboard: Any) -> list[Reading]:
    return list(readings(definitions(*panels, **dashboard), server, 1.0))  # type: ignore[arg-type]


def unit(name: str, **defaults: Any) -> dict[str, Any]:
    return {"fieldConfig": {"defaults": {"unit": name, **defaults}, "overrides": []}}


def test_a_panel_shows_its_value_in_its_unit() -> None:
    server = Server(up=[({}, 0.0041)])
    (reading,) = read(server, panel({"expr": "up", "legendFormat": "now"}, **unit("s")))
    assert reading == Reading("One", "Panel", (Value("", 0.0041, "4.10 ms"),))


def test_several_queries_are_told_apart_by_their_legends() -> None:
    server = Server(up=[({}, 1)], requests=[({"code": "200"}, 3), ({"code": "500"}, 4)])
    (reading,) = read(
        server,
        panel(
            {"expr": "up", "legendFormat": "up"}, {"expr": "requests", "legendFormat": "{{ code }} {{none}}"}
        ),
    )
    assert [(value.name, value.text) for value in reading.values] == [("up", "1"), ("200", "3"), ("500", "4")]


def test_without_a_legend_the_labels_that_differ_tell_series_apart() -> None:
    series = [({"job": "a", "code": "200"}, 1), ({"job": "a", "code": "500", "x": "y"}, 2)]
    (reading,) = read(Server(up=series), panel({"expr": "up", "legendFormat": "__auto"}))
    assert [value.name for value in reading.values] == ["200", "500, y"]
    (reading,) = read(Server(up=series[:1]), panel({"expr": "up"}))
    assert [value.name for value in reading.values] == [""]


def test_a_single_series_is_named_when_the_legend_says_which() -> None:
    (reading,) = read(Server(up=[({"job": "a"}, 1)]), panel({"expr": "up", "legendFormat": "{{job}}"}))
    assert reading.values[0].name == "a"


def test_a_table_names_the_columns_that_it_shows_and_is_ordered_by_value() -> None:
    series = [({"cn": "b", "sans": "c", "instance": "x"}, 2), ({"cn": "a", "instance": "x"}, 1)]
    target = {"expr": "up", "format": "table"}
    include = {"id": "filterFieldsByName", "options": {"include": {"names": ["cn", "sans", "Value"]}}}
    (reading,) = read(Server(up=series), panel(target, transformations=[{"id": "organize"}, include]))
    assert [value.name for value in reading.values] == ["a", "b, c"]
    (reading,) = read(Server(up=series), panel(target))
    assert [value.name for value in reading.values] == ["a", "b, c"]
    (reading,) = read(Server(up=series[:1]), panel(target, transformations=[include]))
    assert [value.name for value in reading.values] == ["b, c"]


def test_no_data_says_which_metric_is_missing() -> None:
    server = Server()
    (reading,) = read(server, panel({"expr": "rate(traefik_gone[5m]) / up"}, {"expr": "sum(other_gone)"}))
    assert (reading.values, reading.why) == ((), "no series called other_gone, traefik_gone")
    (reading,) = read(server, panel({"expr": "up == 7"}))
    assert (reading.values, reading.why) == ((), "")


def test_queries_without_data_are_named_beside_those_that_have_some() -> None:
    (reading,) = read(
        Server(up=[({}, 1)]),
        panel(
            {"expr": "up", "refId": "A"},
            {"expr": "gone", "refId": "B", "legendFormat": "gone ones"},
            {"expr": "up > 1", "refId": "C", "legendFormat": "{{job}}"},
            {"expr": "up > 2", "refId": "D"},
        ),
    )
    assert (len(reading.values), reading.empty) == (1, ("gone ones", "C", "D"))
    assert reading.why == "no series called gone"


def test_a_refused_query_is_told_and_the_other_panels_are_read() -> None:
    server = Server(up=[({}, 1)], wrong=ServerRefused("it is wrong", status=400))
    first, second = read(server, panel({"expr": "wrong"}), panel({"expr": "up"}))
    assert (first.error, first.values) == ("it is wrong", ())
    assert second.error == ""


def test_a_refused_variable_is_told_at_every_panel() -> None:
    server = Server(**{"up": [({}, 1)], "bad(": ServerRefused("parse error", status=400)})
    variable = {"name": "v", "type": "query", "query": "query_result(bad()"}
    found = read(server, panel({"expr": "up"}), panel({"expr": "up"}), templating={"list": [variable]})
    assert [reading.error for reading in found] == ["a variable: parse error"] * 2


def test_a_server_that_is_gone_ends_it() -> None:
    with pytest.raises(Unreachable):
        read(Server(up=Unreachable("it is gone")), panel({"expr": "up"}))
    variable = {"name": "v", "type": "query", "query": "query_result(up)"}
    with pytest.raises(Unreachable):
        read(Server(up=Unreachable("it is gone")), panel({"expr": "up"}), templating={"list": [variable]})


def test_variables_are_put_into_the_queries_of_each_panel() -> None:
    server = Server()
    variables = [
        {"name": "datasource", "type": "datasource", "query": "prometheus"},
        {"name": "job", "type": "query", "query": "label_values(up, job)", "includeAll": True},
    ]
    read(
        server,
        panel({"expr": 'rate(up{job=~"$job", source="$datasource"}[$__rate_interval])'}),
        panel({"expr": "up[$__rate_interval]"}, interval="10s"),
        panel({"expr": "up[$__range]"}),
        templating={"list": variables},
        time={"from": "now-1h", "to": "now"},
    )
    assert server.asked == ['rate(up{job=~"traefik", source="prom"}[6s])', "up[11s]", "up[3600s]"]


def test_only_queries_of_a_prometheus_are_asked() -> None:
    server = Server()
    found = read(
        server,
        panel({"expr": '{app="x"}', "datasource": {"type": "loki", "uid": "a"}}),
        panel({"expr": '{app="x"}'}, datasource={"type": "loki", "uid": "a"}),
        panel({"expr": "up", "datasource": {"uid": "${datasource}"}}, datasource={"uid": "-- Mixed --"}),
        panel({"expr": "up", "hide": True}),
        panel({"rawSql": "select 1"}),
        panel({"expr": "requests"}, datasource="Prometheus", title=None),
        {"type": "text", "title": "Words"},
    )
    assert server.asked == ["up", "requests"]
    assert [reading.panel for reading in found] == ["Panel", "(no title)"]


def test_panels_in_collapsed_rows_are_read_too() -> None:
    row = {"type": "row", "panels": [{"title": "a"}, {"type": "row", "panels": [{"title": "b"}]}]}
    assert [found["title"] for found in panels({"panels": [row, {"title": "c"}]})] == ["a", "b", "c"]
    assert list(panels({})) == []


def test_dashboards_come_in_the_order_of_their_titles() -> None:
    found = [*definitions(panel({"expr": "up"}), title="B"), *definitions(panel({"expr": "up"}), title="A")]
    order = [reading.dashboard for reading in readings(found, Server(), 1.0)]  # type: ignore[arg-type]
    assert order == ["A", "B"]


def test_what_is_no_number_is_written_as_such() -> None:
    (reading,) = read(Server(up=[({}, math.nan)]), panel({"expr": "up"}, **unit("s")))
    assert reading.values[0].text == "NaN"
