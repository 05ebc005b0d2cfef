from __future__ import annotations

from typing import Any

import pytest

from provision.prove.check.explain import faults

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "kind"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": ["a", "b"]},
        "one": {"const": 1},
        "count": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
        "long": {"type": "string", "maxLength": 3, "description": "a short text"},
        "reference": {
            "anyOf": [{"type": "string"}, {"type": "object"}],
            "description": "A name or a mapping.",
        },
        "duration": {"type": "string", "pattern": "^[0-9]+s$", "description": "a duration such as 5s"},
        "form": {"pattern": "^x"},
        "never": False,
        "not_here": {"description": "for an alert", "not": {}},
        "not_at_all": {"not": {}},
        "password": {"type": "string"},
        "labels": {"propertyNames": {"pattern": "^[a-z]+$", "description": "a label's name"}},
        "other": {"propertyNames": {"pattern": "^[a-z]+$"}},
        "list": {"type": "array", "items": {"required": ["refId"]}, "uniqueItems": True},
        "choice": {"oneOf": [{"required": ["url"]}, {"required": ["file"]}]},
        "any": {"anyOf": [{"required": ["url"]}, {"required": ["file"]}]},
        "shape": {
            "oneOf": [
                {
                    "properties": {"type": {"const": "square"}, "side": {"type": "number"}},
                    "required": ["type", "side"],
                },
                {
                    "properties": {"type": {"const": "circle"}, "radius": {"enum": [1, 2]}},
                    "required": ["type"],
                },
            ]
        },
        "either": {"anyOf": [{"type": "string"}, {"type": "number"}]},
    },
    "patternProperties": {"^x_": {}},
    "additionalProperties": False,
}


def told(**fields: Any) -> list[str]:
    value = {"name": "n", "kind": "a", **fields}
    return [fault.message for fault in faults(value, SCHEMA, 5, lambda _: ("it", ""))]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": 5}, "'name' must be text, not 5"),
        ({"name": ""}, "'name' must be more than nothing, not ''"),
        ({"kind": "c"}, "'kind' must be 'a' or 'b', not 'c'"),
        ({"one": 2}, "'one' must be 1, not 2"),
        ({"count": "x"}, "'count' must be a whole number or nothing, not 'x'"),
        ({"count": 0}, "'count' must be at least 1, not 0"),
        ({"count": 10}, "'count' must be at most 9, not 10"),
        ({"long": "abcd"}, "'long' must be at most 3, not 'abcd'"),
        ({"duration": "5"}, "'duration' must be a duration such as 5s, not '5'"),
        ({"form": "y"}, "'form' must be of another form, not 'y'"),
        ({"never": 1}, "it holds a field that may not stand there"),
        ({"not_here": 1}, "'not_here' may not be set: it is not for an alert"),
        ({"not_at_all": 1}, "'not_at_all' may not be set"),
        ({"password": 12345}, "'password' must be text"),
        ({"nmae": 1}, "there is no field 'nmae'; did you mean 'name'?"),
        ({"x_1": 1, "zz": 1}, "there is no field 'zz'"),
        ({"labels": {"B": 1}}, "'labels': 'B' is not a label's name"),
        ({"other": {"B": 1}}, "'other': 'B' is not a name that may stand there"),
        ({"list": [{}]}, "'list' number 1: 'refId' must be set"),
        ({"list": [{"refId": 1}, {"refId": 1}]}, "'list' is not what it may be"),
        ({"choice": {}}, "'choice': just one of 'url' or 'file' must be set"),
        ({"shape": {"type": "circle", "radius": 3}}, "'radius' must be 1 or 2, not 3"),
        ({"shape": {"type": "square"}}, "'shape': 'side' must be set"),
        ({"shape": {"type": "line"}}, "'type' must be 'square' or 'circle', not 'line'"),
        ({"reference": 5}, "'reference' is not a name or a mapping, not 5"),
        ({"any": {}}, "'any': 'url' or 'file' must be set"),
        ({"form": "y" * 100}, "'form' must be of another form"),
        ({"name": ["x"]}, "'name' must be text"),
    ],
)
def test_each_fault_is_a_sentence(fields: dict[str, Any], message: str) -> None:
    assert told(**fields) == [message]


def test_of_alternatives_one_is_told() -> None:
    assert len(told(either=[])) == 1


def test_what_is_missing_is_named_together() -> None:
    found = faults({}, SCHEMA, 5, lambda pointer: (f"part {pointer!r}", pointer))
    assert [(fault.subject, fault.message) for fault in found] == [
        ("part ''", "'name' and 'kind' must be set")
    ]


def test_a_value_that_is_no_mapping() -> None:
    assert [fault.message for fault in faults(5, SCHEMA, 5, lambda _: ("it", ""))] == [
        "it must be a mapping, not 5"
    ]


def test_no_more_than_the_limit() -> None:
    value = {"name": 5, "kind": "c", "one": 2, "count": 0}
    assert len(faults(value, SCHEMA, 2, lambda _: ("it", ""))) == 2


def test_the_value_of_a_secret_is_never_told() -> None:
    schema = {"properties": {"basic_auth": {"properties": {"user": {"type": "integer"}}}}}
    value = {"basic_auth": {"user": "hunter2"}}
    assert [fault.message for fault in faults(value, schema, 5, lambda _: ("it", ""))] == [
        "'user' must be a whole number"
    ]
