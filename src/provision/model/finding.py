"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provision.model.nouns import Place

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say about one place.

    Attributes:
        id: the check's stable id, such as `promql-syntax`.
        severity: `error` fails the check command; `warning` and `info` don't.
        subject: what it is about, such as `dashboard "Traefik / SLA", panel "Error ratio"`.
        message: what is wrong, one sentence.
        remedy: what to do about it, one sentence, or empty.
    """

    id: str
    severity: Severity
    place: Place
    subject: str
    message: str
    remedy: str = ""
