"""A dashboard that Grafana's page has saved is what it was, but for what somebody has changed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from provision.compile.dialect.grafana import canonical
from provision.compile.dialect.grafana_thresholds import with_base_values


def panel(*steps: Any, **more: Any) -> dict[str, Any]:
    thresholds = {"mode": "absolute", "steps": list(steps)}
    return {"type": "stat", "fieldConfig": {"defaults": {"thresholds": thresholds}}, **more}


RED = {"color": "red", "value": 5}
SENT = panel({"color": "green", "value": None}, RED)
SAVED = panel({"color": "green"}, RED)


def test_a_base_step_that_lost_its_null_is_the_same() -> None:
    sent = {"folderUid": "", "spec": {"panels": [SENT, {"type": "row", "panels": [SENT]}]}}
    saved = {"folderUid": "", "spec": {"panels": [SAVED, {"type": "row", "panels": [SAVED]}]}}
    before = deepcopy(saved)
    assert canonical("dashboard", saved) == canonical("dashboard", sent)
    assert saved == before
    assert b'{"color":"green","value":null}' in canonical("dashboard", sent)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"panels": None},
        {"panels": ["odd", {}, {"fieldConfig": None}, {"fieldConfig": {"defaults": []}}]},
        {
            "panels": [
                panel(),
                panel("odd"),
                panel({"color": "green", "value": 0}),
                panel(RED, {"color": "blue"}),
            ]
        },
    ],
)
def test_all_else_stays(spec: dict[str, Any]) -> None:
    assert with_base_values(spec) == spec
