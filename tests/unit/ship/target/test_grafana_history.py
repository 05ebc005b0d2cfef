"""Whose a dashboard was before it lost its marks."""

from __future__ import annotations

from typing import Any, cast

import pytest

from provision.client.grafana_resource import Api, Resources
from provision.model import Mark
from provision.ship.target.grafana_history import PUT_BACK, former_mark

API = Api("dashboard.grafana.app", "v0alpha1", "dashboards", "Dashboard")
OURS = {
    "grafana.app/managedBy": "kubectl",
    "grafana.app/managerId": "shop",
    "grafana.app/sourceChecksum": "v1:0",
}


class History:
    def __init__(self, *versions: dict[str, str]) -> None:
        self._versions = versions

    def history(self, api: Api, name: str, limit: int) -> list[dict[str, Any]]:
        assert (api, name) == (API, "d")
        return [{"metadata": {"name": name, "annotations": each}, "spec": {}} for each in self._versions][
            :limit
        ]


@pytest.mark.parametrize(
    ("versions", "mark"),
    [
        ((), None),
        (({}, {}), None),
        (({}, {}, OURS), Mark("shop", "")),
        (({}, {**OURS, "grafana.app/managerId": "other"}, OURS), Mark("other", "")),
        (({}, {**OURS, "grafana.app/managedBy": "terraform"}, OURS), None),
        (({"grafana.app/message": PUT_BACK}, OURS), None),
        (({}, {"grafana.app/message": PUT_BACK}, OURS, {}), None),
        (
            ({}, {"grafana.app/message": PUT_BACK}, {**OURS, "grafana.app/managerId": "other"}, {}, OURS),
            Mark("shop", ""),
        ),
        (
            ({}, {**OURS, "grafana.app/message": PUT_BACK}, {**OURS, "grafana.app/managerId": "other"}),
            Mark("shop", ""),
        ),
        (({}, {**OURS, "grafana.app/managerId": ""}), None),
    ],
)
def test_the_newest_version_with_a_mark_says_it(
    versions: tuple[dict[str, str], ...], mark: Mark | None
) -> None:
    resources = cast("Resources", History(*versions))
    assert former_mark(resources, API, "d", "kubectl") == mark
