"""Every panel class of grafanalib, through `from_grafanalib`, against recorded files.

The files were read by a person and pushed to a real Grafana 12.4 (test_normalize_grafana.py). After a wanted
change write them anew with PROVISION_WRITE_GOLDEN=1 and review the difference.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grafanalib
import jsonschema_rs
import pytest
from grafanalib import core as G

from golden.normalize.examples import DASHBOARDS, PANELS
from provision.compile.normalize import from_grafanalib, from_json
from provision.model import encode
from provision.schemas import schema

FILES = Path(__file__).parent / "normalize"
RELAXED = Path(__file__).parents[3] / "shared" / "schemas" / "grafana" / "dashboard-relaxed.jsonschema.json"

REFUSED_CLASSES = {"Svg"}
"""Panel classes whose plug-in no longer runs; test_normalize_grafanalib.py has the message."""

every_dashboard = pytest.mark.parametrize("name", DASHBOARDS)


@every_dashboard
def test_the_result_is_the_recorded_one(name: str) -> None:
    file = FILES / f"{name}.json"
    made = (
        json.dumps(from_grafanalib(DASHBOARDS[name]()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )
    if os.environ.get("PROVISION_WRITE_GOLDEN"):
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8")


def test_no_recorded_file_is_left_over() -> None:
    assert {file.stem for file in FILES.glob("*.json")} == set(DASHBOARDS)


def test_there_is_an_example_of_every_panel_class() -> None:
    assert set(PANELS) == set(_panel_classes()) - REFUSED_CLASSES


@every_dashboard
def test_normalising_again_changes_nothing(name: str) -> None:
    made = from_grafanalib(DASHBOARDS[name]())
    assert from_json(made) == made
    assert encode(from_json(made)) == encode(made)


@every_dashboard
def test_the_same_objects_give_the_same_bytes_and_are_not_changed(name: str) -> None:
    dashboard = DASHBOARDS[name]()
    first = encode(from_grafanalib(dashboard))
    assert encode(from_grafanalib(dashboard)) == first
    assert encode(from_grafanalib(DASHBOARDS[name]())) == first


@every_dashboard
def test_our_own_schema_accepts_it(name: str) -> None:
    validator = jsonschema_rs.validator_for(schema("dashboard"))
    assert _errors(validator, from_grafanalib(DASHBOARDS[name]())) == []


@every_dashboard
def test_the_relaxed_schema_accepts_it(name: str) -> None:
    if not RELAXED.exists():
        pytest.skip(f"{RELAXED} is absent")
    validator = jsonschema_rs.validator_for(json.loads(RELAXED.read_bytes()))
    assert _errors(validator, from_grafanalib(DASHBOARDS[name]())) == []


@every_dashboard
def test_it_holds_no_null_but_those_of_base_thresholds(name: str) -> None:
    nulls = [path for path, value in _leaves(from_grafanalib(DASHBOARDS[name]())) if value is None]
    assert [path for path in nulls if path[-3:] != ("steps", "0", "value")] == []


@every_dashboard
def test_it_holds_neither_id_nor_version_nor_what_old_schemas_had(name: str) -> None:
    made = from_grafanalib(DASHBOARDS[name]())
    assert not {"id", "version", "rows", "style", "sharedCrosshair", "gnetId", "hideControls"} & set(made)
    assert made["schemaVersion"] == 42


def _panel_classes() -> Iterator[str]:
    """The names of everything in grafanalib that writes a panel."""
    for module in pkgutil.iter_modules(grafanalib.__path__, "grafanalib."):
        for name, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            own = found.__module__ == module.name
            if own and (issubclass(found, G.Panel) or name in ("AlertList", "ZabbixTriggersPanel")):
                yield name


def _errors(validator: Any, document: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message:.200}"
        for error in validator.iter_errors(document)
    ]


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, str(index)))
    else:
        yield path, value
