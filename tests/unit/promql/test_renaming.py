"""Expressions, legends and variables with a metric and its labels called otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.rename import Rename
from provision.promql.edits import Corrected
from provision.promql.names import selectors
from provision.promql.parse import parse
from provision.promql.renaming import (
    corrected,
    corrected_label,
    corrected_legend,
    corrected_regex,
    corrected_template,
    corrected_variable,
)
from provision.promql.variables import placeholder

LABELS = (("backend", "service"),)
RENAMES = [
    Rename("old_requests_total", "new_requests_total", "Shop", "2", labels=LABELS),
    Rename("old_up", "new_up", "Shop", "2", labels=LABELS),
    Rename("old_cpu", "new_resource", "Shop", "2", matchers=(("resource", "cpu"), ("unit", "core"))),
    Rename("old_core", "new_core", "Shop", "2", values=(("cpu", r"cpu(\d+)", r"\1"),)),
    Rename("old_gone", "", "Shop", "3"),
    Rename("old_flat", "new_flat", "Shop", "3", labels=(("method", ""),)),
]


def text(found: Corrected | None) -> str | None:
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("expr", "now"),
    [
        (
            'sum by (backend) (rate(old_requests_total{backend=~"$backend", code=~"5.."}[$__rate_interval]))',
            'sum by (service) (rate(new_requests_total{service=~"$backend", code=~"5.."}[$__rate_interval]))',
        ),
        (
            "sum  (old_requests_total{backend!~'http'} ) by (code,backend)/ignoring(code) group_left(backend) old_up",
            "sum  (new_requests_total{service!~'http'} ) by (code,service)/ignoring(code) group_left(service) new_up",
        ),
        ("old_up # of old_up, by backend\n> 0", "new_up # of old_up, by backend\n> 0"),
        ('old_up{job="old_up"}', 'new_up{job="old_up"}'),
        ("sum(old_flat)", "sum(new_flat)"),
        ("old_up + other", "new_up + other"),
        ("topk($n, old_up{$filter})", "topk($n, new_up{$filter})"),
        ('{__name__="old_up", backend="x"}', '{__name__="new_up", service="x"}'),
        ('{"old_up", "backend"="x"}', '{"new_up", "service"="x"}'),
        ("sum without (backend, x) (old_up)", "sum without (service, x) (new_up)"),
        (
            'label_replace(old_up, "name", "$1", "backend", "(.*)@.*")',
            'label_replace(new_up, "name", "$1", "service", "(.*)@.*")',
        ),
        (
            'label_join(old_up, "x", "-", "backend", "code")',
            'label_join(new_up, "x", "-", "service", "code")',
        ),
        (
            "count by (code) (old_up) / on () group_left count(other)",
            "count by (code) (new_up) / on () group_left count(other)",
        ),
        ("sum(old_cpu)", 'sum(new_resource{resource="cpu",unit="core"})'),
        ("old_cpu{}", 'new_resource{resource="cpu",unit="core"}'),
        ("old_cpu{ node='$node' }", "new_resource{resource='cpu',unit='core', node='$node' }"),
        ('old_cpu{unit="core"}[5m]', 'new_resource{resource="cpu",unit="core"}[5m]'),
        ('old_core{cpu="cpu0", x="cpu0"}', 'new_core{cpu="0", x="cpu0"}'),
        ('old_core{cpu=~"cpu0|cpu1"}', 'new_core{cpu=~"0|1"}'),
        ('old_core{cpu=~"$cpu"}', 'new_core{cpu=~"$cpu"}'),
    ],
)
def test_the_names_change_and_nothing_else(expr: str, now: str) -> None:
    found = corrected(expr, RENAMES)
    assert text(found) == now
    assert found is not None
    back = expr
    for edit in reversed(found.edits):
        back = back[: edit.start] + edit.text + back[edit.end :]
    assert back == now


@pytest.mark.parametrize(
    "expr",
    [
        "up",
        "my_old_up",
        "old_up_total",
        "$old_up",
        "old_${kind}_total",
        "old_gone",
        "sum by (method) (old_flat)",
        'old_flat{method="GET"}',
        'up{x="old_up"}',
        "old_up(",
        "sum by (backend) (old_up) / on (backend) other",
        "sum by (backend) (old_up or other)",
        'old_cpu{resource="memory"}',
        'old_cpu{resource=~"cpu"}',
        'old_core{cpu=~"cpu0|$x"}',
        '{__name__=~"old_up|old_cpu"}',
    ],
)
def test_what_cannot_be_said_for_sure_is_left_alone(expr: str) -> None:
    assert corrected(expr, RENAMES) is None


def test_a_label_or_a_value_alone_is_written_otherwise() -> None:
    label = Rename("m", "m", labels=(("servce", "service"),))
    value = Rename("m", "m", values=(("service", r"\Aweb\Z", "web@swarm"),))
    assert (
        text(corrected('sum by (servce) (m{servce="web"})', [label])) == 'sum by (service) (m{service="web"})'
    )
    assert text(corrected('m{service="web", x="web"}', [value])) == 'm{service="web@swarm", x="web"}'
    assert corrected('m{service=~"web.*"}', [value]) is None


def test_a_label_of_the_result() -> None:
    assert corrected_label("backend", "sum by (backend) (old_up)", RENAMES) == "service"
    assert corrected_label("code", "sum by (code) (old_up)", RENAMES) == "code"
    assert corrected_label("backend", "old_up or other", RENAMES) is None
    assert corrected_label("backend", "old_up(", RENAMES) is None


def test_a_legend() -> None:
    expr = "sum by (backend, code) (old_up)"
    assert text(corrected_legend("{{backend}}: {{ backend }} {{code}} backend", expr, RENAMES)) == (
        "{{service}}: {{ service }} {{code}} backend"
    )
    assert corrected_legend("{{code}}", expr, RENAMES) is None
    assert corrected_legend("", expr, RENAMES) is None


def test_a_text_of_an_alert() -> None:
    template = '{{ $labels.backend }} of {{ .Labels.backend }}, {{ index $labels "backend" }}: {{ $labels.code }} backend'
    assert text(corrected_template(template, "old_up == 0", RENAMES)) == (
        '{{ $labels.service }} of {{ .Labels.service }}, {{ index $labels "service" }}: {{ $labels.code }} backend'
    )
    assert corrected_template("{{ $labels.code }}", "old_up == 0", RENAMES) is None


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("label_values(old_up, backend)", "label_values(new_up, service)"),
        (' label_values( old_up{job="$job"} ,backend ) ', ' label_values( new_up{job="$job"} ,service ) '),
        ("label_values(old_up, code)", "label_values(new_up, code)"),
        ("query_result(sum by (backend) (old_up))", "query_result(sum by (service) (new_up))"),
        ("old_up", "new_up"),
        ("label_values(backend)", None),
        ("metrics(old_.*)", None),
        ("label_values(old_up or other, backend)", None),
        ("", None),
    ],
)
def test_the_query_of_a_variable(query: str, now: str | None) -> None:
    assert text(corrected_variable(query, RENAMES)) == now


def test_the_regular_expression_of_a_variable() -> None:
    query = "query_result(old_up)"
    regex = r'/old_up\{.*backend="([^"]+)".*code="5/'
    assert text(corrected_regex(regex, query, RENAMES)) == r'/new_up\{.*service="([^"]+)".*code="5/'
    assert corrected_regex("/(.*)/", query, RENAMES) is None


_PIECES = st.sampled_from(
    [
        "old_up",
        "other",
        'old_requests_total{backend="a"}',
        "sum by (backend) (",
        "rate(",
        "[5m]",
        ")",
        " + ",
        " / on (backend) ",
        "1",
        "$x",
    ]
)


@given(st.lists(_PIECES, max_size=9))
def test_a_corrected_expression_parses_and_reads_the_new_names(pieces: list[str]) -> None:
    expr = "".join(pieces)
    found = corrected(expr, RENAMES)
    if found is not None:
        assert parse(placeholder(expr)) is None
        assert parse(placeholder(found.text)) is None
        now = {rename.old: rename.new for rename in RENAMES}
        before = [each.name for each in selectors(placeholder(expr))]
        after = [each.name for each in selectors(placeholder(found.text))]
        assert after == [now.get(name or "", name) for name in before]
        assert corrected(found.text, RENAMES) is None
