"""What Prometheus' HTTP API answers, read: samples, series, rules, targets, and the shape that all of it has."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from provision.errors import Unreachable
from provision.model import JSON

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one moment.

    Attributes:
        value: NaN for a native histogram.
        time: Unix seconds.
        histogram: the native histogram as Prometheus writes it, or None.
    """

    labels: Labels
    value: float
    time: float
    histogram: JSON = None


@dataclass(frozen=True, slots=True)
class Series:
    """One series over time: (Unix seconds, value) in order."""

    labels: Labels
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule as the server runs it.

    Attributes:
        kind: `record` or `alert`.
        expr: as the server writes it, which isn't how the author wrote it.
        for_seconds: how long an alert must hold; 0 for a record.
        health: `unknown` until its first evaluation, then `ok` or `err`.
        error: what went wrong at the last evaluation.
        state: of an alert: `inactive`, `pending` or `firing`; else empty.
        annotations: of an alert, as templates; None when the server doesn't tell.
        keep_firing_for_seconds: how long an alert goes on once it no longer holds; None when the server doesn't tell
            (before 2.42).
    """

    kind: Literal["record", "alert"]
    name: str
    expr: str
    labels: Labels
    for_seconds: float
    health: str
    error: str = ""
    state: str = ""
    annotations: Labels | None = None
    keep_firing_for_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LoadedGroup:
    """A rule group as the server runs it.

    Attributes:
        file: the path as the server sees it.
        limit: how many alerts or series a rule may make, 0 for any number; None when the server doesn't tell (before
            2.31).
    """

    file: str
    name: str
    interval_seconds: float
    rules: tuple[LoadedRule, ...]
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ScrapeTarget:
    """A target of a scrape; `health` is `up`, `down` or `unknown`."""

    job: str
    url: str
    labels: Labels
    health: str
    error: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What targets say of a metric; `type` is such as `counter`."""

    type: str
    help: str
    unit: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a query cost.

    Attributes:
        samples: how many samples were read.
        peak_samples: how many were held at the same time at most.
    """

    samples: int
    peak_samples: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a query has no answer.

    Attributes:
        kind: `slow` when it took longer than it may, `large` when it would take more than the server allows, else
            `wrong`.
        message: in the server's words, one line.
    """

    kind: Literal["wrong", "slow", "large"]
    message: str


def samples(result: Mapping[str, Any]) -> tuple[Sample, ...]:
    """The samples of an answer to a query; of a string, which has none, one without labels that is NaN."""
    kind, found = result["resultType"], result["result"]
    if kind == "scalar":
        return (Sample({}, float(found[1]), float(found[0])),)
    if kind == "string":
        return (Sample({}, math.nan, float(found[0])),)
    return tuple(_sample(one) for one in found)


def series_of(result: Mapping[str, Any]) -> tuple[Series, ...]:
    """The series of an answer to a query over time."""
    return tuple(
        Series(one["metric"], tuple((float(at), float(value)) for at, value in one.get("values", ())))
        for one in result["result"]
    )


def statistics(result: Mapping[str, Any]) -> Statistics | None:
    """What a query cost, as its answer tells; None where it doesn't."""
    told = result.get("stats")
    samples = told.get("samples") if isinstance(told, dict) else None
    if not isinstance(samples, dict):
        return None
    total, peak = samples.get("totalQueryableSamples"), samples.get("peakSamples")
    return Statistics(total, peak) if isinstance(total, int) and isinstance(peak, int) else None


def data(value: JSON, url: str) -> Any:
    """What an answer holds.

    Args:
        url: where it comes from.

    Raises:
        Unreachable: it isn't an answer of a Prometheus, or not a successful one.
    """
    if not isinstance(value, dict) or value.get("status") != "success" or "data" not in value:
        raise _stranger(url)
    return value["data"]


@contextmanager
def expected(url: str) -> Iterator[None]:
    """While what a server has answered is read, which is JSON of any form.

    Raises:
        Unreachable: it isn't what a Prometheus answers.
    """
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError):
        raise _stranger(url) from None


def _stranger(url: str) -> Unreachable:
    return Unreachable(
        "what answers there isn't a Prometheus", where=url, remedy="check the URL, its sub-path above all"
    )


def _sample(one: Mapping[str, Any]) -> Sample:
    histogram = one.get("histogram") or (one.get("histograms") or [None])[-1]
    value = one.get("value") or (one.get("values") or [None])[-1]
    if value is None:
        if histogram is None:
            raise ValueError("a sample without a value")
        return Sample(one["metric"], math.nan, float(histogram[0]), histogram[1])
    return Sample(one["metric"], float(value[1]), float(value[0]))


def loaded_group(body: Mapping[str, Any]) -> LoadedGroup:
    """A group of `/api/v1/rules`."""
    rules = tuple(
        LoadedRule(
            kind="alert" if rule["type"] == "alerting" else "record",
            name=rule["name"],
            expr=rule["query"],
            labels=rule.get("labels") or {},
            for_seconds=float(rule.get("duration", 0)),
            health=rule["health"],
            error=rule.get("lastError") or "",
            state=rule.get("state", ""),
            annotations=rule.get("annotations"),
            keep_firing_for_seconds=_number(rule.get("keepFiringFor")),
        )
        for rule in body["rules"]
    )
    return LoadedGroup(body["file"], body["name"], float(body["interval"]), rules, body.get("limit"))


def scrape_target(body: Mapping[str, Any]) -> ScrapeTarget:
    """An active target of `/api/v1/targets`."""
    return ScrapeTarget(
        job=body.get("scrapePool") or body["labels"].get("job", ""),
        url=body["scrapeUrl"],
        labels=body["labels"],
        health=body["health"],
        error=body["lastError"],
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
