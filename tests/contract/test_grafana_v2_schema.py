"""The shipped fields of the second generation are those that a real Grafana 12.4 says it has."""

from __future__ import annotations

import os

import niquests
import pytest

from provision.schemas import schema
from support.grafana_v2_schema import table

REAL = os.environ.get("GRAFANA_URL", "").rstrip("/")


@pytest.mark.skipif(not REAL, reason="GRAFANA_URL names no Grafana to run against")
def test_the_fields_of_v2beta1_are_the_servers() -> None:
    user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
    answer = niquests.get(f"{REAL}/openapi/v3/apis/dashboard.grafana.app/v2beta1", auth=(user, password))
    health = niquests.get(f"{REAL}/api/health", auth=(user, password)).json()
    if not str(health["version"]).startswith("12.4"):
        pytest.skip(f"it is a Grafana {health['version']}, and the fields are those of 12.4")
    assert table(answer.json()) == schema("dashboard_v2beta1")


def test_v2_has_the_fields_of_v2beta1_and_more() -> None:
    older, newer = schema("dashboard_v2beta1"), schema("dashboard_v2")
    assert older.keys() - newer.keys() == {"DataTransformerConfig"}
    for name in older.keys() & newer.keys() - {"TransformationKind"}:
        assert older[name].items() <= newer[name].items(), name
