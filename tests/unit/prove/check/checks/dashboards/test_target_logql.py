"""target-logql and target-logql-auto."""

from __future__ import annotations

from typing import Any

from support.checking import dashboard, found, panel

LOKI = {"type": "loki", "uid": "logs"}


def told(id_: str, *exprs: str, source: Any = LOKI, target: Any = None, **settings: Any) -> list[str]:
    shown = panel(*exprs, datasource=source)
    for one in shown["targets"]:
        one.update(target or {})
    choice = {"list": [{"name": "logs", "type": "datasource", "query": "loki"}]}
    said = found(dashboard(shown, templating=choice), ids={id_}, checks={id_: settings})
    return [each.subject.removeprefix('dashboard "Shop", ') + ": " + each.message for each in said]


def test_what_is_not_logql_is_told() -> None:
    assert told("target-logql", '{a="b"}', "{}", source="$logs") == [
        'panel "Orders", query B: it isn\'t LogQL: a selector needs a matcher, such as {job="shop"}'
    ]


def test_only_loki_speaks_it_and_hidden_queries_are_not_asked() -> None:
    assert told("target-logql", "{}", source={"type": "prometheus", "uid": "p"}) == []
    assert told("target-logql", "{}", source=None) == []
    assert told("target-logql", "{}", target={"hide": True}) == []


def test_fixed_ranges_are_told_once() -> None:
    exprs = [f'sum(rate({{a="b"}}[{range_}]))' for range_ in ("1m", "5m", "$__auto", "$__interval", "[[x]]")]
    assert told("target-logql-auto", *exprs, '{a="b"}', "rate({}[1m])") == [
        'panel "Orders", query A, and 1 more: a fixed range leaves out what lies between the points of a long time range'
    ]


def test_required_takes_nothing_but_auto() -> None:
    instant = {"queryType": "instant"}
    assert told("target-logql-auto", 'rate({a="b"}[1m])', target=instant) == []
    assert told("target-logql-auto", 'rate({a="b"}[1m])', target=instant, required=True)
    assert told("target-logql-auto", 'rate({a="b"}[$__interval])', required=True)
    assert told("target-logql-auto", 'rate({a="b"}[$__auto])', required=True) == []
