from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str) -> list[tuple[str, str]]:
    findings = found(group({"record": "a:b", "expr": expr}), ids={"missing-le"})
    assert {each.severity for each in findings} <= {"error"}
    return [(each.message, each.remedy) for each in findings]


@pytest.mark.parametrize(
    ("expr", "remedy"),
    [
        ("histogram_quantile(0.9, sum by (job) (rate(a_bucket[5m])))", "write sum by (le, job) (…)"),
        ("histogram_quantile(0.9, sum(rate(a_bucket[5m])))", "write sum by (le) (…)"),
        ("histogram_quantile(0.9, sum without (le) (rate(a_bucket[5m])))", "keep le in every aggregation around the buckets"),
        ("histogram_fraction(0, 1, sum(rate(a_bucket[5m])))", "write sum by (le) (…)"),
        ("histogram_quantile(0.9, max by (le) (sum by (job) (rate(a_bucket[5m]))))", "keep le in every aggregation around the buckets"),
    ],
)  # fmt: skip
def test_buckets_without_their_bounds(expr: str, remedy: str) -> None:
    ((message, what_to_do),) = said(expr)
    assert "of a_bucket without its le gives nothing" in message
    assert what_to_do == remedy


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))",
        "histogram_quantile(0.9, rate(a_bucket[5m]))",
        "histogram_quantile(0.9, sum without (instance) (rate(a_bucket[5m])))",
        "histogram_quantile(0.9, sum by (job) (rate(native_seconds[5m])))",
        'histogram_quantile(0.9, label_replace(sum(rate(a_bucket[5m])), "le", "1", "", ""))',
        "histogram_quantile(0.9, sum by (vmrange) (rate(a_bucket[5m])))",
        "sum(rate(a_bucket[5m]))",
    ],
)
def test_buckets_with_their_bounds_and_native_histograms(expr: str) -> None:
    assert said(expr) == []


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.9, sum by ($by) (rate(a_bucket[5m])))",
        "histogram_quantile(0.9, $sum(rate(a_bucket[5m])))",
        "histogram_quantile(0.9, sum(rate($metric[5m])))",
    ],
)
def test_what_a_variable_stands_for_is_not_judged(expr: str) -> None:
    assert found(dashboard(panel(expr)), ids={"missing-le"}) == ()
