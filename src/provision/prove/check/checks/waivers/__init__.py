"""Checks that look at one waiver at a time, once it is known what it keeps from being told."""

from typing import Final

from provision.prove.check.checks.waivers import waiver_expired, waiver_unknown, waiver_unused
from provision.prove.check.forms import WaiverCheck

CHECKS: Final[tuple[WaiverCheck, ...]] = (
    waiver_unknown,
    waiver_expired,
    waiver_unused,
)
