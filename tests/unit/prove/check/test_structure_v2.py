"""What a server refuses of dashboards of the second generation; `tests/contract` asks a real one of the same."""

from __future__ import annotations

from typing import Any

import pytest

from provision.prove.check.structure_v2 import faults
from support.second_generation_faults import DASHBOARD, REFUSED, TAKEN, changed


def told(path: str, value: Any, schema: str = "v2beta1") -> list[tuple[str, str]]:
    return [(each.pointer, each.message) for each in faults(changed(path, value), schema)]


def test_nothing_is_said_of_a_whole_one() -> None:
    assert list(faults(DASHBOARD, "v2beta1")) == []


@pytest.mark.parametrize(("path", "value", "message"), REFUSED)
def test_what_a_server_refuses(path: str, value: Any, message: str) -> None:
    ((_, said), *_) = told(path, value)
    assert said == message


@pytest.mark.parametrize(("path", "value"), TAKEN)
def test_what_a_server_takes(path: str, value: Any) -> None:
    assert told(path, value) == []


def test_where_it_stands() -> None:
    assert told("elements.a~b.spec.id", "1") == [("/elements/a~1b/spec/id", "'id' must be a number")]


def test_a_transformation_is_called_otherwise_in_each_version() -> None:
    at = "elements.a~b.spec.data.spec.transformations.0"
    assert told(at, {"kind": "reduce", "spec": {"id": "reduce", "options": {}}}) == []
    assert told(at, {"kind": "Transformation", "group": "reduce", "spec": {"options": {}}}, "v2") == []
