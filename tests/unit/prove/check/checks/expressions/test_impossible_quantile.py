from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


@pytest.mark.parametrize(
    ("expr", "message", "remedy"),
    [
        ("histogram_quantile(95, a_bucket)", "histogram_quantile(95, …) gives infinity: a quantile lies between 0 and 1", "write 0.95"),
        ("quantile(99.9, a)", "quantile(99.9, …) gives infinity: a quantile lies between 0 and 1", "write 0.999"),
        ("quantile_over_time(-1, a[5m])", "quantile_over_time(-1, …) gives minus infinity: a quantile lies between 0 and 1", ""),
    ],
)  # fmt: skip
def test_quantiles_that_are_no_shares(expr: str, message: str, remedy: str) -> None:
    (finding,) = found(group({"record": "a:b", "expr": expr}), ids={"impossible-quantile"})
    assert (finding.severity, finding.message, finding.remedy) == ("error", message, remedy)


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, a_bucket)",
        "histogram_quantile(1, a_bucket)",
        "histogram_quantile($q, a_bucket)",
        "histogram_quantile(0.$q, a_bucket)",
        "histogram_quantile($q / 100, a_bucket)",
        "quantile(scalar(b), a)",
        "topk(95, quantile_of_a)",
        "quantile(95",
    ],
)
def test_shares(expr: str) -> None:
    assert found(dashboard(panel(expr)), ids={"impossible-quantile"}) == ()
