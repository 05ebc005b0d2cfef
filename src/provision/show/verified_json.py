"""What came of asking a server, for machines (docs/verify.md)."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import orjson

from provision.promql.renaming import corrected

if TYPE_CHECKING:
    from provision.prove.verify.verdicts import Asked, Report, Result, Verdict

FORMAT: Final = "provision.verify/1"
"""Names the JSON format; a change that would break its readers raises the number."""


def report_json(report: Report) -> str:
    """What came of each expression, as one JSON document."""
    document = {
        "format": FORMAT,
        "servers": list(report.servers),
        "notes": list(report.notes),
        "results": [_result(each) for each in report.results],
        "summary": dict(Counter(each.verdict.status for each in report.results)),
        "questions": report.questions,
        "seconds": round(report.seconds, 3),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _result(result: Result) -> dict[str, object]:
    asked, verdict = result.asked, result.verdict
    return {
        "owner": asked.owner,
        "what": asked.what,
        "path": asked.place.path,
        "line": asked.place.line,
        "pointer": asked.part.pointer,
        "expr": asked.text,
        "asked": asked.expr,
        "status": verdict.status,
        "severity": result.severity,
        "waived": result.waived or None,
        "series": verdict.series,
        "seconds": None if verdict.seconds is None else round(verdict.seconds, 4),
        "samples": None if verdict.statistics is None else verdict.statistics.samples,
        "peak_samples": None if verdict.statistics is None else verdict.statistics.peak_samples,
        "message": verdict.message,
        "remedy": verdict.remedy,
        "corrected": better_of(asked, verdict) or None,
        "culprit": None
        if verdict.culprit is None
        else {
            "text": asked.expr[verdict.culprit.start : verdict.culprit.end],
            "start": verdict.culprit.start,
            "end": verdict.culprit.end,
            "metric": verdict.culprit.metric,
            "label": verdict.culprit.label,
            "value": verdict.culprit.value,
        },
        "fired": next((asdict(each.fired) for each in result.remarks if each.fired), None),
        "remarks": [
            {
                "id": each.id,
                "severity": each.severity,
                "waived": each.waived or None,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in result.remarks
        ],
    }


def better_of(asked: Asked, verdict: Verdict) -> str:
    """The expression with the names that were probably meant; empty when that isn't known for sure."""
    if not verdict.renames:
        return ""
    found = corrected(asked.text, verdict.renames)
    return "" if found is None else found.text
