from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from provision.errors import UsageError
from provision.model import Definition, Finding, Part, Place, encode
from provision.project import Project
from provision.prove.check.checking import Verdict, verdict
from provision.prove.check.waivers import Waiver, waive, waivers_of
from support.checking import dashboard, group, panel

TODAY = date(2026, 6, 1)
RULE = {"kind": "rule-group", "key": "shop.yml/shop", "pointer": "/group/rules/0"}


def waiver(check: str, of: dict[str, str], until: str | None = None, line: int = 1) -> Definition:
    body = {"check": check, "reason": "r", "until": until, "subject": "it", "of": of}
    return Definition("waiver", f"w{line}", encode(body), Place("rules/w.py", line))


def judged(*definitions: Definition, root: Path = Path("/nowhere"), **settings: Any) -> Verdict:
    return verdict(definitions, Project(root, "test", settings=settings), today=TODAY)


def told(*definitions: Definition, **options: Any) -> list[tuple[str, str]]:
    ids = ("promql", "unknown-record", "waiver-unknown", "waiver-expired", "waiver-unused")
    return [(each.id, each.severity) for each in judged(*definitions, **options).findings if each.id in ids]


BROKEN = group({"record": "a", "expr": "up up"}, {"record": "b", "expr": "up up"})


def test_a_waiver_covers_its_thing_and_what_is_in_it() -> None:
    assert told(BROKEN) == [("promql", "error")] * 2
    assert told(BROKEN, waiver("promql", RULE)) == [("promql", "error")]
    assert told(BROKEN, waiver("promql", RULE | {"pointer": ""})) == []
    assert (
        told(BROKEN, waiver("promql", RULE), waiver("promql", RULE | {"pointer": "/group/rules/1"}, line=2))
        == []
    )


def test_what_is_waived_is_kept_with_its_waiver() -> None:
    ((finding, by),) = judged(BROKEN, waiver("promql", RULE)).waived
    assert (finding.id, by.check, by.reason, by.place) == ("promql", "promql", "r", Place("rules/w.py", 1))


def test_a_pointer_is_not_a_prefix_of_letters() -> None:
    rules = [{"record": f"a{number}", "expr": "up"} for number in range(10)]
    eleven = group(*rules, {"record": "b", "expr": "up up"})
    found = told(eleven, waiver("promql", RULE | {"pointer": "/group/rules/1"}))
    assert sorted(found) == [("promql", "error"), ("waiver-unused", "warning")]


def test_a_waiver_of_a_file_covers_all_that_is_written_there() -> None:
    assert told(BROKEN, waiver("promql", {"path": "rules/*.py"})) == []
    assert ("waiver-unused", "warning") in told(BROKEN, waiver("promql", {"path": "dashboards/*"}))


def test_a_waiver_of_the_file_that_it_stands_in() -> None:
    here = Definition("waiver", "w", waiver("promql", {}).body, Place("rules/shop.py", 1))
    assert told(BROKEN, here) == []
    assert ("waiver-unused", "warning") in told(BROKEN, waiver("promql", {}))


def test_a_waiver_counts_up_to_and_with_its_last_day() -> None:
    assert told(BROKEN, waiver("promql", {"path": "rules/*"}, "2026-06-01")) == []
    assert told(BROKEN, waiver("promql", {"path": "rules/*"}, "2026-05-31")) == [
        ("promql", "error"),
        ("promql", "error"),
        ("waiver-expired", "warning"),
    ]


def test_an_expired_waiver_says_whether_it_is_still_needed() -> None:
    def said(of: dict[str, str]) -> tuple[str, str]:
        (finding,) = (
            each
            for each in judged(BROKEN, waiver("promql", of, "2026-05-31")).findings
            if each.id == "waiver-expired"
        )
        return finding.message, finding.remedy

    assert said(RULE) == (
        "it counted until 2026-05-31",
        "mend what it waived, or give it a new date and say why",
    )
    assert said({"path": "x"}) == (
        "it counted until 2026-05-31, and there is nothing to waive",
        "take it out",
    )


def test_a_check_that_does_not_exist() -> None:
    found = judged(BROKEN, waiver("promqll", RULE)).findings
    (unknown,) = (each for each in found if each.id == "waiver-unknown")
    assert (unknown.severity, unknown.place, unknown.subject, unknown.message, unknown.remedy) == (
        "error", Place("rules/w.py", 1), "waiver of promqll, it", "there is no check 'promqll'", 'did you mean "promql"?',
    )  # fmt: skip


def test_what_verify_finds_is_known() -> None:
    assert told(waiver("verify-empty", RULE)) == []
    assert told(waiver("verify-empty", RULE, "2026-05-31")) == [("waiver-expired", "warning")]
    (unknown,) = judged(waiver("verify-emty", RULE)).findings
    assert (unknown.id, unknown.remedy) == ("waiver-unknown", 'did you mean "verify-empty"?')


def test_what_did_not_run_can_not_be_unused() -> None:
    good = group({"record": "a", "expr": "up"})
    assert told(good, waiver("promql", RULE)) == [("waiver-unused", "warning")]
    assert told(good, waiver("promql", RULE), checks={"promql": "off"}) == []
    assert told(good, waiver("promtool", RULE)) == []
    assert told(good, waiver("verify-empty", RULE)) == []


def test_the_severity_of_what_is_said_of_waivers_is_set_as_of_any_check() -> None:
    good = group({"record": "a", "expr": "up"})
    assert told(good, waiver("promql", RULE), checks={"waiver-unused": "error"}) == [
        ("waiver-unused", "error")
    ]
    assert told(good, waiver("promql", RULE), checks={"waiver-unused": "off"}) == []


def test_what_is_said_once_of_several_is_waived_when_all_of_them_are() -> None:
    readers = group(
        {"record": "x:up", "expr": "up"}, {"record": "a", "expr": "y:up"}, {"record": "b", "expr": "y:up"}
    )
    one, two = (
        waiver("unknown-record", RULE | {"pointer": f"/group/rules/{number}"}, line=number) for number in (1, 2)
    )  # fmt: skip
    assert told(readers, one) == [("unknown-record", "error")]
    assert told(readers, one, two) == []


def test_a_panel_is_found_by_its_title() -> None:
    board = dashboard(panel("up up"), {**panel("up up"), "title": "Other"})
    of = {"kind": "dashboard", "key": "shop", "pointer": "", "panel": "Orders"}
    assert told(board) == [("promql", "error")] * 2
    assert told(board, waiver("promql", of)) == [("promql", "error")]
    assert told(board, waiver("promql", {"path": "dashboards/shop.py", "panel": "Orders"})) == [
        ("promql", "error")
    ]


def test_a_panel_that_is_not_there() -> None:
    found = judged(
        dashboard(panel("up")), waiver("promql", {"path": "dashboards/*", "panel": "Nothing"})
    ).findings
    (unused,) = (each for each in found if each.id == "waiver-unused")
    assert unused.message == "there is no panel of that title, so it waives nothing"


def test_waivers_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.provision]\n\n[[tool.provision.waivers]]\n")
    entry = {"check": "promql", "reason": "r", "of": "rules/*", "until": date(2030, 1, 1)}
    found = judged(BROKEN, root=tmp_path, waivers=[entry])
    assert [each.waiver for each in found.waivers] == [
        Waiver("promql", "r", date(2030, 1, 1), Place("pyproject.toml", 3), "rules/*", (Part("", "", "", "rules/*"),))
    ]  # fmt: skip
    assert len(found.waived) == 2
    board = dashboard(panel("up up"))
    of_panel = {"check": "promql", "reason": "r", "of": "dashboards/*", "panel": "Orders"}
    assert told(board, waivers=[of_panel]) == []


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"reason": "r", "of": "x"}, "[[tool.provision.waivers]] number 1: check must be set"),
        ({"check": "promql", "reason": "", "of": "x"}, "number 1: reason must be text that isn't empty"),
        ({"check": "promql", "reason": "r", "of": "x", "until": "soon"}, "number 1: until must be a day such as 2027-01-31"),
        ({"check": "promql", "reason": "r", "of": "x", "panle": "P"}, "has no setting 'panle'; did you mean 'panel'?"),
        ("promql", "number 1: must be a table"),
    ],
)  # fmt: skip
def test_a_waiver_of_the_settings_that_is_none(entry: Any, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        judged(waivers=[entry])
    assert sentence in str(caught.value)


def test_the_same_waiver_of_a_shared_module_counts_once() -> None:
    first, second = (
        Definition("waiver", key, waiver("promql", RULE).body, Place("rules/_shared.py", 4)) for key in "ab"
    )
    assert len(judged(BROKEN, first, second).waivers) == 1


def test_findings_of_others_are_waived_by_the_same_door() -> None:
    waivers = waivers_of([waiver("verify-empty", RULE)], Project(Path("/nowhere"), "x"))
    about = (Part("rule-group", "shop.yml/shop", "/group/rules/0/expr", "rules/shop.py"),)
    empty = Finding("verify-empty", "error", Place("rules/shop.py", 3), "it", "no data", about=about)
    other = Finding("verify-empty", "error", Place("rules/shop.py", 9), "that", "no data")
    sifted = waive([empty, other], waivers, TODAY)
    assert sifted.told == (other,)
    assert [(finding, by.check) for finding, by in sifted.kept] == [(empty, "verify-empty")]
    assert [each.count for each in sifted.judged] == [1]
