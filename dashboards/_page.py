"""What every dashboard has around its panels: variables, annotations, links and the time it opens with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grafanalib.core import (
    GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
    REFRESH_ON_TIME_RANGE_CHANGE,
    Annotations,
    DashboardLink,
    StateTimeline,
    Template,
    Templating,
    Time,
)

from dashboards._panels import DATASOURCE, timeline
from rules._links import RUNBOOKS_URL

ANY_JOB = 'job=~"$job"'
TAG = "reference"

DASHBOARDS = {
    "traefik-sla": "SLA",
    "traefik-traffic": "Traffic",
    "gallery-pages": "Gallery",
    "platform-containers": "Containers",
    "platform-targets": "Targets",
    "platform-prometheus": "Prometheus",
    "platform-alertmanager": "Alertmanager",
}
"""Their uids, which are made of their paths, in the order in which they are linked to."""


def variable(
    name: str, label: str, metric: str, *, by: str | None = None, everything: str | None = None
) -> Template:
    """A choice among the values of a label (`by`, or `name`), all of them at first.

    Args:
        metric: where the values are looked for.
        everything: the regular expression that `All` stands for; none: the values that were found. `.*` also
            takes series that lack the label.
    """
    return Template(
        name=name,
        label=label,
        dataSource=DATASOURCE,
        query=f"label_values({metric}, {by or name})",
        default="$__all",
        includeAll=True,
        allValue=everything,
        multi=True,
        refresh=REFRESH_ON_TIME_RANGE_CHANGE,
    )


def variables(*choices: Template) -> Templating:
    """The data source, then the choices, each narrowed down by those before it."""
    datasource = Template(
        name="datasource", label="Data source", type="datasource", query="prometheus", default="prometheus"
    )
    return Templating(list=[datasource, *choices])


def marks(*reloads: str) -> Annotations:
    """Firing alerts and deployments of the chosen jobs, drawn over every panel.

    Args:
        reloads: gauges that hold the time of the last configuration reload, in Unix seconds.
    """
    drawn = [
        _annotation(
            "Firing alerts", "red", f'ALERTS{{alertstate="firing", {ANY_JOB}}}', "{{alertname}}",
            "{{severity}} {{job}} {{entrypoint}} {{instance}}",
        ),
        # The time itself is compared: a new container is a new series, in which changes() sees nothing. On Swarm a
        # deployment is just that: new containers of a service.
        _annotation(
            "Deployments", "blue", 'time() - container_start_time_seconds{name!=""} < 60',
            "{{container_label_com_docker_swarm_service_name}}: a container started", "{{name}} {{image}}",
        ),
        _annotation(
            "Starts", "light-blue", f"time() - process_start_time_seconds{{{ANY_JOB}}} < 60",
            "{{job}} started", "{{instance}}",
        ),
        *(
            _annotation(
                "Configuration reloads", "purple", f"time() - {reload}{{{ANY_JOB}}} < 60",
                "{{job}} reloaded its configuration", "{{instance}}",
            )
            for reload in reloads
        ),
    ]  # fmt: skip
    return Annotations(list=drawn)


def links(topic: str) -> list[DashboardLink]:
    """The other dashboards of this project, and the alerts' runbooks. The choices of variables go along between
    Traefik's dashboards; elsewhere a job is another one, and only the data source does.
    """
    others = []
    for uid, title in DASHBOARDS.items():
        related = uid.startswith("traefik-") and topic == "traefik"
        others.append(
            DashboardLink(
                title=title,
                type="link",
                icon="dashboard",
                uri=f"/d/{uid}" if related else f"/d/{uid}?${{datasource:queryparam}}",
                includeVars=related,
                keepTime=True,
            )
        )
    runbooks = DashboardLink(
        title="Runbooks", type="link", icon="doc", uri=RUNBOOKS_URL, targetBlank=True, keepTime=False
    )
    return [*others, runbooks]


def page(topic: str, choices: Sequence[Template], reloads: Sequence[str] = ()) -> dict[str, Any]:
    """The arguments that all dashboards give alike."""
    return {
        "tags": [TAG, topic],
        "templating": variables(*choices),
        "annotations": marks(*reloads),
        "links": links(topic),
        "time": Time("now-1h", "now"),
        "refresh": "30s",
        "timezone": "browser",
        "graphTooltip": GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
    }


def firing(what: str, matchers: str) -> StateTimeline:
    """The alerts of some jobs while they fire."""
    return timeline(
        f"Firing alerts: {what}",
        "Each alert while it fires; a single line “none” while all is well.",
        {
            "{{alertname}}": f'max by (alertname) (ALERTS{{alertstate="firing", {matchers}}}) '
            'or on () label_replace(vector(0), "alertname", "none", "", "")'
        },
        {0: "quiet", 1: "firing"},
        good=(0,),
    )


def _annotation(name: str, colour: str, expr: str, title: str, body: str) -> dict[str, Any]:
    return {
        "name": name,
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": colour,
        "expr": expr,
        "step": "60s",
        "titleFormat": title,
        "textFormat": body,
    }
