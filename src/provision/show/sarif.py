"""Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code scanning reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson

from provision import __version__
from provision.model import Finding, Place
from provision.prove.check.fingerprints import fingerprints
from provision.prove.check.pages import SOURCE, Page, pages
from provision.prove.check.waivers import Waiver
from provision.show.checked import Checked, message_of, path_in_repository

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_ROOT: Final = "%SRCROOT%"
_FINGERPRINT: Final = "provision/v1"
_OTHERS: Final = {SOURCE.id: SOURCE.summary}
"""What isn't a check's."""


def printed(checked: Checked) -> str:
    """One JSON document. What is waived is in it as a suppressed result; what a baseline knows isn't."""
    told: list[tuple[Finding, Waiver | None]] = [
        *((finding, None) for finding in checked.findings),
        *checked.waived,
    ]
    ids = sorted({finding.id for finding, _ in told})
    marks = fingerprints([finding for finding, _ in told])
    known = pages()
    run = {
        "tool": {
            "driver": {
                "name": "provision",
                "semanticVersion": __version__,
                "rules": [_rule(id_, known) for id_ in ids],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, waiver, ids.index(finding.id), mark, checked.root)
            for (finding, waiver), mark in zip(told, marks, strict=True)
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _rule(id_: str, known: Mapping[str, Page]) -> dict[str, Any]:
    if id_ not in known:
        return {"id": id_, "shortDescription": {"text": _OTHERS.get(id_, id_)}}
    page = known[id_]
    return {
        "id": id_,
        "shortDescription": {"text": page.summary or id_},
        "help": {"text": page.text, "markdown": page.text},
    }


def _result(
    finding: Finding, waiver: Waiver | None, index: int, fingerprint: str, root: Path
) -> dict[str, Any]:
    said = "\n".join(filter(None, (message_of(finding), finding.remedy)))
    region = {
        "startLine": finding.place.line,
        "startColumn": finding.column,
        "endColumn": finding.end_column,
    }
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": said},
        "locations": [_location(finding.place, root, region)],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    if waiver is not None:
        place = _location(waiver.place, root, {"startLine": waiver.place.line})
        kind = "external" if waiver.place.path == "pyproject.toml" else "inSource"
        result["suppressions"] = [
            {"kind": kind, "status": "accepted", "justification": waiver.reason, "location": place}
        ]
    return result


def _location(place: Place, root: Path, region: Mapping[str, int | None]) -> dict[str, Any]:
    path = path_in_repository(place.path, root)
    artifact = (
        {"uri": f"file://{quote(path)}"} if path.startswith("/") else {"uri": quote(path), "uriBaseId": _ROOT}
    )
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if place.line is not None:
        physical["region"] = {name: value for name, value in region.items() if value is not None}
    return {"physicalLocation": physical}
