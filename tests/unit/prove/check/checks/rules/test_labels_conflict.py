"""Labels of rules that take the place of others."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import found, group, other


def said(expr: str, labels: dict[str, Any], external: dict[str, str] | None = None) -> list[str]:
    server = other("prometheus", "global", **{"global": {"external_labels": external or {}}})
    rules = group({"record": "a:b", "expr": expr, "labels": labels})
    findings = found(rules, server, ids={"labels-conflict"})
    assert {each.severity for each in findings} <= {"warning"}
    return [each.message for each in findings]


def test_external_labels() -> None:
    (message,) = said("sum(up)", {"cluster": "a"}, {"cluster": "b", "site": "c"})
    assert (
        message
        == "the label cluster is an external label of Prometheus, too, which sets it to 'b' in what leaves the server"
    )
    (message,) = said("sum(up)", {"cluster": "b"}, {"cluster": "b"})
    assert "sets it to the same" in message
    assert said("sum(up)", {"cluster": "a"}, {"site": "c"}) == []


def test_external_labels_of_a_group() -> None:
    server = other("prometheus", "global", **{"global": {"external_labels": {"cluster": "b"}}})
    rules = group({"record": "a:b", "expr": "sum(up)"}, labels={"cluster": "a"})
    assert len(found(rules, server, ids={"labels-conflict"})) == 1


def test_files_of_others_run_on_another_server() -> None:
    server = other("prometheus", "global", **{"global": {"external_labels": {"cluster": "b"}}})
    rules = group({"record": "a:b", "expr": "sum(up)", "labels": {"cluster": "a"}})
    assert found(rules, server, ids={"labels-conflict"}, guests=["rules/shop.py"]) == ()


@pytest.mark.parametrize(
    ("expr", "labels", "start"),
    [
        ('up{job="a"}', {"job": "b"}, "the label job takes the place of job='a'"),
        ("up", {"instance": "b"}, "the label instance takes the place of each series' own"),
        ("sum by (code) (up)", {"code": "b"}, "the label code takes the place of each series' own"),
    ],
)
def test_labels_of_the_series(expr: str, labels: dict[str, str], start: str) -> None:
    (message,) = said(expr, labels)
    assert message.startswith(start)


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ('up{job="a"}', {"job": "a"}),
        ("sum(up)", {"job": "b"}),
        ("up", {"job": "{{ $labels.job }}-b"}),
        ("up", {"kind": "b"}),
        ("up", {}),
        ("up{", {"job": "b"}),
        ("vector(1)", {"job": "b"}),
    ],
)
def test_quiet(expr: str, labels: dict[str, str]) -> None:
    assert said(expr, labels) == []
