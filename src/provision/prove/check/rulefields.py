"""The fields of rules as Prometheus takes them: labels and annotations as texts, durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.author.durations import seconds
from provision.compile.kinds import PROMETHEUS
from provision.model import JSON
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule

USUAL_SECONDS: Final = 60.0
"""Between evaluations and scrapes where nothing says so. Source: Prometheus' defaults of its `global` section."""


def texts(body: Mapping[str, Any], field: str) -> dict[str, str]:
    """The labels or annotations of a rule or group, to be read only; those without a value are none."""
    found = body.get(field)
    if not isinstance(found, dict):
        return {}
    if all(type(value) is str and value for value in found.values()):
        return found
    return {
        str(name): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in found.items()
        if value not in (None, "")
    }


def labels_of(group: Group, rule: Rule) -> dict[str, str]:
    """The labels that a rule adds, its own before those of its group."""
    own, of_all = texts(rule.body, "labels"), texts(group.body, "labels")
    return {**of_all, **own} if of_all else own


def seconds_of(value: JSON) -> float | None:
    """The length of a duration in seconds; None when there is none, or it isn't one (the check `schema` says so)."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return seconds(str(value))
    except ValueError:
        return None


def evaluation_seconds(estate: Estate, group: Group) -> float | None:
    """Seconds between two evaluations of a group; None when neither it nor the project says."""
    own = seconds_of(group.body.get("interval"))
    return own or _of_server(estate, group, "evaluation_interval")


def scrape_seconds(estate: Estate, group: Group) -> float | None:
    """Seconds between two scrapes of the job that is scraped most often; None when nothing says."""
    # What others wrote is evaluated by somebody else's server.
    return None if estate.is_guest(group.definition) else estate.scrapes.shortest


def external_labels(estate: Estate, group: Group) -> dict[str, str]:
    """What the project's Prometheus adds to all that leaves it; nothing of the rules of others."""
    if estate.is_guest(group.definition):
        return {}
    settings = [body.get("global") for _, body in estate.of(PROMETHEUS)]
    return {
        name: value
        for each in settings
        if isinstance(each, dict)
        for name, value in texts(each, "external_labels").items()
    }


def _of_server(estate: Estate, group: Group, field: str) -> float | None:
    if estate.is_guest(group.definition):
        return None  # it is evaluated by somebody else's server
    for _, body in estate.of(PROMETHEUS):
        written = text_of(body.get("global"), field)
        return seconds_of(written) if written else USUAL_SECONDS
    return None
