"""The forms of what `provision check` found that programs read."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from provision.model import Finding, Place
from provision.prove.check.fingerprints import fingerprints
from provision.prove.check.pages import page
from provision.prove.check.waivers import Waiver
from provision.show.checked import Checked, checked_text, path_in_repository
from provision.show.forms import FORMATS
from support.docs import ROOT

SCHEMA = ROOT.parent / "shared/schemas/sarif/sarif-schema-2.1.0.json"

ERROR = Finding(
    "promql", "error", Place("rules/a b.py", 2), 'alert "A"', "it is wrong", "mend it", column=3, end_column=7
)
WARNING = Finding("schema", "warning", Place("rules/a b.py"), "", "it is odd")
NOTE = Finding("source", "info", Place("/elsewhere/x.json", 1), "x", "so")
WAIVED = Finding("promql", "error", Place("rules/c.py", 9), 'alert "C"', "it is wrong, too")
WAIVER = Waiver("promql", "it may be so", date(2031, 1, 31), Place("rules/c.py", 8), "C", ())
NASTY = Finding(
    "a-b", "warning", Place("rules/50%,a:b.py", 1), "s\x00\x1b\ud83d", "100 %\r\nsure: <a> & b, c"
)


def checked(*findings: Finding, **fields: Any) -> Checked:
    return Checked(Path("/srv/project"), findings, **fields)


ALL = checked(ERROR, WARNING, NOTE, waived=((WAIVED, WAIVER),))


def test_json() -> None:
    document = json.loads(
        checked_text(
            checked(ERROR, WARNING, waived=((WAIVED, WAIVER),), known=2, gone=1, counted={"dashboard": 2},
                    decided={"PromQL": "promtool 3.14"}),
            "json",
        )
    )  # fmt: skip
    first, second = fingerprints([ERROR, WARNING])
    assert document == {
        "format": "provision.check/1",
        "findings": [
            {"id": "promql", "severity": "error", "path": "rules/a b.py", "line": 2, "column": 3, "end_column": 7,
             "subject": 'alert "A"', "message": "it is wrong", "remedy": "mend it", "fingerprint": first},
            {"id": "schema", "severity": "warning", "path": "rules/a b.py", "line": None, "column": None,
             "end_column": None, "subject": "", "message": "it is odd", "remedy": "", "fingerprint": second},
        ],
        "waived": [
            {"id": "promql", "path": "rules/c.py", "line": 9, "subject": 'alert "C"', "message": "it is wrong, too",
             "reason": "it may be so", "until": "2031-01-31"},
        ],
        "baseline": {"known": 2, "gone": 1},
        "summary": {"error": 1, "warning": 1, "info": 0},
        "checked": {"dashboard": 2},
        "decided": {"PromQL": "promtool 3.14"},
    }  # fmt: skip
    assert json.loads(checked_text(checked(), "json"))["baseline"] is None


def sarif(what: Checked) -> Any:
    document = json.loads(checked_text(what, "sarif"))
    (run,) = document["runs"]
    return run


def test_sarif() -> None:
    run = sarif(ALL)
    error, warning, note, waived = run["results"]
    assert [each["level"] for each in run["results"]] == ["error", "warning", "note", "error"]
    assert error["message"] == {"text": 'alert "A": it is wrong\nmend it'}
    assert error["locations"] == [{"physicalLocation": {
        "artifactLocation": {"uri": "rules/a%20b.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 3, "endColumn": 7},
    }}]  # fmt: skip
    assert "region" not in warning["locations"][0]["physicalLocation"]
    assert note["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/x.json"}
    assert [each["partialFingerprints"]["provision/v1"] for each in run["results"]] == fingerprints(
        [ERROR, WARNING, NOTE, WAIVED]
    )
    (suppression,) = waived["suppressions"]
    assert (suppression["kind"], suppression["justification"]) == ("inSource", "it may be so")
    assert suppression["location"]["physicalLocation"]["region"] == {"startLine": 8}
    assert not any("suppressions" in each for each in (error, warning, note))


def test_sarif_tells_what_the_rules_are() -> None:
    run = sarif(ALL)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["promql", "schema", "source"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    assert rules[0]["shortDescription"]["text"].startswith("Every expression is PromQL")
    assert rules[0]["help"]["markdown"] == (ROOT / "docs/checks/promql.md").read_text()
    assert rules[2]["shortDescription"]["text"].startswith("Every source compiles")


def test_a_waiver_of_the_settings_is_external() -> None:
    outside = Waiver("promql", "r", None, Place("pyproject.toml", 4), "C", ())
    assert sarif(checked(waived=((WAIVED, outside),)))["results"][0]["suppressions"][0]["kind"] == "external"


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} isn't there")
@pytest.mark.parametrize("what", [ALL, checked(), checked(NASTY)])
def test_sarif_is_valid(what: Checked) -> None:
    schema = json.loads(SCHEMA.read_text())
    jsonschema_rs.validator_for(schema).validate(json.loads(checked_text(what, "sarif")))


def test_github_commands() -> None:
    assert checked_text(ALL, "github").splitlines() == [
        '::error file=rules/a b.py,line=2,col=3,endColumn=7,title=promql::alert "A": it is wrong%0Amend it',
        "::warning file=rules/a b.py,title=schema::it is odd",
        "::notice file=/elsewhere/x.json,line=1,title=source::x: so",
    ]
    assert checked_text(checked(), "github") == ""


def test_github_commands_are_escaped() -> None:
    (line,) = checked_text(checked(NASTY), "github").split("\n")
    assert line.startswith("::warning file=rules/50%25%2Ca%3Ab.py,line=1,title=a-b::")
    assert line.endswith(": 100 %25%0D%0Asure: <a> & b, c")


def test_gitlab() -> None:
    error, warning, note = json.loads(checked_text(ALL, "gitlab"))
    assert error == {
        "description": 'alert "A": it is wrong — mend it',
        "check_name": "promql",
        "fingerprint": fingerprints([ERROR])[0],
        "severity": "major",
        "location": {"path": "rules/a b.py", "lines": {"begin": 2}},
    }
    assert (warning["severity"], warning["location"]["lines"]["begin"]) == ("minor", 1)
    assert note["severity"] == "info"
    assert json.loads(checked_text(checked(), "gitlab")) == []


def test_junit() -> None:
    root = ET.fromstring(checked_text(ALL, "junit").encode())
    assert (root.tag, root.attrib) == (
        "testsuites", {"name": "provision check", "tests": "4", "failures": "1", "skipped": "1"}
    )  # fmt: skip
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["/elsewhere/x.json", "rules/a b.py", "rules/c.py"]
    failing, passing = suites["rules/a b.py"]
    assert failing.attrib == {
        "classname": "rules/a b.py", "name": 'promql: alert "A"', "file": "rules/a b.py", "line": "2"
    }  # fmt: skip
    (failure,) = failing
    assert (failure.tag, failure.attrib) == ("failure", {"type": "promql", "message": "it is wrong"})
    assert failure.text == 'rules/a b.py:2: error: alert "A": it is wrong\nmend it'
    assert [each.tag for each in passing] == ["system-out"]
    assert suites["rules/c.py"].find(".//skipped").attrib == {"message": "it may be so"}


def test_junit_fails_by_what_makes_the_command_fail() -> None:
    root = ET.fromstring(checked_text(checked(ERROR, WARNING, fails="warning"), "junit").encode())
    assert root.get("failures") == "2"


def test_a_junit_report_of_nothing_is_a_case_that_passes() -> None:
    root = ET.fromstring(checked_text(checked(), "junit").encode())
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert [case.get("name") for case in root.iter("testcase")] == ["no findings"]


def test_junit_holds_what_xml_can_hold() -> None:
    text = checked_text(checked(NASTY), "junit")
    assert not re.search("[\x00-\x08\x1b\ud800-\udfff]", text)
    assert "s��\\ud83d" in next(ET.fromstring(text.encode()).iter("testcase")).get("name", "")


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_can_be_written_as_utf_8(form: str) -> None:
    checked_text(checked(NASTY), form).encode("utf-8")


def test_paths_are_those_of_the_repository(tmp_path: Path) -> None:
    project = tmp_path / "repository" / "observability"
    project.mkdir(parents=True)
    assert path_in_repository("rules/a.py", project) == "rules/a.py"
    (tmp_path / "repository" / ".git").mkdir()
    assert path_in_repository("rules/a.py", project) == "observability/rules/a.py"
    assert path_in_repository(str(tmp_path / "repository/x.json"), project) == "x.json"
    assert path_in_repository("/elsewhere/x.json", project) == "/elsewhere/x.json"


def test_what_fails() -> None:
    assert checked(ERROR).failed
    assert not checked(WARNING, NOTE).failed
    assert checked(WARNING, fails="warning").failed
    assert not checked(NOTE, fails="warning").failed
    assert checked(NOTE, fails="info").failed


def test_the_page_of_a_check() -> None:
    assert page("promql").text == (ROOT / "docs/checks/promql.md").read_text()
