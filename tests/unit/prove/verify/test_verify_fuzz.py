"""No dashboard, no rule and no expression breaks what is asked: a verdict on each, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.compile.collect import collect_file
from provision.project import Project
from provision.promql.parse import parse
from provision.promql.variables import placeholder
from provision.prove.verify.relaxing import counting, relaxed
from provision.prove.verify.servers import Server
from provision.prove.verify.verifying import Limits, verify
from provision.show.verified import report_text
from provision.show.verified_json import report_json
from support.checking import group
from support.series_standin import KnownSeries

PROJECT = Project(root=Path("/nowhere"), name="test")
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CORPUS = Path(__file__).parents[4].parent / "shared" / "corpus" / "dashboards"

KEYS = st.sampled_from([
    "name", "type", "query", "regex", "sort", "current", "value", "text", "multi", "includeAll", "allValue", "datasource",
    "uid", "definition", "refId", "expr", "interval", "intervalFactor", "maxDataPoints", "timeFrom", "repeat", "panels",
    "targets", "title", "time", "from", "to", "hide",
])  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from([
        "up", "$v", "${v}", "[[v]]", "${v:regex}", "label_values(up, job)", "label_values(up{job=~\"$w\"}, job)", "metrics(.)",
        "query_result(up)", "label_names()", "/(a+)+/", "/(?<value>.*)/g", "$__all", "$__auto_interval_v", "now-6h", "now/d",
        "5m", "row", "query", "custom", "interval", "datasource", "a,b : c", "rate(up{job=~\"$v\"}[$__rate_interval]) > 0",
        "absent(up{a=\"b\"}) or vector(0)", "up unless down", "histogram_quantile(0.9, up)", "sum(up) by (le", "up / down # x",
    ]),
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)
DASHBOARDS = st.fixed_dictionaries(
    {"title": st.just("D"), "panels": st.lists(OBJECTS | st.fixed_dictionaries({"targets": st.lists(OBJECTS, max_size=3)}), max_size=3)},
    optional={"templating": st.fixed_dictionaries({"list": st.lists(OBJECTS | VALUES, max_size=4)}), "time": VALUES},
)  # fmt: skip


def asked(definitions: tuple[Any, ...]) -> None:
    client = KnownSeries(
        {"__name__": "up", "job": "a"}, {"__name__": "up", "job": "b"}, types={"up": "gauge"}
    )
    report = verify(definitions, PROJECT, [Server(client, "p")], Limits(at_once=2))  # type: ignore[arg-type]
    assert report_text(report, PROJECT.root, everything=True, quiet=False)
    assert json.loads(report_json(report))["format"] == "provision.verify/1"


@given(DASHBOARDS)
@SLOW
def test_any_dashboard(body: dict[str, Any]) -> None:
    asked(collect_file("dashboards/a.json", json.dumps(body).encode()).definitions)


@given(
    st.lists(
        TEXTS | st.text(alphabet="upabsent(){}[]=~!\"'`,<>0123456789 \n#orunls$:", max_size=40),
        min_size=1,
        max_size=4,
    )
)
@SLOW
def test_any_expression(exprs: list[str]) -> None:
    asked((group(*({"record": "a:b:c", "expr": each} for each in exprs)),))


def expressions(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("expr"), str):
            yield placeholder(value["expr"])
        for item in value.values():
            yield from expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from expressions(item)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"needs the corpus in {CORPUS}")
def test_what_is_asked_of_what_others_wrote_is_promql() -> None:
    found = {
        expr for file in sorted(CORPUS.rglob("*.json")) for expr in expressions(json.loads(file.read_bytes()))
    }
    right = [expr for expr in found if parse(expr) is None]
    assert len(right) > 1000
    wrong = [
        expr
        for expr in right
        if parse(relaxed(expr)) or parse(counting(expr)) or parse(counting(relaxed(expr)))
    ]
    assert wrong == []
