"""The kinds of definition, and what the body of each holds.

| kind | key | body |
| --- | --- | --- |
| `dashboard` | uid | `{"folder": path of its folder under dashboards/ ("" for none), "spec": dashboard JSON with `uid`, without `id` and `version`}` |
| `folder` | path under dashboards/ | `{"uid", "title", "parent": path of the folder it lies in, or ""}` |
| `datasource` | uid | `{"name", "uid", "type", "url", "access", "isDefault", "jsonData", "basicAuth", "basicAuthUser", "secure": {name: {"source": "env" or "file", "name"}}}` |
| `rule-group` | FILE/GROUP | `{"file": "traefik.yml", "index": position in that file, "group": as Prometheus writes a group}` |
| `scrape-config` | job | as Prometheus writes a scrape_config |
| `prometheus` | `global` | all of prometheus.yml but `scrape_configs` |
| `route` | `root`, or PATH#N | as Alertmanager writes a route |
| `receiver` | name | as Alertmanager writes a receiver |
| `inhibit` | PATH#N | as Alertmanager writes an inhibit_rule |
| `time-interval` | name | as Alertmanager writes a time_interval |
| `alertmanager` | `global` | `{"global": {…}, "templates": […]}` |
"""

from __future__ import annotations

from typing import Final

DASHBOARD: Final = "dashboard"
FOLDER: Final = "folder"
DATASOURCE: Final = "datasource"
RULE_GROUP: Final = "rule-group"
SCRAPE_CONFIG: Final = "scrape-config"
PROMETHEUS: Final = "prometheus"
ROUTE: Final = "route"
RECEIVER: Final = "receiver"
INHIBIT: Final = "inhibit"
TIME_INTERVAL: Final = "time-interval"
ALERTMANAGER: Final = "alertmanager"

KINDS: Final = (
    FOLDER,
    DATASOURCE,
    DASHBOARD,
    RULE_GROUP,
    PROMETHEUS,
    SCRAPE_CONFIG,
    ALERTMANAGER,
    TIME_INTERVAL,
    RECEIVER,
    ROUTE,
    INHIBIT,
)
"""In the order in which they are shown."""
