from __future__ import annotations

import pytest

from provision.errors import MissingTool, ProvisionError
from provision.tools import promtool
from provision.tools.promtool import Complaint
from support.programs import fake
from support.servers import require

GOOD = b"groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: up\n"
BAD_EXPR = b"groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: sum(\n"
BAD_FIELD = b"groups:\n- name: g\n  rulez: []\n  colour: red\n"
BROKEN = b"groups:\n - name: a\n   rules: [\n"


def test_it_is_looked_for_in_the_tools_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert promtool.find() is None
    assert promtool.find(tmp_path) is None
    tool = fake(tmp_path / "root/usr/bin/promtool")
    assert promtool.find(tmp_path) == tool


@pytest.mark.parametrize(("said", "version"), [("2.42.0+ds", (2, 42, 0)), ("3.1.2", (3, 1, 2)), ("", None)])
def test_the_version_is_what_it_says(tmp_path, said, version):
    assert promtool.version(fake(tmp_path / "promtool", version=said)) == version


def test_another_program_of_that_name_is_refused(tmp_path):
    other = fake(tmp_path / "promtool")
    other.write_text("#!/bin/sh\necho hello\n")
    with pytest.raises(MissingTool, match="isn't a promtool that runs"):
        promtool.version(other)


def test_no_file_is_no_call(tmp_path):
    assert promtool.check_rules(tmp_path / "none", {}) == ()


@pytest.mark.parametrize(
    ("stdout", "stderr", "expected"),
    [
        (
            "Checking 0.yml\n  SUCCESS: 1 rules found\n\nChecking 1.yml\n\n",
            '  FAILED:\n1.yml: 5:15: group "g9", rule 2, "x:z": could not parse expression: 1:5: parse error: unclosed\n',
            [Complaint("b", '"x:z": could not parse expression: 1:5: parse error: unclosed', 5, "g9", 1)],
        ),
        (
            "",
            "  FAILED:\n0.yml: yaml: line 3: did not find expected node content\n"
            "0.yml: yaml: line 3: did not find expected node content\n",
            [Complaint("a", "yaml: line 3: did not find expected node content", 3)],
        ),
        (
            "",
            "  FAILED:\n0.yml: yaml: unmarshal errors:\n  line 3: field query_offset not found in type rulefmt.RuleGroup\n"
            "  line 4: field labels not found in type rulefmt.RuleGroup\n\n",
            [
                Complaint("a", "field query_offset not found in type rulefmt.RuleGroup", 3),
                Complaint("a", "field labels not found in type rulefmt.RuleGroup", 4),
            ],
        ),
        (
            "",
            "time=2026-11-23T01:19:31.217Z level=WARN msg=x\n  FAILED:\n"
            '0.yml: 0:0: groupname: "a" is repeated in the same file\n'
            '1.yml: group "a", rule 3, "a b": annotation "x": template: __alert_a b:1: undefined variable "$labelz"\n',
            [
                Complaint("a", 'groupname: "a" is repeated in the same file'),
                Complaint(
                    "b",
                    '"a b": annotation "x": template: __alert_a b:1: undefined variable "$labelz"',
                    None,
                    "a",
                    2,
                ),
            ],
        ),
        (
            "",
            '  FAILED:\n1.yml: not a valid duration string: "zz"\n',
            [Complaint("b", 'not a valid duration string: "zz"')],
        ),
    ],
)
def test_what_it_refuses_is_read(tmp_path, stdout, stderr, expected):
    tool = fake(tmp_path / "promtool", stdout=stdout, stderr=stderr, code=1)
    assert promtool.check_rules(tool, {"a": GOOD, "b": GOOD}) == tuple(expected)


def test_a_failure_without_a_reason_is_an_error(tmp_path):
    tool = fake(tmp_path / "promtool", stderr="out of cheese", code=9)
    with pytest.raises(ProvisionError, match="exit code 9: out of cheese"):
        promtool.check_rules(tool, {"a": GOOD})
    with pytest.raises(ProvisionError, match="exit code 9: out of cheese"):
        promtool.check_config(tool, b"")


@pytest.mark.server
def test_the_real_one_on_rules():
    tool = require("promtool")
    assert promtool.check_rules(tool, {"good.yml": GOOD}) == ()
    found = promtool.check_rules(
        tool, {"good.yml": GOOD, "e.yml": BAD_EXPR, "f.yml": BAD_FIELD, "broken.yml": BROKEN}
    )
    by_file = {}
    for complaint in found:
        by_file.setdefault(complaint.file, []).append(complaint)
    assert set(by_file) == {"e.yml", "f.yml", "broken.yml"}
    (expr,) = by_file["e.yml"]
    assert (expr.line, expr.group, expr.rule) == (5, "g", 0)
    assert "could not parse expression" in expr.message
    assert [(entry.line, entry.message.split()[:2]) for entry in by_file["f.yml"]] == [
        (3, ["field", "rulez"]),
        (4, ["field", "colour"]),
    ]
    assert by_file["broken.yml"][0].line == 3


@pytest.mark.server
def test_the_real_one_on_a_configuration():
    tool = require("promtool")
    assert (
        promtool.check_config(tool, b"scrape_configs: [{job_name: a, static_configs: [{targets: ['a:1']}]}]")
        == ()
    )
    (found,) = promtool.check_config(tool, b"global:\n  colour: red\n")
    assert (found.file, found.line) == ("prometheus.yml", 2)
    assert found.message.startswith("field colour not found")
    (other,) = promtool.check_config(tool, b"scrape_configs: [{job_name: a}, {job_name: a}]")
    assert "a" in other.message
