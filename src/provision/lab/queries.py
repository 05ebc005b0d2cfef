"""What is asked of a Prometheus: instant queries, the values of labels, its targets and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provision.client.session import Session
from provision.errors import ProvisionError

# Prometheus answers a query it refuses with 400, one that fails with 422 and one that takes too long with 503.
_REFUSALS = frozenset({400, 422, 503})


@dataclass(frozen=True, slots=True)
class Sample:
    """One series' value."""

    labels: Mapping[str, str]
    value: float


class QueryError(ProvisionError):
    """Prometheus refuses a query, or fails over it."""


def instant(session: Session, expr: str, at: float | None = None) -> tuple[Sample, ...]:
    """The value of each series of an expression, ordered by labels; a scalar is one without any.

    Args:
        at: the moment, in Unix seconds; None: now.

    Raises:
        QueryError: the expression is refused, or its evaluation fails.
        ProvisionError: the server doesn't answer.
    """
    data = _get(session, "/api/v1/query", {"query": expr, "time": at})
    if data["resultType"] == "vector":
        found = [Sample(series["metric"], float(series["value"][1])) for series in data["result"]]
        return tuple(sorted(found, key=lambda sample: sorted(sample.labels.items())))
    if data["resultType"] == "scalar":
        return (Sample({}, float(data["result"][1])),)
    raise QueryError(f"the query gives a {data['resultType']}, not numbers")


def label_values(session: Session, label: str, selector: str | None = None) -> tuple[str, ...]:
    """The values of a label, of the series that a selector matches or of all, in order.

    Raises:
        QueryError: the selector is refused.
        ProvisionError: the server doesn't answer.
    """
    return tuple(_get(session, f"/api/v1/label/{label}/values", {"match[]": selector}))


def label_names(session: Session) -> tuple[str, ...]:
    """The names of all labels."""
    return tuple(_get(session, "/api/v1/labels", {}))


def metric_names(session: Session) -> frozenset[str]:
    """The names of all metrics."""
    return frozenset(label_values(session, "__name__"))


def targets(session: Session) -> list[dict[str, Any]]:
    """The targets that are scraped, as Prometheus describes them."""
    found: list[dict[str, Any]] = _get(session, "/api/v1/targets", {"state": "active"})["activeTargets"]
    return found


def rules(session: Session) -> list[dict[str, Any]]:
    """All rules of all groups, as Prometheus describes them."""
    return [rule for group in _get(session, "/api/v1/rules", {})["groups"] for rule in group["rules"]]


def _get(session: Session, path: str, params: dict[str, Any]) -> Any:
    answer = session.request("GET", path, params=params, allow=_REFUSALS)
    content = answer.json()
    if content.get("status") != "success":
        raise QueryError(f"Prometheus says: {content.get('error', answer.status)}")
    return content["data"]
