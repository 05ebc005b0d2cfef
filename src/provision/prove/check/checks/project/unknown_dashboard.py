"""Every dashboard that a link leads to is one that the project defines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from provision.model import JSON, Finding
from provision.promql.variables import names
from provision.prove.check import alertdashboards
from provision.prove.check.addresses import grafanas
from provision.prove.check.bodies import inside, objects, suggestion, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.together import together

ID = "unknown-dashboard"

_ADDRESS: Final = re.compile(r"/?(?:[\w.~-]+/)*?d/([A-Za-z0-9_-]{1,40})(?:[/?#].*)?", re.DOTALL)
_WRITTEN: Final = re.compile(r"""(?:href\s*=\s*["']?|\]\()\s*([^\s"')>]+)""", re.IGNORECASE)
"""Where an address stands in Markdown or HTML."""

Link = tuple[str, str, str]
"""Pointer, what holds it, and the address."""


def check(estate: Estate) -> Iterator[Finding]:
    """Links to dashboards that nobody defines, one finding for each such dashboard or list of tags; guests may lead to
    what is where they come from. Alerts are told of in a project that has dashboards."""
    uids: set[str] = set()
    own_uids: set[str] = set()
    tagged: list[frozenset[str]] = []
    asked: list[tuple[Dashboard, list[Link], list[tuple[str, str, frozenset[str]]]]] = []
    for dashboard in estate.dashboards:
        uids.add(dashboard.definition.key)
        tagged.append(_tags(dashboard.spec.get("tags")))
        if not estate.is_guest(dashboard.definition):
            own_uids.add(dashboard.definition.key)
            links, lists = list(_links(dashboard)), list(_lists(dashboard))
            if links or lists:
                asked.append((_bare(dashboard), links, lists))
    own = grafanas(estate.project)
    for dashboard, links, lists in asked:
        missing: dict[str, list[Link]] = {}
        for link in links:
            uid = _uid(link[2], own)
            if uid and uid not in uids:
                missing.setdefault(uid, []).append(link)
        for uid, led in missing.items():
            yield from together(
                estate, ID, "warning", dashboard, [(pointer, what) for pointer, what, _ in led],
                f"no source defines the dashboard {uid!r} that it leads to",
                suggestion(uid, uids) or "it leads nowhere unless that dashboard is already in Grafana",
            )  # fmt: skip
        for pointer, what, tags in lists:
            if not any(tags <= each for each in tagged):
                yield estate.finding(
                    ID, "warning", dashboard.definition, pointer, f"{dashboard.subject}, {what}",
                    f"no dashboard has the {'tags' if len(tags) > 1 else 'tag'} {', '.join(map(repr, sorted(tags)))}",
                    "its list stays empty unless such dashboards are already in Grafana",
                )  # fmt: skip
    for group, alert_link, uid, is_sure in alertdashboards.missing(estate, uids) if own_uids else ():
        yield estate.finding(
            ID, "warning" if is_sure else "info", group.definition, alert_link.pointer, group.about(alert_link.rule),
            f"no source defines the dashboard {uid!r} that {alert_link.name} leads to",
            suggestion(uid, own_uids) or "it leads nowhere unless that dashboard is already in Grafana",
        )  # fmt: skip


def _bare(dashboard: Dashboard) -> Dashboard:
    """As much of it as a finding needs: what is kept of all dashboards must be small."""
    return Dashboard(dashboard.definition, {"title": dashboard.spec.get("title")}, dashboard.folder, (), {})


def _uid(address: str, own: Collection[str]) -> str:
    """The uid of the dashboard of these Grafanas that an address leads to; empty for any other address."""
    for url in own:
        if address.startswith(f"{url}/"):
            address = address.removeprefix(url)
    match = _ADDRESS.fullmatch(address.strip())
    return match[1] if match else ""


def _links(dashboard: Dashboard) -> Iterator[Link]:
    for pointer, link in objects(dashboard.spec.get("links"), "/spec/links"):
        if text_of(link, "url"):
            yield f"{pointer}/url", f'link "{text_of(link, "title")}"', text_of(link, "url")
    for panel in dashboard.panels:
        for path, address in _of_panel(panel):
            yield panel.at(path), panel.subject, address


def _of_panel(panel: Panel) -> Iterator[tuple[str, str]]:
    """Path and text of each address in a panel."""
    body = panel.body
    if body.get("links"):
        yield from _urls(body["links"], "links")
    config = inside(body, "fieldConfig")
    yield from _urls(inside(config, "defaults").get("links"), "fieldConfig/defaults/links")
    if config.get("overrides"):
        for at, override in objects(config["overrides"], "fieldConfig/overrides"):
            for within, set_ in objects(override.get("properties"), f"{at}/properties"):
                if set_.get("id") == "links":
                    yield from _urls(set_.get("value"), f"{within}/value")
    if body.get("type") == "text":
        for path, content in (
            ("options/content", text_of(inside(body, "options"), "content")),
            ("content", text_of(body, "content")),
        ):
            for match in _WRITTEN.finditer(content):
                yield path, match[1]


def _urls(links: JSON, path: str) -> Iterator[tuple[str, str]]:
    for at, link in objects(links, path):
        for field in ("url", "dashUri"):
            if text_of(link, field):
                yield f"{at}/{field}", text_of(link, field)


def _lists(dashboard: Dashboard) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Pointer, what people call it, and the tags of each list of dashboards."""
    for pointer, link in objects(dashboard.spec.get("links"), "/spec/links"):
        tags = _tags(link.get("tags"))
        if tags and text_of(link, "type") == "dashboards":
            yield f"{pointer}/tags", f'link "{text_of(link, "title")}"', tags
    for panel in dashboard.panels:
        if panel.body.get("type") == "dashlist":
            options: dict[str, Any] = inside(panel.body, "options") or panel.body
            tags = _tags(options.get("tags"))
            if tags and (options.get("showSearch") is True or options.get("search") is True):
                yield panel.at("options/tags"), panel.subject, tags


def _tags(value: JSON) -> frozenset[str]:
    """The tags; none when one of them is a variable."""
    found = (
        frozenset(tag for tag in value if isinstance(tag, str)) if isinstance(value, list) else frozenset()
    )
    return frozenset() if any(names(tag) for tag in found) else found
