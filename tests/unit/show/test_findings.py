from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from provision.model import Finding, Place
from provision.prove.check.waivers import Waiver
from provision.show.checked import Checked
from provision.show.findings import findings_text, printed, summary_text

ERROR = Finding("promql", "error", Place("rules/a.py", 2), 'alert "A"', "it is wrong", "mend it")
WARNING = Finding("schema", "warning", Place("rules/a.py"), "", "it is odd")
DECIDED = {"PromQL": "promtool 3.14"}


def text(*findings: Finding, root: Path = Path("/nowhere")) -> str:
    return click.unstyle(findings_text(findings, root))


def test_a_finding_with_its_line_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.py").write_text("first\n    second = 'x'  \n")
    assert text(ERROR, WARNING, root=tmp_path) == (
        'rules/a.py:2: error: alert "A": it is wrong [promql]\n'
        "    | second = 'x'\n"
        "    mend it\n"
        "rules/a.py: warning: it is odd [schema]"
    )


def test_the_line_holds_no_secret(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.py").write_text(
        'secure = {\n    "p": "S1", "url": "https://h/S2",\n}\n', encoding="utf-8"
    )
    assert text(ERROR, root=tmp_path).splitlines()[1] == '    | "p": "…", "url": "…",'
    (tmp_path / "rules/a.py").write_text('\n{"settings": {"url": "https://hooks.slack.com/S2"}}')
    assert (
        text(ERROR, root=tmp_path).splitlines()[1]
        == '    | {"settings": {"url": "https://hooks.slack.com/***"}}'
    )


def test_nothing_is_said_of_nothing() -> None:
    assert text() == ""


@pytest.mark.parametrize("content", [b"", b"one\n", b"one\n{\n", b"one\n   \n"])
def test_a_line_that_says_nothing_is_left_out(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.py").write_bytes(content)
    assert "|" not in text(ERROR, root=tmp_path)


def test_a_file_that_can_not_be_read_is_no_fault(tmp_path: Path) -> None:
    assert "|" not in text(ERROR, root=tmp_path)
    (tmp_path / "rules").mkdir()
    with (tmp_path / "rules/a.py").open("wb") as file:
        file.truncate(17 * 2**20)
    assert "|" not in text(ERROR, root=tmp_path)


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.py").write_text("\n" + "x" * 1000)
    assert text(ERROR, root=tmp_path).splitlines()[1] == f"    | {'x' * 160}…"


def test_nothing_takes_control_of_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.py").write_bytes(b"\nx\x1b[31m\x00\xff\n")
    nasty = Finding("a", "info", Place("rules/a.py", 2), "s\x1b]0;x\x07", "m\nn\u202e", "r\r\x9b")
    said = findings_text([nasty], tmp_path)
    assert click.unstyle(said) == ("rules/a.py:2: info: s�]0;x�: m n� [a]\n    | x�[31m��\n    r �")


def summary(*findings: Finding, **fields: Any) -> str:
    return click.unstyle(summary_text(Checked(Path("/nowhere"), findings, **fields)))


def test_the_summary_counts() -> None:
    checked = {"dashboard": 12, "rule group": 1, "route": 0}
    assert summary(ERROR, ERROR, WARNING, counted=checked, decided=DECIDED) == (
        "12 dashboards, 1 rule group: 2 errors, 1 warning\nPromQL decided by promtool 3.14"
    )
    assert summary() == "nothing to check: no findings"
    note = Finding("a", "info", Place("a"), "", "b")
    assert summary(note).endswith("1 note")
    assert summary(ERROR, note, note).endswith("1 error, 2 notes")


def test_the_summary_says_what_is_not_told() -> None:
    waiver = Waiver("promql", "r", None, Place("a"), "it", ())
    waived = ((ERROR, waiver), (WARNING, waiver))
    assert summary(waived=waived, known=12).endswith("no findings (2 waived, 12 in the baseline)")
    assert summary(known=0, gone=3) == (
        "nothing to check: no findings\n3 of the baseline no longer occur: write it anew"
    )
    assert summary(known=0, gone=1).endswith("1 of the baseline no longer occurs: write it anew")


def test_a_quiet_check_prints_nothing_but_findings() -> None:
    assert printed(Checked(Path("/nowhere"), (), quiet=True)) == ""
    said = click.unstyle(printed(Checked(Path("/nowhere"), (WARNING,), quiet=True)))
    assert said == "rules/a.py: warning: it is odd [schema]"
    assert len(printed(Checked(Path("/nowhere"), (WARNING,))).splitlines()) == 2


def test_columns_are_told_and_marked(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.py").write_text("first\n    second = 'up up'\n")
    assert text(replace(ERROR, column=18, end_column=20), root=tmp_path).splitlines() == [
        'rules/a.py:2:18: error: alert "A": it is wrong [promql]',
        "    | second = 'up up'",
        "    |              ^^",
        "    mend it",
    ]
