"""Dashboards, however they were written, as the JSON that a modern Grafana itself stores (schema version 42).

Doors: `from_grafanalib` (converts what Grafana has removed, lays panels out, gives them lasting ids),
`from_sdk` (grafana-foundation-sdk's classic dashboards) and `from_json` (takes files over as they are); `from_v2`
for those of Grafana's second generation, which `is_v2` tells; `panel_model` for one panel. Each takes one dashboard
and returns plain dictionaries without `id` and `version`; none changes its input.
What was decided once is in one place: `plain` objects to JSON · `panels` one converter a panel type ·
`grid` positions · `ids` panel ids and what refers to them · `datasources`, `targets`, `variables`, `fields`.
"""

from provision.compile.normalize.grafanalib_dashboard import from_grafanalib
from provision.compile.normalize.json_dashboard import from_json
from provision.compile.normalize.sdk_dashboard import from_sdk
from provision.compile.normalize.single_panel import panel_model
from provision.compile.normalize.v2_dashboard import SecondGeneration, from_v2, is_v2

__all__ = ["SecondGeneration", "from_grafanalib", "from_json", "from_sdk", "from_v2", "is_v2", "panel_model"]
