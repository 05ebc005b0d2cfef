"""Recording rules, alerts and the groups they are evaluated in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provision.author.durations import check
from provision.author.place import Written, written
from provision.author.waivers import Waive, held


@dataclass(frozen=True, slots=True)
class Record:
    """A recording rule.

    Attributes:
        record: the new metric's name, `level:metric:operations`.
        expr: PromQL.
        labels: added to every series.
        waive: checks that needn't be fulfilled here, each with its reason; no server is told.
    """

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)
    waive: Waive | Sequence[Waive] = ()
    where: Written = written()

    def __post_init__(self) -> None:
        _text("Record", record=self.record, expr=self.expr)
        held(f"record {self.record!r}", self.waive)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule: every series that `expr` returns fires, whatever its value.

    Attributes:
        alert: the alert's name.
        expr: PromQL.
        for_: how long it must hold before it fires, a Prometheus duration.
        keep_firing_for: how long it fires on after it no longer holds, a Prometheus duration.
        severity: the label by which alerts are routed, such as `page` or `ticket`.
        summary: one line, may be a template (`{{ $labels.job }}`, `{{ $value }}`).
        description: what it means and what to do, may be a template.
        runbook_url: where to read what to do.
        dashboard_url: where to look.
        labels: further labels.
        annotations: further annotations.
        waive: checks that needn't be fulfilled here, each with its reason; no server is told.
    """

    alert: str
    expr: str
    for_: str | None = None
    keep_firing_for: str | None = None
    severity: str | None = None
    summary: str | None = None
    description: str | None = None
    runbook_url: str | None = None
    dashboard_url: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    waive: Waive | Sequence[Waive] = ()
    where: Written = written()

    def __post_init__(self) -> None:
        _text("Alert", alert=self.alert, expr=self.expr)
        held(f"alert {self.alert!r}", self.waive)
        check(f"alert {self.alert!r}", for_=self.for_, keep_firing_for=self.keep_firing_for)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated together, one after the other, at one interval.

    Attributes:
        name: unique within its source.
        rules: in the order of their evaluation: a record before the alerts that read it.
        interval: a Prometheus duration; none: the server's evaluation interval.
        query_offset: how far back every expression is evaluated, a Prometheus duration (Prometheus 2.53).
        limit: the largest number of series one rule may produce; none: no limit.
        labels: added to every rule of the group (Prometheus 3.0).
        folder: on a Grafana that evaluates the project's rules: the folder it lies in, a path as under dashboards/;
            none: the directory of its source under rules/, or else the setting `grafana_rules_folder`.
        datasource: there: uid or name of the data source that is asked; none: the project's own Prometheus.
        waive: checks that need be fulfilled neither by the group nor by its rules, each with its reason.
    """

    name: str
    rules: Sequence[Record | Alert]
    interval: str | None = None
    query_offset: str | None = None
    limit: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    datasource: str | None = None
    waive: Waive | Sequence[Waive] = ()
    where: Written = written()

    def __post_init__(self) -> None:
        _text("Group", name=self.name)
        held(f"group {self.name!r}", self.waive)
        for name, value in (("folder", self.folder), ("datasource", self.datasource)):
            if value is not None:
                _text(f"group {self.name!r}", **{name: value})
        check(f"group {self.name!r}", interval=self.interval, query_offset=self.query_offset)
        for rule in self.rules:
            if not isinstance(rule, Record | Alert):
                raise TypeError(f"group {self.name!r}: a rule must be a Record or an Alert, not {rule!r}")


def _text(owner: str, **fields: str) -> None:
    for name, value in fields.items():
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{owner}: {name} must be text that isn't empty, not {value!r}")
