"""Findings as a JUnit report: a suite a file, a case a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET  # writes only

from provision.model import Finding
from provision.prove.check.waivers import Waiver
from provision.show.checked import Checked, message_of

_INVALID: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold, not even escaped."""

_NAME: Final = "provision check"


def printed(checked: Checked) -> str:
    """One XML document. What makes the command fail is a failure, what doesn't a case with words, what is waived a
    skipped one; without any finding there is one case that passes."""
    files: dict[str, list[tuple[Finding, Waiver | None]]] = {}
    for finding, waiver in (*((each, None) for each in checked.findings), *checked.waived):
        files.setdefault(finding.place.path, []).append((finding, waiver))
    root = ET.Element("testsuites", name=_NAME)
    for path, found in sorted(files.items()):
        _suite(root, path, found, checked)
    if not files:
        suite = ET.SubElement(root, "testsuite", name=_NAME, tests="1", failures="0", skipped="0")
        ET.SubElement(suite, "testcase", classname=_NAME, name="no findings")
    for name in ("tests", "failures", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _suite(
    root: ET.Element, path: str, found: Sequence[tuple[Finding, Waiver | None]], checked: Checked
) -> None:
    failures = sum(waiver is None and checked.fails_by(finding) for finding, waiver in found)
    skipped = sum(waiver is not None for _, waiver in found)
    counted = {"tests": len(found), "failures": failures, "skipped": skipped}
    suite = ET.SubElement(root, "testsuite", {name: str(value) for name, value in counted.items()})
    suite.set("name", _valid(path))
    for finding, waiver in found:
        line = {} if finding.place.line is None else {"line": str(finding.place.line)}
        name = ": ".join(filter(None, (finding.id, finding.subject)))
        case = ET.SubElement(
            suite, "testcase", {"classname": _valid(path), "name": _valid(name), "file": _valid(path), **line}
        )
        said = "\n".join(
            filter(None, (f"{finding.place}: {finding.severity}: {message_of(finding)}", finding.remedy))
        )
        if waiver is not None:
            ET.SubElement(case, "skipped", message=_valid(waiver.reason))
        elif checked.fails_by(finding):
            failure = ET.SubElement(case, "failure", type=finding.id, message=_valid(finding.message))
            failure.text = _valid(said)
        else:
            ET.SubElement(case, "system-out").text = _valid(said)


def _valid(text: str) -> str:
    return _INVALID.sub("�", text)
