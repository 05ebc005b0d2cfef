"""The base step of thresholds, whose value is null: Grafana's `v1beta1`, over which its page reads and saves
dashboards, drops that value, and means the same without it (seen on 12.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def with_base_values(spec: Mapping[str, Any]) -> Json:
    """A classic dashboard, or a row, in which the first step of every panel's thresholds has a value. What has to be
    changed is copied."""
    panels = spec.get("panels")
    if not isinstance(panels, list):
        return dict(spec)
    return {**spec, "panels": [_panel(panel) if isinstance(panel, dict) else panel for panel in panels]}


def _panel(panel: Json) -> Json:
    if isinstance(panel.get("panels"), list):
        panel = with_base_values(panel)
    fields = _object(panel, "fieldConfig")
    defaults = _object(fields, "defaults")
    thresholds = _object(defaults, "thresholds")
    steps = thresholds.get("steps")
    if not isinstance(steps, list) or not steps or not isinstance(steps[0], dict) or "value" in steps[0]:
        return panel
    first = {**steps[0], "value": None}
    told = {**defaults, "thresholds": {**thresholds, "steps": [first, *steps[1:]]}}
    return {**panel, "fieldConfig": {**fields, "defaults": told}}


def _object(body: Json, name: str) -> Json:
    """The object in that field; an empty one when there is none."""
    value = body.get(name)
    return value if isinstance(value, dict) else {}
