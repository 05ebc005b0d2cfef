"""Dashboards that alerts link and that nobody defines."""

from __future__ import annotations

from collections.abc import Container, Iterator
from urllib.parse import urlsplit

from provision.prove.check.addresses import grafanas
from provision.prove.check.estate import Estate
from provision.prove.check.links import Link, links
from provision.prove.check.parts import Group


def missing(estate: Estate, known: Container[str]) -> Iterator[tuple[Group, Link, str, bool]]:
    """The links of the project's alerts to dashboards of other uids than those known: the group, the link, the uid, and
    whether the host is one to whose dashboards of the project others lead, or the setting `grafana`."""
    found: list[tuple[Group, Link, str, str]] = []
    hosts = {urlsplit(url).netloc for url in grafanas(estate.project)}
    for group in estate.groups:
        for link in () if estate.is_guest(group.definition) else links(group):
            uid, parts = link.dashboard(), link.parts()
            if not uid or parts is None:
                continue
            if uid in known:
                hosts.add(parts.netloc)
            else:
                found.append((group, link, uid, parts.netloc))
    for group, link, uid, host in found:
        yield group, link, uid, host in hosts
