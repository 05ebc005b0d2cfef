"""Every dashboard about Prometheus lets its readers choose jobs: a variable $job of a certain form, if that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.templates import faults

ID = "template-job"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: whether dashboards must have it.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """What a dashboard lacks of it."""
    if estate.settings(ID, Settings).required:
        yield from faults(estate, dashboard, ID, "job")
