"""One panel outside any dashboard, however it was written, as a library panel's model."""

from __future__ import annotations

from collections.abc import Mapping

from provision.compile.normalize.grafanalib_dashboard import from_grafanalib
from provision.compile.normalize.json_dashboard import from_json
from provision.compile.normalize.plain import Json
from provision.compile.normalize.sdk_dashboard import from_sdk

_OF_ITS_PLACE = frozenset({"id", "gridPos", "libraryPanel"})
"""What a panel has only within a dashboard."""


def panel_model(panel: object) -> Json:
    """A panel as Grafana stores it in its library.

    Args:
        panel: one of grafanalib's, one of grafana-foundation-sdk (a builder or what it built), or Grafana's JSON.

    Raises:
        ValueError: it can't become a panel of a modern Grafana.
    """
    module = type(panel).__module__.partition(".")[0]
    if isinstance(panel, Mapping):
        found = from_json({"title": "", "panels": [dict(panel)]})["panels"]
    elif module == "grafanalib":
        found = from_grafanalib({"title": "", "panels": [panel]})["panels"]
    elif module == "grafana_foundation_sdk":
        built = panel.build() if hasattr(panel, "build") else panel
        found = from_sdk({"schemaVersion": 42, "panels": [built]})["panels"]
    else:
        raise ValueError(f"not a panel: {type(panel).__name__}")
    if len(found) != 1 or not isinstance(found[0].get("type"), str) or found[0]["type"] == "row":
        raise ValueError("a library panel is one panel with a type, and no row")
    return {name: value for name, value in found[0].items() if name not in _OF_ITS_PLACE}
