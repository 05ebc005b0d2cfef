"""The waivers of a project, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson

from provision.prove.check.settings import VERIFIED
from provision.prove.check.waivers import Judged
from provision.show.printable import printable
from provision.show.style import faint, strong, tinted

FORMAT: Final = "provision.waivers/1"
"""Names the JSON format; a change that would break its readers raises the number."""


def waivers_text(waivers: Sequence[Judged]) -> str:
    """Each waiver as `PATH:LINE: CHECK of SUBJECT until DATE`, and under it its reason and what it waives."""
    lines = []
    for judged in waivers:
        waiver = judged.waiver
        until = f" until {waiver.until}" if waiver.until else ""
        state = tinted("expired", "fail") if judged.expired else _waives(judged)
        lines.append(f"{strong(str(waiver.place))}: {waiver.check} of {waiver.subject}{until}: {state}")
        lines.append(f"    {printable(waiver.reason)}")
    count = len(waivers)
    lines.append(faint(f"{count or 'no'} waiver{'' if count == 1 else 's'}"))
    return "\n".join(lines)


def waivers_json(waivers: Sequence[Judged]) -> str:
    """The same as one JSON document."""
    document = {
        "format": FORMAT,
        "waivers": [
            {
                "check": judged.waiver.check,
                "path": judged.waiver.place.path,
                "line": judged.waiver.place.line,
                "subject": judged.waiver.subject,
                "reason": judged.waiver.reason,
                "until": judged.waiver.until.isoformat() if judged.waiver.until else None,
                "expired": judged.expired,
                "findings": None if judged.waiver.check in VERIFIED else judged.count,
            }
            for judged in waivers
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _waives(judged: Judged) -> str:
    if judged.waiver.check in VERIFIED:
        return "for provision verify"
    return f"waives {judged.count or 'nothing'}"
