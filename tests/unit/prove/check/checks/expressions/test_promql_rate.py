from __future__ import annotations

import pytest

from provision.model import Definition
from support.checking import dashboard, found, group, other, panel


def said(expr: str, *others: Definition) -> list[tuple[str, str]]:
    findings = found(group({"record": "a:b", "expr": expr}), *others, ids={"promql-rate"})
    return [(each.severity, each.message) for each in findings]


def server(interval: str | None = "30s") -> Definition:
    fields = {} if interval is None else {"scrape_interval": interval}
    return other("prometheus", "global", **{"global": fields})


def job(name: str, interval: str | None = None) -> Definition:
    fields = {} if interval is None else {"scrape_interval": interval}
    return other("scrape-config", name, job_name=name, **fields)


@pytest.mark.parametrize(
    ("expr", "severity", "ends"),
    [
        ("rate(a_total[30s])", "error", "never finds two samples"),
        ("increase(a_total[15s])", "error", "never finds two samples"),
        ("irate(a_total[45s])", "warning", "often finds a single sample"),
        ("delta(a[1m])", "info", "finds nothing once one sample is late"),
        ("deriv(a[90s])", "info", "finds nothing once two samples are lost"),
    ],
)
def test_ranges_that_are_too_short_for_the_scrape_interval(expr: str, severity: str, ends: str) -> None:
    ((level, message),) = said(expr, server())
    assert level == severity
    assert message.endswith(ends)


@pytest.mark.parametrize(
    "expr",
    ["rate(a_total[2m])", "max_over_time(a[30s])", "rate(job:a:sum_total[10s])", "rate(a_total[10s + 5s])"],
)
def test_ranges_that_are_long_enough_or_of_what_is_not_scraped(expr: str) -> None:
    assert [each for each in said(expr, server()) if "looks back" in each[1]] == []


def test_the_interval_is_that_of_the_job_or_the_shortest() -> None:
    jobs = (server("1m"), job("slow"), job("fast", "5s"))
    assert said("rate(a_total[30s])", *jobs) == []
    assert said('rate(a_total{job="fast"}[30s])', *jobs) == []
    ((level, message),) = said('rate(a_total{job="slow"}[30s])', *jobs)
    assert (level, "at a scrape each 1m" in message) == ("error", True)


def test_prometheus_own_interval_counts_where_its_configuration_gives_none() -> None:
    ((level, _),) = said("rate(a_total[1m])", server(None))
    assert level == "error"
    ((level, _),) = said("rate(a_total[1m])", job("shop"))
    assert level == "error"


def test_nothing_is_said_of_ranges_where_nothing_is_scraped_or_somebody_else_does() -> None:
    assert said("rate(a_total[1s])") == []
    guest = group({"record": "a:b", "expr": "rate(a_total[1s])"}, path="/elsewhere.yml")
    assert found(guest, server(), ids={"promql-rate"}, guests=["/elsewhere.yml"]) == ()


@pytest.mark.parametrize(
    "expr", ["rate(a_total[$__rate_interval])", "rate(a_total[$i])", "rate(a_total[${n}s])"]
)
def test_ranges_of_variables_are_not_judged(expr: str) -> None:
    assert found(dashboard(panel(expr)), server("5m"), ids={"promql-rate"}) == ()


def test_a_panel_is_told_of_the_variable() -> None:
    (finding,) = found(dashboard(panel('rate(a_total{job="$job"}[1m])')), server("1m"), ids={"promql-rate"})
    assert finding.remedy == "write [$__rate_interval]"


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("deriv(a_total[5m])", "deriv() takes each restart of what a_total counts for a fall: by its name it is a counter"),
        ("delta(a_seconds_count[5m])", "delta() takes each restart of what a_seconds_count counts for a fall: by its name it is a counter"),
        ("rate(a_timestamp_seconds[5m])", "rate() takes each fall of a_timestamp_seconds for a restart: by its name it is no counter"),
        ("increase(up[5m])", "increase() takes each fall of up for a restart: by its name it is no counter"),
        ("rate(sum(a_total)[5m:])", "rate() of sum(): when one process restarts, all that the others counted shows once more"),
        ("rate(rate(a_total[5m])[1h:])", "rate() of rate(), which is no counter"),
        ("increase(job:a:rate5m[5m])", "increase() of job:a:rate5m, which by its name is a rate already"),
    ],
)  # fmt: skip
def test_changes_of_what_has_another_type(expr: str, message: str) -> None:
    assert said(expr) == [("warning", message)]


@pytest.mark.parametrize("name", ["process_start_time_seconds", "backup_timestamp_seconds"])
def test_a_moment_is_no_quantity(name: str) -> None:
    (finding,) = found(group({"record": "a:b", "expr": f"increase({name}[5m])"}), ids={"promql-rate"})
    assert finding.remedy == "use changes() for how often it moved, or time() less it for how long ago it was"


def test_the_rate_of_a_recorded_sum() -> None:
    rules = group(
        {"record": "job:a:sum", "expr": "sum by (job) (a_total)"},
        {"record": "job:a:copy", "expr": "a_total"},
        {"record": "job:b:copy", "expr": "rate(job:a:copy[5m])"},
        {"record": "job:b:x", "expr": "rate(job:a:sum[5m])"},
    )
    (finding,) = found(rules, ids={"promql-rate"})
    assert finding.message.startswith("rate() of job:a:sum, which records sum():")


@pytest.mark.parametrize(
    "expr",
    [
        "rate(a_total[5m])",
        "sum(rate(a_total[5m]))",
        "delta(a[5m])",
        "deriv(a_bytes[1h])",
        "max_over_time(rate(a_total[5m])[1h:])",
        "rate(job:a:sum[5m])",
        "deriv(sum(a)[1h:])",
        "rate(a_total{b=~'c.*'}[5m]",
    ],
)
def test_what_is_as_it_should_be(expr: str) -> None:
    assert said(expr) == []
