"""Library panels, templates, timings, contact points and policies, from definitions to resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from provision.compile.dialect import grafana_route_faults, grafana_texts
from provision.compile.dialect.grafana_around import Around, Need, texts
from provision.compile.dialect.grafana_canonical import REDACTED
from provision.compile.dialect.grafana_sources import Broken
from provision.compile.keys import UID, uid_of
from provision.compile.kinds import (
    CONTACT_POINT,
    DATASOURCE,
    FOLDER,
    LIBRARY_PANEL,
    MUTE_TIMING,
    TEMPLATE,
)

Body = dict[str, Any]
Shaped = tuple[Body, tuple[Need, ...]]
"""The body of a resource, and what it needs."""


def library_panel(key: str, body: Body, around: Around) -> Shaped:
    """A library panel, its data sources settled.

    Raises:
        Broken: it lies in no folder of the project, or an input of an export can't be bound.
    """
    if not UID.fullmatch(key):
        raise Broken(f"uid {key!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")
    folder = around.folder_uid(body["folder"], f"library panel {body['name']!r}")
    settled, used = around.sources.settle({"panel": body["model"]})
    needs = [(FOLDER, folder)] if folder else []
    needs += [(DATASOURCE, uid) for uid in sorted(used)]
    return {"folderUid": folder, "name": body["name"], "model": settled["panel"]}, tuple(needs)


def template(key: str, body: Body, _around: Around) -> Shaped:
    """A message template.

    Raises:
        Broken: it can't be one.
    """
    wrong = grafana_texts.fault(body["template"])
    if wrong:
        raise Broken(f"message template {key!r}: {wrong}")
    return body, ()


_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def mute_timing(key: str, body: Body, _around: Around) -> Shaped:
    """A mute timing.

    Raises:
        Broken: a time in it isn't one, which Grafana refuses without saying which.
    """
    for interval in body["time_intervals"]:
        for span in interval.get("times") or ():
            for name in ("start_time", "end_time"):
                if not _TIME.fullmatch(str(span.get(name))):
                    raise Broken(
                        f"mute timing {key!r}: {name} must be a time such as 08:30, not {span.get(name)!r}"
                    )
    return body, ()


def contact_point(key: str, body: Body, around: Around) -> Shaped:
    """A contact point, each integration with a uid.

    Raises:
        Broken: it has no integration, or two of one uid, or a secret that was taken from a server's answer.
    """
    if not body["integrations"]:
        raise Broken(f"contact point {key!r} has no integration, and Grafana keeps none without one")
    counts: dict[str, int] = {}
    found: list[Body] = []
    for one in body["integrations"]:
        kind = one["type"]
        counts[kind] = counts.get(kind, 0) + 1
        uid = one.get("uid") or uid_of(key, kind, str(counts[kind]))
        if not UID.fullmatch(uid):
            raise Broken(f"uid {uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")
        if REDACTED in texts(one["settings"]):
            raise Broken(
                f"contact point {key!r}, {kind}: {REDACTED} stands for a secret that Grafana didn't show; "
                f"give it by reference in secure"
            )
        found.append({**one, "uid": uid})
    uids = [one["uid"] for one in found]
    if len(set(uids)) < len(uids):
        raise Broken(f"contact point {key!r}: two integrations have one uid")
    called = {name for text in texts([one["settings"] for one in found]) for name in grafana_texts.used(text)}
    needs = sorted({(TEMPLATE, around.templates[name]) for name in called if name in around.templates})
    return {"name": body["name"], "integrations": found}, tuple(needs)


NOBODY: Final = "empty"
"""The contact point that a new Grafana's root leads to; it tells nobody, and isn't listed (seen on 12.4)."""


def policy(_key: str, body: Body, around: Around, *, with_root: bool) -> Shaped:
    """The policies; the root only `with_root`.

    Raises:
        Broken: a route leads to a contact point, or names a timing, that the project doesn't have; or Grafana would
            refuse it.
    """
    shaped: Body = {"routes": body["routes"]}
    root = body.get("root") or {}
    if with_root:
        if not root.get("receiver"):
            raise Broken("the root of the notification policies names no receiver")
        shaped["root"] = {name: value for name, value in root.items() if name != "routes"}
    told = chain(
        grafana_route_faults.of_root(root) if with_root else (),
        *(grafana_route_faults.of_route(route) for route in _routes(body["routes"])),
    )
    for fault in told:
        raise Broken(fault)
    points: set[str] = set()
    timings: set[str] = set()
    for route in _routes([*body["routes"], *([root] if with_root else [])]):
        for field in ("mute_time_intervals", "active_time_intervals"):
            timings.update(route.get(field) or ())
        name = route.get("receiver")
        if not name or name == NOBODY:
            continue
        if name not in around.contact_points:
            raise Broken(f"a route leads to {name!r}, which is no contact point of this project")
        points.add(name)
    unknown = sorted(timings - around.mute_timings)
    if unknown:
        raise Broken(f"a route names the time interval {unknown[0]!r}, which the project doesn't have")
    needs = [
        *((CONTACT_POINT, name) for name in sorted(points)),
        *((MUTE_TIMING, name) for name in sorted(timings)),
    ]
    return shaped, tuple(needs)


def _routes(routes: Iterable[Body]) -> Iterator[Body]:
    for route in routes:
        yield route
        yield from _routes(route.get("routes") or ())


SHAPERS: Final[Mapping[str, Callable[[str, Body, Around], Shaped]]] = {
    LIBRARY_PANEL: library_panel,
    TEMPLATE: template,
    MUTE_TIMING: mute_timing,
    CONTACT_POINT: contact_point,
}
"""How each kind is shaped, the policies and rules aside."""
