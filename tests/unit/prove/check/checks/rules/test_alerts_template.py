"""Texts of alerts that can't be printed, stay empty, or that nobody can read."""

from __future__ import annotations

from typing import Any

import pytest

from provision.tools import promtool
from support.checking import found, group
from support.servers import require


def said(
    text: str, expr: str = "sum by (job) (up) == 0", field: str = "annotations", **options: Any
) -> list[tuple[str, str]]:
    labels = {"severity": "page"}
    alert: dict[str, Any] = {"alert": "Down", "expr": expr, "labels": labels, "annotations": {}}
    alert[field] = {**alert[field], "text": text}
    findings = found(group(alert), ids={"alerts-template"}, **options)
    return [(each.severity, each.message) for each in findings]


@pytest.mark.parametrize(
    "text",
    [
        "no template",
        "{{ $labels.job }} has {{ $value }}",
        "{{ .Labels.job }} has {{ .Value | humanize }}",
        "{{ if $labels.pod }}{{ $labels.pod }}{{ end }}",
        "{{ with query `up` }}{{ . | first | value }}{{ end }}",
        "{{ range query (printf `up{job='%s'}` $labels.job) }}{{ .Labels.instance }}{{ end }}",
        "{{ $externalLabels.cluster }}{{ externalURL }}{{ $externalURL }}",
    ],
)
def test_quiet(text: str) -> None:
    assert said(text) == []


def test_what_is_no_template() -> None:
    assert said("{{ $labels.job") == [("error", "text: an action {{ isn't closed with }} (column 1)")]
    assert said("a\n{{ if 1 }}", field="labels") == [
        ("error", "text: {{ if }} isn't closed with {{ end }} (line 2, column 4)")
    ]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("{{ humanise $value }}", 'did you mean "humanize"?'),
        ("{{ $label.job }}", 'did you mean "$labels"?'),
        ("{{ $labels.my-label }}", 'write index $labels "my-label"'),
        ("{{ .Label.job }}", 'did you mean "Labels"?'),
        ("{{ .Annotations.summary }}", "there are .Labels, .ExternalLabels, .ExternalURL, .Value"),
        ("{{ $labels.instance }}", "there are job: aggregate by the label, or leave it out here"),
        ("{{ $labels.severity }}", "labels that the rule adds aren't in $labels: write page itself"),
    ],
)
def test_what_to_do_instead(text: str, remedy: str) -> None:
    alert = {
        "alert": "Down",
        "expr": "sum by (job) (up) == 0",
        "labels": {"severity": "page"},
        "annotations": {"text": text},
    }
    assert [each.remedy for each in found(group(alert), ids={"alerts-template"})] == [remedy]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ humanize $value 2 }}", "humanize takes 1 value, not 2, so nothing is printed"),
        ("{{ externalURL 1 }}", "externalURL takes no value, not 1, so nothing is printed"),
        ("{{ printf }}", "printf takes at least 1 value, not 0, so nothing is printed"),
        ("{{ `x` | match }}", "match takes 2 values, not 1, so nothing is printed"),
        ("{{ with query `up{` }}{{ end }}", "what it asks by query isn't PromQL: nothing closes this '{'"),
    ],
)
def test_what_fails_while_it_is_printed(text: str, message: str) -> None:
    ((severity, told),) = said(text)
    assert severity == "error"
    assert told.startswith(f"text: {message} (column ")


@pytest.mark.parametrize(
    ("expr", "label", "findings"),
    [
        ("sum(up) == 0", "job", 1),
        ("sum by (job) (up) == 0", "instance", 1),
        ("sum without (job) (up) == 0", "job", 1),
        ("absent(up)", "job", 1),
        ('absent(up{job="a"})', "job", 0),
        ("up == 0", "anything", 0),
        ("sum(up) == 0 or up == 0", "job", 0),
        ("a / on (job) group_left (team) b > 0", "team", 0),
        ("up == 0", "severity", 1),
        ('up{severity="a"} == 0', "severity", 0),
        ("up{", "job", 0),
    ],
)
def test_labels_that_no_series_has(expr: str, label: str, findings: int) -> None:
    told = said(f"{{{{ $labels.{label} }}}}", expr)
    assert [severity for severity, _ in told] == ["warning"] * findings


def test_a_label_that_the_rule_makes_of_the_series_own_is_the_series() -> None:
    alert = {
        "alert": "Down",
        "expr": "up == 0",
        "labels": {"team": "{{ $labels.team }}"},
        "annotations": {"text": "{{ $labels.team }}"},
    }
    assert found(group(alert), ids={"alerts-template"}) == ()


def test_a_label_with_the_value_is_another_alert_each_time() -> None:
    assert [severity for severity, _ in said("{{ $value | humanize }}", field="labels")] == ["warning"]
    assert said("{{ if gt $value 5.0 }}much{{ else }}little{{ end }}", field="labels") == []


def test_labels_of_the_group_are_templates_too() -> None:
    alert = {"alert": "Down", "expr": "up == 0"}
    findings = found(group(alert, labels={"text": "{{ $value }}"}), ids={"alerts-template"})
    assert [each.severity for each in findings] == ["warning"]


@pytest.mark.parametrize(
    ("expr", "function"),
    [
        ("rate(a[5m]) > 1", "rate"),
        ("sum(irate(a[5m])) > 1", "irate"),
        ("sum(rate(a[5m])) / sum(rate(b[5m])) > 0.1", "rate"),
        ("100 * deriv(a[5m]) > 0.1", "deriv"),
        ("-rate(a[5m]) < 1", "rate"),
    ],
)
def test_results_with_many_digits(expr: str, function: str) -> None:
    assert said("{{ $value }}", expr) == [
        ("info", f"text: it prints the result of {function}() with all its digits (column 4)")
    ]
    assert said("{{ $value | humanize }}", expr) == []
    assert said("{{ printf `%.2f` $value }}", expr) == []


@pytest.mark.parametrize(
    "expr", ["count(rate(a[5m]) > 1) > 3", "increase(a[5m]) > 1", "up == bool 0 > 0", "a > rate(b[5m])"]
)
def test_results_that_can_be_read(expr: str) -> None:
    assert said("{{ $value }}", expr) == []


def test_functions_that_the_environment_does_not_have_yet() -> None:
    assert said("{{ toDuration $value }}", prometheus_version="3.5") == [
        ("error", "text: toDuration needs Prometheus 3.6, and this environment has 3.5 (column 4)")
    ]
    assert said("{{ toDuration $value }}", prometheus_version="3.6") == []
    assert said("{{ stripPort $labels.job }}") == []


def test_records_have_no_templates() -> None:
    rule = {"record": "a:b", "expr": "up", "labels": {"a": "{{ nothing }}"}}
    assert found(group(rule), ids={"alerts-template"}) == ()


TEXTS = [
    "{{ $labels.job }}", "{{ $labels.job", "{{ $label.job }}", "{{ humanise $value }}", "{{ if $value }}", "{{ end }}",
    "{{ .Labels.a-b }}", "{{ range query `up` }}{{ end }}", "{{ \"a }}", "{{ 5m }}", "{{/* a */}}", "{{ }}", "{{- $value -}}",
    "{{ with $x := $value }}{{ $x }}{{ end }}{{ $x }}", "{{ $value | humanize | printf `%s` }}", "{{ define `a` }}{{ end }}",
]  # fmt: skip


def test_the_verdict_is_promtool_s() -> None:
    tool = require("promtool")
    files = {
        f"{number}.yml": f"groups: [{{name: a, rules: [{{alert: A, expr: up, annotations: {{text: {text!r}}}}}]}}]".encode()
        for number, text in enumerate(TEXTS)
    }
    refused = {complaint.file for complaint in promtool.check_rules(tool, files)}
    ours = {
        f"{number}.yml" for number, text in enumerate(TEXTS) if any(each[0] == "error" for each in said(text))
    }
    assert refused == ours
