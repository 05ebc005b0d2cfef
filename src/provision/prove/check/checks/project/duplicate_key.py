"""What must be told apart is: uids, names, panel ids, refIds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from provision.compile.kinds import DATASOURCE, PROMETHEUS, SCRAPE_CONFIG
from provision.model import Finding
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard

ID = "duplicate-key"

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def check(estate: Estate) -> Iterator[Finding]:
    """Keys that are taken twice; said at the second place."""
    yield from _definitions(estate)
    yield from _datasource_names(estate)
    yield from _jobs(estate)
    yield from _titles(estate)
    for dashboard in estate.dashboards:
        yield from _in_dashboard(estate, dashboard)


def _definitions(estate: Estate) -> Iterator[Finding]:
    """Uids of dashboards and names of groups. The project's own are told apart when they are loaded, files of
    others only here."""
    uids = ((one.definition.key, (one.definition, one.subject)) for one in estate.dashboards)
    for uid, (definition, subject), (earlier, first) in _twice(uids):
        yield estate.finding(
            ID, "error", definition, "/spec/uid", subject,
            f"its uid {uid!r} is also that of {first} ({earlier.place.path})",
            "Grafana keeps only one of them: give the other another uid",
        )  # fmt: skip
    # Rule files of one name may lie in several folders; a group's name is unique in its file.
    names = (((group.definition.place.path, group.definition.key), group) for group in estate.groups)
    for _, group, _ in _twice(names):
        yield estate.finding(
            ID, "error", group.definition, "/group/name", group.subject,
            "there are two groups of that name in this file", "rename one of them",
        )  # fmt: skip


def _datasource_names(estate: Estate) -> Iterator[Finding]:
    named = ((text_of(body, "name"), definition) for definition, body in estate.of(DATASOURCE))
    for name, definition, earlier in _twice(named):
        yield estate.finding(
            ID, "error", definition, "/name", f'data source "{definition.key}"',
            f"data source {earlier.key!r} ({earlier.place}) is called {name!r} too",
            "names of data sources are unique in an organisation: give one of them another",
        )  # fmt: skip


def _jobs(estate: Estate) -> Iterator[Finding]:
    """Jobs written out in the global settings beside those with a source of their own."""
    written = [
        (text_of(job, "job_name"), (definition, f"/scrape_configs{pointer}"))
        for definition, body in estate.of(PROMETHEUS)
        for pointer, job in objects(body.get("scrape_configs"))
    ]
    sourced = [(text_of(body, "job_name"), (definition, "")) for definition, body in estate.of(SCRAPE_CONFIG)]
    for name, (definition, pointer), (earlier, _) in _twice([*sourced, *written]):
        yield estate.finding(
            ID, "error", definition, pointer, f'scrape job "{name}"',
            f"there are two jobs of that name; the other is in {earlier.place}", "give one of them another name",
        )  # fmt: skip


def _titles(estate: Estate) -> Iterator[Finding]:
    titled = (
        ((one.folder, text_of(one.spec, "title")), (one.definition, one.subject))
        for one in estate.dashboards
        if not estate.is_guest(one.definition)
    )
    for _, (definition, subject), (earlier, _) in _twice(titled):
        yield estate.finding(
            ID, "warning", definition, "/spec/title", subject,
            f"dashboard {earlier.key!r} ({earlier.place}) has the same title in the same folder",
            "Grafana before 10 refuses that, and people can't tell them apart: give one another title",
        )  # fmt: skip


def _in_dashboard(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    definition = dashboard.definition
    numbered = (
        (panel.body["id"], panel) for panel in dashboard.panels if isinstance(panel.body.get("id"), int)
    )
    for number, panel, earlier in _twice(numbered):
        yield estate.finding(
            ID, "error", definition, panel.pointer, dashboard.about(panel),
            f"its id {number} is also that of {earlier.subject}",
            "give each panel an id of its own, or leave the ids out",
        )  # fmt: skip
    for panel in dashboard.panels:
        targets = panel.body.get("targets")
        if isinstance(targets, list) and len(targets) > 1:
            named = ((text_of(target, "refId"), pointer) for pointer, target in objects(targets))
            for ref, pointer, _ in _twice(named):
                yield estate.finding(
                    ID, "error", definition, panel.at(f"targets{pointer}"),
                    dashboard.about(panel), f"two of its queries have the refId {ref!r}",
                    "give each query a refId of its own",
                )  # fmt: skip
    templating = dashboard.spec.get("templating")
    listed = templating.get("list") if isinstance(templating, dict) else None
    variables = ((text_of(body, "name"), pointer) for pointer, body in objects(listed))
    for name, pointer, _ in _twice(variables):
        yield estate.finding(
            ID, "error", definition, f"/spec/templating/list{pointer}", f"{dashboard.subject}, variable ${name}",
            "there are two variables of that name", "rename one of them",
        )  # fmt: skip


def _twice(items: Iterable[tuple[K, T]]) -> Iterator[tuple[K, T, T]]:
    """Each item whose key, which isn't empty, came before, with the first one that had it."""
    first: dict[K, T] = {}
    for key, item in items:
        if key in first:
            yield key, item, first[key]
        elif key:
            first[key] = item
