from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel


@pytest.mark.parametrize(
    ("id_", "fields", "path"),
    [
        ("panel-units", {"description": "x"}, "fieldConfig/defaults"),
        ("panel-title-description", {}, "description"),
        ("panel-no-targets", {"targets": []}, "targets"),
        ("deprecated-panel", {"type": "graph"}, "type"),
        ("target-rate-interval", {}, "targets/0/expr"),
        ("misplaced-panel", {"gridPos": {"x": 30, "y": 0, "w": 4, "h": 4}}, "gridPos"),
    ],
)
def test_a_finding_about_several_panels_is_about_each(id_: str, fields: dict[str, Any], path: str) -> None:
    """So that it is only waived when all of them are."""
    shown = panel("rate(a[5m])", **fields)
    said = found(dashboard(shown, shown), ids={id_})
    about = [[part.pointer for part in each.about] for each in said]
    assert max(about, key=len) == [f"/spec/panels/0/{path}", f"/spec/panels/1/{path}"]
