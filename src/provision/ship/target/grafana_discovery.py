"""What a Grafana is and understands, asked once when connecting: every behaviour that differs between servers is
decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from provision.client.grafana import GrafanaClient
from provision.compile.dialect.grafana import GrafanaDialect
from provision.compile.dialect.grafana_v2 import SCHEMAS
from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.errors import NotAllowed
from provision.ship.target import grafana_classic, grafana_resource, grafana_v2
from provision.ship.target.grafana_contacts import contact_points
from provision.ship.target.grafana_datasource import datasources
from provision.ship.target.grafana_library import library_panels
from provision.ship.target.grafana_named import mute_timings, templates
from provision.ship.target.grafana_policies import policies
from provision.ship.target.grafana_rules import rule_groups
from provision.ship.target.grafana_server import Keeper

_DASHBOARD_APIS: Final = ("v0alpha1",)
"""Versions that give back exactly what was stored, best first. v1beta1 fills in defaults."""

_FOLDER_APIS: Final = ("v1beta1", "v1")
_VERBS: Final = frozenset({"create", "get", "list", "update", "delete"})


def discover(client: GrafanaClient, version: str, organisation_id: int | None) -> GrafanaDialect:
    """What the server understands: every behaviour that differs between servers is decided here."""
    settings = client.settings()
    groups = client.groups()
    dashboard_api = _served(client, groups, grafana_v2.DASHBOARDS, "dashboards", _DASHBOARD_APIS)
    v2_api = None
    if dashboard_api is not None:
        v2_api = _served(client, groups, grafana_v2.DASHBOARDS, "dashboards", SCHEMAS)
    folder_api = _served(client, groups, grafana_resource.FOLDERS, "folders", _FOLDER_APIS)
    usual = "default" if organisation_id in (None, 1) else f"org-{organisation_id}"
    return GrafanaDialect(
        version=version,
        dashboard_api=dashboard_api,
        v2_api=v2_api,
        folder_api=folder_api,
        nested_folders=folder_api is not None or client.nests_folders(),
        namespace=settings.get("namespace") or usual,
        alerting=bool(settings.get("unifiedAlertingEnabled")),
    )


def keepers_for(dialect: GrafanaDialect) -> Mapping[str, Keeper]:
    """How each kind is kept on a server of this dialect."""
    modern = dialect.folder_api is not None
    return {
        FOLDER: grafana_resource.folders() if modern else grafana_classic.folders(),
        DATASOURCE: datasources("/connections/datasources/edit" if modern else "/datasources/edit"),
        DASHBOARD: grafana_resource.dashboards()
        if dialect.dashboard_api is not None
        else grafana_classic.dashboards(),
        LIBRARY_PANEL: library_panels(),
        TEMPLATE: templates(),
        MUTE_TIMING: mute_timings(),
        CONTACT_POINT: contact_points(),
        POLICY: policies(),
        GRAFANA_RULE_GROUP: rule_groups(),
    }


def _served(
    client: GrafanaClient,
    groups: Mapping[str, tuple[str, ...]],
    group: str,
    plural: str,
    versions: Sequence[str],
) -> str | None:
    """The best version of a group that can do everything a push needs."""
    for version in versions:
        if version in groups.get(group, ()) and client.verbs(group, version, plural) >= _VERBS:
            return version
    return None


def organisation_of(client: GrafanaClient) -> dict[str, Any]:
    """`{"id", "name"}`; empty when the credentials may not ask.

    Raises:
        NotAllowed: the credentials are refused, or don't belong to the organisation that was asked for.
    """
    wanted = client.session.endpoint.headers.get("X-Grafana-Org-Id")
    try:
        found = client.organisation()
    except NotAllowed as error:
        if error.status != 403:
            raise
        if wanted is None:
            return {}
    else:
        if wanted in (None, str(found["id"])):
            return found
    raise NotAllowed(
        f"the credentials don't belong to organisation {wanted}, or there is none of that number",
        status=403,
        where=client.session.endpoint.url,
        remedy="check --org, the organisation of the instance, or GRAFANA_ORG_ID",
    )
