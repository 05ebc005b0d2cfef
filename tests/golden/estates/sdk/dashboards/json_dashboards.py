"""Plain dictionaries: one of an export, one of an API's answer, one as small as can be."""

import json

from provision.author import JsonDashboard

small = JsonDashboard(title="Small", panels=[])

exported = JsonDashboard(
    {
        "__inputs": [
            {"name": "DS_PROMETHEUS", "label": "Prometheus", "type": "datasource", "pluginId": "prometheus"}
        ],
        "id": 7,
        "uid": "exported",
        "title": "Exported",
        "schemaVersion": 36,
        "version": 12,
        "panels": [
            {
                "type": "timeseries",
                "title": "Up",
                "datasource": {"type": "prometheus", "uid": "${DS_PROMETHEUS}"},
                "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
                "targets": [{"expr": "up", "refId": "A"}],
            }
        ],
    }
)

answered = JsonDashboard(
    json.loads(
        '{"meta": {"slug": "answered", "folderTitle": "Ops"}, "dashboard": {"title": "Answered", "uid": "answered", "rows": [{"title": "Old", "panels": [{"type": "graph", "id": 2, "title": "CPU", "targets": [{"expr": "cpu"}]}]}]}}'
    )
)
