"""The kinds of definition, and what the body of each holds.

| kind | key | body |
| --- | --- | --- |
| `dashboard` | uid | `{"folder": path of its folder under dashboards/ ("" for none), "spec": dashboard JSON with `uid`, without `id` and `version`}`; of the second generation `{"folder", "schema": "v2" or "v2beta1", "spec": without `uid`}`; with `"exact": true` it is what a server holds, to the letter |
| `folder` | path under dashboards/ | `{"uid", "title", "parent": path of the folder it lies in, or "", "description"?}` |
| `datasource` | uid | `{"name", "uid", "type", "url", "access", "isDefault", "jsonData", "basicAuth", "basicAuthUser", "user"?, "database"?, "withCredentials"?, "secure": {name: {"source": "env" or "file", "name"[, "version"]}}}` |
| `library-panel` | uid | `{"folder": path under dashboards/, or "", "name", "model": panel JSON}` |
| `template` | name | `{"name", "template": text that defines Go templates}` |
| `mute-timing` | name | `{"name", "time_intervals": as Grafana writes them}` |
| `contact-point` | name | `{"name", "integrations": [{"uid"?, "type", "settings", "disableResolveMessage", "secure": {setting: reference}}]}` |
| `policy` | `root` | `{"root": {"receiver", "group_by", …} or null, "routes": [as Grafana writes a route]}` |
| `grafana-rule-group` | FOLDER/TITLE | `{"folder": path under dashboards/, "title", "interval": seconds, "rules": [as Grafana's provisioning API writes a rule]}` |
| `rule-group` | FILE/GROUP | `{"file": "traefik.yml", "index": position in that file, "group": as Prometheus writes a group, "folder"?: path of its folder on a Grafana, "datasource"?: uid or name}` |
| `scrape-config` | job | as Prometheus writes a scrape_config |
| `prometheus` | `global` | all of prometheus.yml but `scrape_configs` |
| `route` | `root`, or PATH#N | as Alertmanager writes a route |
| `receiver` | name | as Alertmanager writes a receiver |
| `inhibit` | PATH#N | as Alertmanager writes an inhibit_rule |
| `time-interval` | name | as Alertmanager writes a time_interval |
| `alertmanager` | `global` | `{"global": {…}, "templates": […]}` |
| `stack` | name | `{"name", "services": {name: as Compose writes a service, but for "image": reference or {"name", "tag", "dockerfile", "context", "arguments"}, "configs": {path in the container: {"text"} or {"built": path below the output folder}}, "secrets": {name: reference}, "aliases"?: [name]}, "networks": {key: {"attachable"?, "internal"?, "encrypted"?} or {"of": stack, "name"}}, "volumes": {name: {"driver", "driver_opts"?}}}` |
| `waiver` | PATH#CHECK of SUBJECT | `{"check": id, "reason", "until": "YYYY-MM-DD" or null, "subject": what people call it, "of": what it is about}`; `of` is `{"kind", "key", "pointer"}`, all at and below that JSON pointer into that definition, or `{"path"}`, all that is written in files whose path fits it (without: in the file that the waiver stands in); with `"panel"`: of it only the panels with that title |

A reference is `{"source": "env", "file" or "server", "name"}`; `server` is a secret that only the server has, and
that stays as it is there. In `secure` of a contact point a setting within another is `outer.inner`.

No server holds a `waiver`: it is for the checks alone.

`library-panel` to `grafana-rule-group` are what only a Grafana has; on a Grafana that evaluates the project's rules
`rule-group`, `receiver`, `route` and `time-interval` become these, too (`provision.compile.dialect.grafana`).
"""

from __future__ import annotations

from typing import Final

DASHBOARD: Final = "dashboard"
FOLDER: Final = "folder"
DATASOURCE: Final = "datasource"
LIBRARY_PANEL: Final = "library-panel"
TEMPLATE: Final = "template"
MUTE_TIMING: Final = "mute-timing"
CONTACT_POINT: Final = "contact-point"
POLICY: Final = "policy"
GRAFANA_RULE_GROUP: Final = "grafana-rule-group"

OF_SOME_DATASOURCES: Final = ("user", "database", "withCredentials")
"""Fields that the body of a data source has only where they say something."""

RULE_GROUP: Final = "rule-group"
SCRAPE_CONFIG: Final = "scrape-config"
PROMETHEUS: Final = "prometheus"
ROUTE: Final = "route"
RECEIVER: Final = "receiver"
INHIBIT: Final = "inhibit"
TIME_INTERVAL: Final = "time-interval"
ALERTMANAGER: Final = "alertmanager"
STACK: Final = "stack"
WAIVER: Final = "waiver"

KINDS: Final = (
    FOLDER,
    DATASOURCE,
    LIBRARY_PANEL,
    DASHBOARD,
    TEMPLATE,
    MUTE_TIMING,
    CONTACT_POINT,
    POLICY,
    GRAFANA_RULE_GROUP,
    RULE_GROUP,
    PROMETHEUS,
    SCRAPE_CONFIG,
    ALERTMANAGER,
    TIME_INTERVAL,
    RECEIVER,
    ROUTE,
    INHIBIT,
    STACK,
    WAIVER,
)
"""In the order in which they are shown."""
