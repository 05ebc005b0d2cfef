"""Every waiver names a check that there is."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.model.finding import Severity
from provision.prove.check.bodies import suggestion
from provision.prove.check.settings import VERIFIED, Ran
from provision.prove.check.waivers import Judged

ID = "waiver-unknown"


def check(judged: Judged, ran: Ran) -> Iterator[Finding]:
    """A waiver of a check that doesn't exist."""
    if not ran.knows(judged.waiver.check):
        remedy = suggestion(judged.waiver.check, [*ran.known, *VERIFIED]) or "docs/check.md lists the checks"
        yield about(judged, ID, "error", f"there is no check {judged.waiver.check!r}", remedy)


def about(judged: Judged, id_: str, severity: Severity, message: str, remedy: str) -> Finding:
    """A finding about a waiver."""
    waiver = judged.waiver
    return Finding(
        id_, severity, waiver.place, f"waiver of {waiver.check}, {waiver.subject}", message, remedy
    )
