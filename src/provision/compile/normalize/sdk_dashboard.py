"""grafana-foundation-sdk's classic dashboards: builders, and what they build."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize import ids
from provision.compile.normalize.finish import finish, types_of
from provision.compile.normalize.grid import place, reading_order
from provision.compile.normalize.plain import Json, objects, plain, settle
from provision.compile.normalize.rows import hoisted
from provision.compile.normalize.targets import assign_ref_ids
from provision.compile.normalize.tidy import tidy


def from_sdk(dashboard: Any) -> Json:
    """A dashboard of grafana-foundation-sdk 0.0.21, a builder or a built model, as Grafana 12.4 stores it.

    What its author chose stays; queries get the letters, and panels the ids that last, which they lack.

    Args:
        dashboard: not changed.

    Raises:
        ValueError: it isn't a dashboard, or it isn't valid.
    """
    kind = type(dashboard)
    raw: Any = plain(dashboard.build() if hasattr(dashboard, "build") else dashboard)
    if not isinstance(raw, dict) or "schemaVersion" not in raw:
        raise ValueError(f"not a dashboard: {kind.__module__}.{kind.__qualname__}")
    settle(raw, nulls=False)
    panels = hoisted(objects(raw.get("panels"), "panels"))
    for panel in ids.every(panels):
        assign_ref_ids(panel.get("targets") or [])
        if not ids.has_id(panel):
            panel.pop("id", None)
    place(panels)
    panels = reading_order(panels)
    ids.assign(panels)
    result = finish(raw, types_of(raw))
    result["panels"] = [tidy(panel) for panel in panels]
    return result
