"""Alerts that wait for more than all."""

from __future__ import annotations

import pytest

from support.checking import found, group

SHARE = 'sum by (job) (rate(a{code=~"5.."}[5m])) / sum by (job) (rate(a[5m]))'


def said(expr: str, *records: tuple[str, str]) -> list[tuple[str, str]]:
    made = [{"record": name, "expr": each} for name, each in records]
    findings = found(group(*made, {"alert": "Burns", "expr": expr}), ids={"impossible-burn-rate"})
    return [(each.severity, each.message) for each in findings]


@pytest.mark.parametrize(
    "share",
    [
        SHARE,
        f"(1 - {SHARE})",
        f"max({SHARE})",
        'a{x="y"} / a',
        'increase(a{x="y", z="b"}[1h]) / increase(a{z="b"}[1h])',
        "count(rate(a{x='y'}[5m])) / count(rate(a[5m]))",
    ],
)
def test_what_is_certainly_a_share(share: str) -> None:
    assert said(f"{share} > 1.44") == [("error", "it never fires: a share is never above 1.44")]
    assert said(f"up == 0 or {share} >= 2") == [("error", "it never fires: a share is never as much as 2")]
    assert said(f"{share} > 0.9") == []
    assert said(f"{share} >= 1") == []


@pytest.mark.parametrize("product", ["14.4 * 0.1", "0.1 * 14.4", "14.4 * (1 - 0.9)", "(1 - 0.9) * 14.4"])
def test_burn_rates_say_of_which_objective(product: str) -> None:
    ((severity, message),) = said(f"{SHARE} > {product}")
    assert severity == "error"
    assert message.endswith("above 1.44, which is 14.4 times the budget of an objective of 90 %")


def test_a_record_that_is_a_share() -> None:
    assert [severity for severity, _ in said("job:a > 1.1", ("job:a", SHARE))] == ["error"]
    assert [severity for severity, _ in said("job:b > 1.1", ("job:a", SHARE), ("job:b", "job:a"))] == [
        "error"
    ]
    assert said("job:a > 1.1", ("job:a", SHARE), ("job:a", "up")) == []
    assert said("job:a > 1.1", ("job:a", "job:a")) == []


def test_a_name_that_says_it_is_a_share() -> None:
    assert [severity for severity, _ in said("job:errors:ratio5m > 14.4 * 0.1")] == ["warning"]
    assert [severity for severity, _ in said("max by (job) (errors_ratio) > 6 * (1 - 0.8)")] == ["warning"]


@pytest.mark.parametrize(
    "expr",
    [
        "job:errors:ratio5m > 1.2",
        "job:errors > 14.4 * 0.1",
        "job:errors:ratio5m > 14.4 * 0.01",
        "rate(a[5m]) / rate(b[5m]) > 2",
        "rate(a[5m]) / rate(a[1h]) > 2",
        'rate(a[5m]) / rate(a{x="y"}[5m]) > 2',
        'sum(rate(a{x="y"}[5m])) / avg(rate(a[5m])) > 2',
        'sum by (job) (rate(a{x="y"}[5m])) / sum by (x) (rate(a[5m])) > 2',
        'sum(a{x="y"}) / sum(a) > 2',
        'deriv(a{x="y"}[5m]) / deriv(a[5m]) > 2',
        f"{SHARE} > bool 2",
        f"{SHARE} < 2",
        f"100 * {SHARE} > 2",
        "1.44 > 2",
        "a{",
    ],
)
def test_quiet(expr: str) -> None:
    assert said(expr) == []
