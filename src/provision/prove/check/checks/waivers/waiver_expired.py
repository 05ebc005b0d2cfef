"""Every waiver's last day is still to come."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.prove.check.checks.waivers.waiver_unknown import about
from provision.prove.check.settings import Ran
from provision.prove.check.waivers import Judged

ID = "waiver-expired"


def check(judged: Judged, ran: Ran) -> Iterator[Finding]:
    """A waiver that has expired; what it waived is told again beside it."""
    if judged.expired and ran.knows(judged.waiver.check):
        idle = not judged.count and ran.has_run(judged.waiver.check)
        message = f"it counted until {judged.waiver.until}"
        if idle:
            yield about(judged, ID, "warning", f"{message}, and there is nothing to waive", "take it out")
        else:
            remedy = "mend what it waived, or give it a new date and say why"
            yield about(judged, ID, "warning", message, remedy)
