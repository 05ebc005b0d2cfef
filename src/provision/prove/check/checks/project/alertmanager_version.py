"""No field is newer than the environment's Alertmanager."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.dialect.alertmanager import AlertmanagerDialect, too_new
from provision.compile.dialect.versions import show_version
from provision.compile.kinds import ALERTMANAGER, INHIBIT, RECEIVER, ROUTE
from provision.model import Finding
from provision.prove.check.bodies import subject_of
from provision.prove.check.estate import Estate

ID = "alertmanager-version"


def check(estate: Estate) -> Iterator[Finding]:
    """Fields of routes, receivers, inhibitions and global settings that `alertmanager_version` doesn't know."""
    dialect = AlertmanagerDialect.of(estate.project)
    for kind in (ROUTE, RECEIVER, INHIBIT, ALERTMANAGER):
        for definition, _ in estate.of(kind):
            for field in too_new(definition, dialect):
                yield estate.finding(
                    ID, "error", definition, field.pointer, subject_of(definition),
                    f"{field.field} needs Alertmanager {show_version(field.since)}, and this environment has "
                    f"{show_version(dialect.version)}",
                    "leave it out, or raise [tool.provision] alertmanager_version once the server is newer",
                )  # fmt: skip
