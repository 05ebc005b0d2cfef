from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str, kind: str = "alert") -> list[tuple[str, str]]:
    findings = found(group({kind: "a:b", "expr": expr}), ids={"unlabelled-zero"})
    return [(each.severity, each.message) for each in findings]


BESIDES = "it is there besides the series, not only where they are missing"


@pytest.mark.parametrize(
    ("expr", "severity", "message"),
    [
        ("(sum by (job) (a) or vector(0)) / sum by (job) (b)", "warning", "or vector(…) has no job: it matches nothing of the other side of /"),
        ("sum by (x, y) (b) - (sum by (x, y) (a) or vector(0))", "warning", "or vector(…) has no labels: it matches nothing of the other side of -"),
        ("1 - (sum by (job) (a) or vector(0)) / sum by (job) (b) > 0.5", "warning", "or vector(…) has no job: it matches nothing of the other side of /"),
        ("(sum by (job) (a) or vector(0)) and b > 1", "warning", "or vector(…) has no job: it matches nothing of the other side of and"),
        ("(sum by (job) (a) or vector(0)) < 1", "error", "or vector(…) has no job, so it is there besides the series, and the alert always fires"),
        ("(sum by (job) (a) or vector(0)) > 1", "warning", f"or vector(…) has no job: {BESIDES}"),
        ("sum by (job) (a or vector(0)) > 1", "warning", f"or vector(…) has no labels: {BESIDES}"),
        ("sum(b) / (sum(a) or vector(0))", "warning", "where there is nothing to divide by, or vector(0) divides by 0, which gives NaN or infinity"),
        ("sum(b) / (60 * (sum(a) or vector(0)))", "warning", "where there is nothing to divide by, or vector(0) divides by 0, which gives NaN or infinity"),
    ],
)  # fmt: skip
def test_a_zero_without_the_labels_of_what_is_missing(expr: str, severity: str, message: str) -> None:
    assert said(expr) == [(severity, message)]


@pytest.mark.parametrize(
    "expr",
    [
        "(sum(a) or vector(0)) / sum(b)",
        "(sum(a) or vector(0)) < 1",
        "sum(a or vector(0)) > 1",
        "sum(b) / ((sum(a) or vector(0)) + 1)",
        "(sum by (job) (a) or 0 * sum by (job) (b)) / sum by (job) (b)",
        "sum by (job) (a) or on () vector(0)",
        "vector(0) > 1 or sum(a)",
    ],
)
def test_where_it_does_what_it_should(expr: str) -> None:
    assert said(expr) == []


def test_a_record_may_have_it_besides() -> None:
    assert said("sum by (job) (a) or vector(0)", "record") == []


def test_a_panel_shows_one_series_more() -> None:
    (finding,) = found(dashboard(panel("sum by (job) (a) or vector(0)")), ids={"unlabelled-zero"})
    assert (finding.severity, finding.message) == ("info", f"or vector(…) has no job: {BESIDES}")
    assert found(dashboard(panel("sum by ($by) (a) or vector(0)")), ids={"unlabelled-zero"}) == ()
