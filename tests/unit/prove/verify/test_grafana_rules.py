"""What Grafana's own rules ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provision.project import Project
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from provision.prove.verify.grafana_rules import of_grafana_rules
from support.checking import other


def query(ref: str, uid: str, **model: Any) -> dict[str, Any]:
    return {"refId": ref, "datasourceUid": uid, "model": model}


def test_what_is_promql_is_asked_of_its_data_source():
    rule = {
        "title": "Down",
        "data": [
            query("A", "prom", expr="rate(up[$__rate_interval])"),
            query("B", "loki", expr='{job="a"} |= "x"'),
            query("C", "typed", expr="x", datasource={"type": "loki"}),
            query("D", "__expr__", type="threshold", expression="A"),
            query("E", "prom", expr=" "),
            {"refId": "F", "model": None},
        ],
    }
    groups = other("grafana-rule-group", "shop/alerts", folder="shop", title="alerts", rules=[rule])
    estate = estate_of([groups], Project(root=Path("/nowhere"), name="test"), Tools())
    (asked,) = of_grafana_rules(estate, 30.0)
    assert (asked.owner, asked.what) == ('rule group "shop/alerts"', 'rule "Down", query A')
    assert (asked.expr, asked.source, asked.window_seconds) == ("rate(up[120s])", "prom", None)
    assert asked.part.pointer == "/rules/0/data/0/model/expr"
