"""For tests that draw whatever may be in a file: expressions of every form, and all that is made of what is found."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from provision.model import Definition, Finding
from provision.project import Project
from provision.prove.check.checking import verdict
from provision.show.checked import Checked, checked_text
from provision.show.forms import FORMATS

BOUNDED: Final = settings(
    max_examples=int(os.environ.get("CHECK_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""How many examples are drawn: more with CHECK_EXAMPLES."""

DEMANDING: Final = Project(
    root=Path("/nowhere"),
    name="test",
    settings={
        "prometheus_version": "2.42",
        "prometheus_retention": "15d",
        "ui_edits": "allowed",
        "checks": {
            **{
                id_: {"required": True}
                for id_ in ("template-datasource", "template-job", "template-instance", "panel-datasource", "target-job",
                            "target-instance", "target-rate-interval", "target-logql-auto", "uneditable")
            },
            "promql-regexp": {"smelly": True},
            "promql-range-query": {"longest": "1h"},
            "promql-selector": {"selectors": [{"labels": ["job"]}, {"labels": ["till"], "call": "rate|absent"}]},
            "promql-aggregate": {"rules": [{"kind": "any", "keep": ["job"], "strip": ["instance"]}]},
            "rule-for": {"min_for": "1m", "max_for": "1h", "min_keep_firing_for": "1m", "max_keep_firing_for": "1h"},
            "rule-label": {"required_of_records": ["team"], "forbidden": ["a"], "values": {"severity": "page"}},
            "rule-name": {"record": "a.*", "alert": "A.*"},
            "rule-owner": {"label": "team", "owners": ["us"]},
            "rule-reject": {"label_names": ["a"], "label_values": ["b"], "annotation_names": ["a"], "annotation_values": ["b"]},
            "rule-report": {"names": {"a.*": "no"}},
            "alerts-annotation": {"required": ["a|b"], "forbidden": ["c"], "values": {"a": "b"}},
        },
    },
)  # fmt: skip
"""A project that asks all that can be asked."""

USUAL: Final = Project(root=Path("/nowhere"), name="test")


def judged(definitions: Sequence[Definition], *, guests: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """What all checks find, by their own settings and by the most demanding, once it is printed in every form."""
    found: tuple[Finding, ...] = ()
    for project in (USUAL, DEMANDING):
        said = verdict(definitions, project, guests=guests)
        found += said.findings
        assert all(each.message and len(each.message) <= 501 for each in said.findings)
        for form in FORMATS:
            text = checked_text(Checked(project.root, said.findings, said.waived), form)
            text.encode()
            if form in ("json", "sarif", "gitlab"):
                json.loads(text)
            elif form == "junit":
                ElementTree.fromstring(text)
    return found


NAMES: Final = st.sampled_from(
    ["up", "a_total", "a_bucket", "a_sum", "a_count", "job:a:rate5m", "b_info", "node_cpu", "ALERTS", "by", "inf", "$a", "${a:regex}",
     "[[a]]", '{"a.b"}', "a_seconds", "traefik_backend_requests_total", "http_requests_total", "vv", "é"]
)  # fmt: skip
LABELS: Final = st.sampled_from(
    ["job", "instance", "le", "quantile", "code", "a", "__name__", "$a", '"a.b"', "on"]
)
STRINGS: Final = st.one_of(
    st.sampled_from(['""', '"a"', "'.*'", '".+"', '"^a$"', '"(a+)+$"', '"a|b"', '"$a"', '"[[a]]"', "`\\d+`", '"("', '"5.."', '"\\x"',
                     '"+Inf"', '"0.5"', '"${a:csv}"', '"\u202e"', '"a{2}"']),
    st.text(max_size=4).map(lambda text: json.dumps(text, ensure_ascii=False)),
)  # fmt: skip
NUMBERS: Final = st.sampled_from(
    ["0", "1", "-1", "0.5", "1e3", "Inf", "NaN", "0x1F", "1_0", "5m", "1e999", "$a", ".5"]
)
DURATIONS: Final = st.sampled_from(["5m", "1s", "30d", "0s", "$__rate_interval", "$__interval", "${a}", "[[a]]", "5m + 1m", "-5m", "1h30m", "5x", ""])  # fmt: skip
FUNCTIONS: Final = st.sampled_from(
    ["rate", "irate", "increase", "delta", "deriv", "absent", "absent_over_time", "avg_over_time", "sum_over_time", "quantile_over_time",
     "histogram_quantile", "histogram_count", "label_replace", "label_join", "vector", "scalar", "time", "timestamp", "sort_desc",
     "clamp_max", "round", "predict_linear", "holt_winters", "changes", "resets", "ln", "hour", "count_scalar", "info", "nosuch",
     "max_of", "present_over_time", "last_over_time", "sort_by_label"]
)  # fmt: skip
AGGREGATIONS: Final = st.sampled_from(
    [
        "sum",
        "avg",
        "min",
        "max",
        "count",
        "topk",
        "bottomk",
        "quantile",
        "count_values",
        "stddev",
        "group",
        "limitk",
    ]
)
OPERATORS: Final = st.sampled_from(
    [
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "==",
        "!=",
        ">",
        "<",
        ">=",
        "<=",
        "and",
        "or",
        "unless",
        "atan2",
        "> bool",
        "== bool",
        "=",
        "OR",
    ]
)
MATCHINGS: Final = st.sampled_from(
    ["", "", "", "on (job)", "on ()", "ignoring (a)", "on (job) group_left", "on (job) group_left (a)", "ignoring (le) group_right (code)",
     "on ($a)", "group_left"]
)  # fmt: skip
GROUPINGS: Final = st.sampled_from(
    ["", "", "by (job)", "by (le)", "by (job, le, code)", "without (instance)", "by ()", "by ($a)", "by (job"]
)
SUFFIXES: Final = st.sampled_from(
    ["", "", "", "offset 5m", "offset -1d", "@ end()", "@ 1600000000", "# c", "\n"]
)


@st.composite
def _selectors(draw: st.DrawFn) -> str:
    matchers = draw(
        st.lists(st.tuples(LABELS, st.sampled_from(["=", "!=", "=~", "!~"]), STRINGS), max_size=3)
    )
    inside = ", ".join("".join(matcher) for matcher in matchers)
    text = draw(NAMES) + (f"{{{inside}}}" if matchers or draw(st.booleans()) else "")
    return f"{text} {draw(SUFFIXES)}"


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    ranged = st.builds(
        lambda text, duration, step: f"({text})[{duration}{step}]",
        inner,
        DURATIONS,
        st.sampled_from(["", ":", ":1m"]),
    )
    bare = st.builds(lambda text, duration: f"{text.rstrip()}[{duration}]", _selectors(), DURATIONS)
    arguments = st.lists(st.one_of(inner, ranged, bare, bare, NUMBERS, STRINGS), max_size=5).map(", ".join)
    return st.one_of(
        st.builds(lambda name, text: f"{name}({text})", FUNCTIONS, arguments),
        st.builds(lambda name, text: f"{name}({text})", FUNCTIONS, bare),
        st.builds(lambda name, by, text: f"{name} {by} ({text})", AGGREGATIONS, GROUPINGS, inner),
        st.builds(lambda name, by, number, text: f"{name}({number}, {text}) {by}", AGGREGATIONS, GROUPINGS, NUMBERS, inner),
        st.builds(lambda left, by, match, right: f"{left} {by} {match} {right}", inner, OPERATORS, MATCHINGS, inner),
        st.builds(lambda left, by, right: f"({left}) {by} ({right})", inner, OPERATORS, inner),
        st.builds(lambda sign, text: f"{sign}({text})", st.sampled_from(["", "-", "+", "--"]), inner),
    )  # fmt: skip


PROMQL: Final[st.SearchStrategy[str]] = st.recursive(
    st.one_of(_selectors(), NUMBERS, STRINGS), _composed, max_leaves=8
)
"""Expressions that are mostly PromQL."""

PIECES: Final[st.SearchStrategy[str]] = st.lists(
    st.one_of(NAMES, LABELS, STRINGS, NUMBERS, DURATIONS, FUNCTIONS, AGGREGATIONS, OPERATORS, MATCHINGS, GROUPINGS, SUFFIXES,
              st.sampled_from(list("(){}[],:@#\"'`\\$ \n\t")), st.text(max_size=2)),
    max_size=14,
).map(" ".join)  # fmt: skip
"""Texts that mostly aren't."""


def dashboard_body(exprs: Sequence[str]) -> dict[str, Any]:
    """A dashboard with these expressions wherever one may stand."""
    panels = [
        {"id": n, "type": ("timeseries", "stat", "table", "gauge")[n % 4], "title": f"P{n} $a", "gridPos": {"x": 0, "y": n, "w": 12, "h": 1},
         "targets": [{"refId": "A", "expr": expr, "legendFormat": f"{{{{{expr}}}}}", "instant": n % 2 == 1}]}
        for n, expr in enumerate(exprs)
    ]  # fmt: skip
    variables = [
        {"name": "datasource", "type": "datasource", "query": "prometheus"},
        {"name": "a", "type": "query", "query": f"label_values({exprs[0]}, job)", "regex": exprs[-1]},
        {"name": "b", "type": "query", "query": {"query": f"query_result({exprs[-1]})"}},
    ]
    annotations = [{"name": "N", "expr": exprs[0]}]
    return {
        "title": "Shop",
        "panels": panels,
        "templating": {"list": variables},
        "annotations": {"list": annotations},
    }
