"""Dashboards, however they were written, as the JSON that a modern Grafana itself stores (schema version 42).

Doors: `from_grafanalib` (converts what Grafana has removed, lays panels out, gives them lasting ids),
`from_sdk` (grafana-foundation-sdk's classic dashboards) and `from_json` (takes files over as they are); `panel_model` for one panel.
Each takes one dashboard and returns a plain dictionary without `id` and `version`; none changes its input.
What was decided once is in one place: `plain` objects to JSON · `panels` one converter a panel type ·
`grid` positions · `ids` panel ids and what refers to them · `datasources`, `targets`, `variables`, `fields`.
"""

from provision.compile.normalize.grafanalib_dashboard import from_grafanalib
from provision.compile.normalize.json_dashboard import from_json
from provision.compile.normalize.sdk_dashboard import from_sdk
from provision.compile.normalize.single_panel import panel_model

__all__ = ["from_grafanalib", "from_json", "from_sdk", "panel_model"]
