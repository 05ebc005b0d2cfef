"""All expressions at once."""

from __future__ import annotations

import pytest

from provision.client.prometheus import Statistics
from provision.errors import Unreachable, UsageError
from support.checking import dashboard, group, other, panel
from support.series_standin import KnownSeries
from support.verifying import asked

UP = {"__name__": "up", "job": "a"}


def test_what_is_written_several_times_is_asked_once():
    rules = [{"record": f"a:b:c{number}", "expr": "sum(up)"} for number in range(50)]
    report, client = asked(group(*rules), dashboard(panel("sum(up)", "sum(up)")))
    assert [each.verdict.status for each in report.results] == ["data"] * 52
    assert client.asked.count("count(sum(up)\n)") == 1
    assert report.questions < 10


def test_the_expressions_of_a_dashboard_stand_together():
    model = {"type": "stat", "targets": [{"refId": "A", "expr": "down"}]}
    shop = dashboard(panel("up"), {"libraryPanel": {"uid": "lib"}}, title="Shop")
    other_one = dashboard(panel("up"), title="Other", uid="other")
    report, _ = asked(shop, other_one, other("library-panel", "lib", folder="", name="Down", model=model))
    assert [(each.asked.owner, each.verdict.status) for each in report.results] == [
        ('dashboard "Shop"', "data"),
        ('dashboard "Shop"', "unknown-metric"),
        ('dashboard "Other"', "data"),
    ]


def test_nothing_to_ask():
    report, _ = asked()
    assert (report.results, report.servers) == ((), ("p",))


def test_a_server_that_goes_away_ends_it():
    class Gone(KnownSeries):
        def attempt(self, expr, *, at=None, timeout_seconds):
            raise Unreachable("nothing listens there")

    rules = [{"record": f"a:b:c{number}", "expr": f"up + {number}"} for number in range(50)]
    with pytest.raises(Unreachable):
        asked(group(*rules), client=Gone(UP))


def test_what_rules_of_the_project_record_may_be_missing_when_they_are_pushed():
    rules = group({"record": "job:up:sum", "expr": "sum by (job) (up)"})
    shop = dashboard(panel("job:up:sum"))
    assert [each.severity for each in asked(rules, shop)[0].results] == ["error", None]
    assert [each.severity for each in asked(rules, shop, pending=True)[0].results] == ["warning", None]


def test_what_costs_more_than_the_project_allows():
    client = KnownSeries(UP, costs={"sum(up)": Statistics(samples=900, peak_samples=12)})
    shop = dashboard(panel("sum(up)", "up"))
    report, _ = asked(shop, client=client, checks={"query-cost": {"max_samples": 500}})
    assert [
        [(each.id, each.severity, each.message) for each in result.remarks] for result in report.results
    ] == [
        [("query-cost", "warning", "it reads 900 samples, and 500 are allowed")],
        [],
    ]
    assert report.notes == (
        "it doesn't tell how many samples a query reads, so that no limit of them is kept",
    )
    assert [result.fails for result in report.results] == [False, False]
    strict = {"query-cost": {"max_samples": 500, "severity": "error"}}
    assert [result.fails for result in asked(shop, client=client, checks=strict)[0].results] == [True, False]
    for quiet in ({}, {"query-cost": "off"}, {"query-cost": {"max_samples": 900}}):
        assert [each.remarks for each in asked(shop, client=client, checks=quiet)[0].results] == [(), ()]


def test_a_limit_that_is_none():
    with pytest.raises(
        UsageError, match=r"\[tool.provision.checks.query-cost\] max_series must be a whole number"
    ):
        asked(dashboard(panel("up")), checks={"query-cost": {"max_series": "many"}})
    with pytest.raises(UsageError, match="has no setting 'max_serie'; did you mean 'max_series'?"):
        asked(dashboard(panel("up")), checks={"query-cost": {"max_serie": 1}})
