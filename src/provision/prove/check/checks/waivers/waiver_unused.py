"""Every waiver keeps some finding from being told."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.prove.check.checks.waivers.waiver_unknown import about
from provision.prove.check.settings import Ran
from provision.prove.check.waivers import Judged

ID = "waiver-unused"


def check(judged: Judged, ran: Ran) -> Iterator[Finding]:
    """A waiver that waives nothing, of a check that has run."""
    if not judged.count and not judged.expired and ran.has_run(judged.waiver.check):
        message = "it waives nothing"
        if not judged.waiver.parts:
            message = "there is no panel of that title, so it waives nothing"
        yield about(judged, ID, "warning", message, "take it out: it would hide what comes later")
