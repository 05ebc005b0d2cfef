"""Rules that read what another evaluation recorded."""

from __future__ import annotations

from typing import Any

import pytest

from provision.model import Definition
from support.checking import found, group, other

MADE = {"record": "job:up:sum", "expr": "sum by (job) (up)"}
READS = {"alert": "Down", "expr": "job:up:sum == 0"}


def second(*rules: dict[str, str], path: str = "rules/tills.py", **fields: Any) -> Definition:
    return group(*rules, path=path, name="tills", **fields)


def said(*definitions: Definition, **options: Any) -> list[tuple[str, str]]:
    findings = found(*definitions, ids={"rule-dependency"}, **options)
    assert {each.severity for each in findings} <= {"info"}
    return [(each.subject, each.message) for each in findings]


def test_in_one_group_the_record_stands_first() -> None:
    assert said(group(MADE, READS)) == []
    assert said(group(READS, MADE)) == [
        ('rule group "shop", alert "Down"', "it reads job:up:sum, which is recorded after it: it sees what the evaluation before recorded")
    ]  # fmt: skip


def test_a_record_that_reads_itself_reads_what_it_was_on_purpose() -> None:
    assert said(group({"record": "job:up:sum", "expr": "job:up:sum + 1"})) == []


def test_a_record_of_another_group_is_told_of_once_for_all_that_read_it() -> None:
    also = {"record": "job:down", "expr": "1 - job:up:sum"}
    assert said(group(MADE), second(READS, also)) == [
        ('rule group "tills", alert "Down", and 1 more', 'job:up:sum is recorded in rule group "shop", which is evaluated at another time: what is read is up to an interval old')
    ]  # fmt: skip


def test_how_old_it_is_is_said_where_it_is_known() -> None:
    assert "up to 60 s old" in said(group(MADE, interval="1m"), second(READS))[0][1]
    server = other("prometheus", "global", **{"global": {"evaluation_interval": "30s"}})
    assert "up to 30 s old" in said(group(MADE), second(READS), server)[0][1]


@pytest.mark.parametrize("expr", ["avg_over_time(job:up:sum[1d]) < 1", "up == 0", "job:up:sum{"])
def test_quiet(expr: str) -> None:
    assert said(group(MADE), second({"alert": "Down", "expr": expr})) == []


def test_a_record_that_both_groups_make_is_read_where_it_is() -> None:
    assert said(group(MADE), second(MADE, READS)) == []


def test_files_of_others_need_not_run_on_one_server() -> None:
    guests = ["rules/shop.py", "rules/tills.py"]
    assert said(group(MADE), second(READS), guests=guests) == []
    assert len(said(group(MADE), second(READS, path="rules/shop.py"), guests=["rules/shop.py"])) == 1


def test_records_that_may_be_read_from_anywhere() -> None:
    checks = {"rule-dependency": {"ignore": ["job:.*"]}}
    assert said(group(MADE), second(READS), checks=checks) == []
