"""amtool accepts the compiled alertmanager.yml."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.dialect import alertmanager
from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.kinds import ROUTE
from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.tools import amtool

ID = "amtool"


def check(estate: Estate) -> Iterator[Finding]:
    """What amtool refuses, when it decides (see `provision.prove.check.tools`). It stops at the first fault."""
    roots = [definition for definition, _ in estate.of(ROUTE) if definition.key == "root"]
    if estate.tools.amtool is None or not roots:
        return
    if GrafanaSettings.of(estate.project).alerting and not alertmanager.is_whole(estate.definitions):
        return  # these routes are a Grafana's
    config = alertmanager.shape(estate.definitions, alertmanager.AlertmanagerDialect.of(estate.project))
    assert config is not None
    text = alertmanager.config_bytes(config, estate.project.name)
    for message in amtool.check_config(estate.tools.amtool, text):
        yield estate.finding(ID, "error", roots[0], "", "alertmanager.yml", message)
