"""The shipped fields of the second generation are those that a real Grafana 12.4 says it has, and what is told of a broken
dashboard is what it refuses."""

from __future__ import annotations

import os
from typing import Any

import niquests
import pytest

from provision.compile.dialect.grafana_v2 import settled
from provision.schemas import schema
from support.grafana_v2_schema import table
from support.second_generation_faults import REFUSED, TAKEN, changed

REAL = os.environ.get("GRAFANA_URL", "").rstrip("/")
API = "/apis/dashboard.grafana.app/v2beta1"


@pytest.fixture
def credentials() -> tuple[str, str]:
    """Of a Grafana 12.4 that is there."""
    if not REAL:
        pytest.skip("GRAFANA_URL names no Grafana to run against")
    found = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
    version = str(niquests.get(f"{REAL}/api/health", auth=found).json()["version"])
    if not version.startswith("12.4"):
        pytest.skip(f"it is a Grafana {version}, and the fields are those of 12.4")
    return found


def test_the_fields_of_v2beta1_are_the_servers(credentials: tuple[str, str]) -> None:
    answer = niquests.get(f"{REAL}/openapi/v3{API}", auth=credentials)
    assert table(answer.json()) == schema("dashboard_v2beta1")


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [*((path, value, "refused") for path, value, _ in REFUSED), *((*each, "taken") for each in TAKEN)],
)
def test_what_the_server_refuses(credentials: tuple[str, str], path: str, value: Any, status: str) -> None:
    dashboard = {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "tried-and-not-kept"},
        "spec": settled(changed(path, value), "v2beta1"),
    }
    url = f"{REAL}{API}/namespaces/default/dashboards"
    answer = niquests.post(url, params={"dryRun": "All"}, json=dashboard, auth=credentials)
    assert (answer.status_code in (400, 422), answer.ok) == (status == "refused", status == "taken"), (
        answer.text
    )


def test_v2_has_the_fields_of_v2beta1_and_more() -> None:
    older, newer = schema("dashboard_v2beta1"), schema("dashboard_v2")
    assert older.keys() - newer.keys() == {"DataTransformerConfig"}
    for name in older.keys() & newer.keys() - {"TransformationKind"}:
        assert older[name].items() <= newer[name].items(), name
