"""No field is newer than the environment's Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.dialect.prometheus import PrometheusDialect, too_new
from provision.compile.dialect.versions import show_version
from provision.compile.kinds import PROMETHEUS, RULE_GROUP, SCRAPE_CONFIG
from provision.model import Finding
from provision.prove.check.bodies import subject_of
from provision.prove.check.estate import Estate

ID = "rule-version"


def check(estate: Estate) -> Iterator[Finding]:
    """Fields of rules, scrape jobs and global settings that `prometheus_version` doesn't know."""
    dialect = PrometheusDialect.of(estate.project)
    for definition in estate.definitions:
        if definition.kind not in (RULE_GROUP, SCRAPE_CONFIG, PROMETHEUS):
            continue
        for field in too_new(definition, dialect):
            yield estate.finding(
                ID, "error", definition, field.pointer, subject_of(definition),
                f"{field.field} needs Prometheus {show_version(field.since)}, and this environment has "
                f"{show_version(dialect.version)}",
                "leave it out, or raise [tool.provision] prometheus_version once the server is newer",
            )  # fmt: skip
