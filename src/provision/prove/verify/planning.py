"""What there is to ask: every expression of an estate with its variables replaced, as Grafana would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.author.durations import seconds
from provision.client.prometheus import Prometheus
from provision.compile.kinds import DATASOURCE
from provision.errors import NotAllowed, ProvisionError, Unreachable
from provision.model import JSON
from provision.promql.variables import Value, substitute
from provision.prove.check.estate import Dashboard, Estate, Expression, text_of
from provision.prove.verify import choices
from provision.prove.verify.verdicts import Asked

DEFAULT_SCRAPE_SECONDS: Final = 15.0
"""What Grafana takes for the time between two scrapes, where the data source doesn't say."""


@dataclass(frozen=True, slots=True)
class Source:
    """The data source that dashboards ask.

    Attributes:
        uid: as they refer to it.
        scrape_seconds: the time between two scrapes, as it says.
    """

    uid: str
    scrape_seconds: float


def source_of(estate: Estate, scrape_seconds: float | None) -> Source:
    """The data source of the project's own definitions: the default one, or else the first Prometheus.

    Args:
        scrape_seconds: what the user says of the time between two scrapes.
    """
    found = [body for _, body in estate.of(DATASOURCE) if body.get("type") == "prometheus"]
    body = next((each for each in found if each.get("isDefault")), found[0] if found else {})
    said = _seconds(text_of(body.get("jsonData"), "timeInterval"))
    return Source(text_of(body, "uid") or "prometheus", scrape_seconds or said or DEFAULT_SCRAPE_SECONDS)


def planned(estate: Estate, client: Prometheus, source: Source) -> Iterator[Asked]:
    """Every expression, in the order of the definitions.

    Raises:
        Unreachable, NotAllowed: the server, which has the values of variables, can't be asked.
    """
    owner: object = None
    values: Mapping[str, Value] = {}
    fault = ""
    for expression in estate.expressions:
        place = estate.place(expression.owner.definition, expression.pointer, 1)
        if not isinstance(expression.owner, Dashboard):
            yield Asked(
                expression.owner.subject, expression.what, place, expression.pointer, expression.text, expression.text
            )  # fmt: skip
            continue
        if expression.owner is not owner:
            owner = expression.owner
            values, fault = _values(expression.owner, client, source)
        panel = _panel(expression)
        known = {**values, **choices.built_in(expression.owner.spec, panel, source.scrape_seconds)}
        yield Asked(
            expression.owner.subject,
            expression.what,
            place,
            expression.pointer,
            expression.text,
            substitute(expression.text, known),
            choices.range_seconds(expression.owner.spec),
            fault,
        )


def _values(dashboard: Dashboard, client: Prometheus, source: Source) -> tuple[Mapping[str, Value], str]:
    """What the dashboard's variables stand for, and why that can't be found out."""
    built_ins = choices.built_in(dashboard.spec, {}, source.scrape_seconds)
    variables = [body for _, body in dashboard.variables.values() if "name" in body]
    try:
        return choices.chosen(variables, client, built_ins, source.uid), ""
    except (Unreachable, NotAllowed):
        raise
    except ProvisionError as error:
        return {}, f"its variables: {error.what}"


def _panel(expression: Expression) -> Mapping[str, Any]:
    """The panel that holds an expression; empty for what isn't in one."""
    at, targets, _ = expression.pointer.partition("/targets/")
    if not targets:
        return {}
    body: JSON = expression.owner.spec if isinstance(expression.owner, Dashboard) else {}
    for key in at.split("/")[2:]:
        body = body[int(key)] if isinstance(body, list) else body[key.replace("~1", "/").replace("~0", "~")]
    return body if isinstance(body, dict) else {}


def _seconds(duration: str) -> float | None:
    try:
        return seconds(duration) or None
    except ValueError:
        return None
