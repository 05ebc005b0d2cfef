import math
from typing import Any

import pytest

from provision.lab.panel_fields import field_of


def written(value: float, name: str = "", ref_id: str = "A", **config: Any) -> str:
    panel = {"fieldConfig": config} if config else {}
    return field_of(panel, {"refId": ref_id}).written(value, name)


def test_without_a_configuration_it_is_a_plain_number() -> None:
    assert written(12.0) == "12"


def test_unit_and_digits() -> None:
    assert written(0.5, defaults={"unit": "percentunit", "decimals": 1}) == "50.0%"


@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        ({"id": "byName", "options": "errors"}, True),
        ({"id": "byName", "options": "error"}, False),
        ({"id": "byRegexp", "options": "/^err/"}, True),
        ({"id": "byRegexp", "options": "^rr"}, False),
        ({"id": "byFrameRefID", "options": "B"}, True),
        ({"id": "byFrameRefID", "options": "A"}, False),
        ({"id": "byType", "options": "number"}, False),
        ({}, False),
    ],
)
def test_a_single_series_may_be_written_otherwise(matcher: dict[str, str], holds: bool) -> None:
    override = {
        "matcher": matcher,
        "properties": [{"id": "unit", "value": "s"}, {"id": "decimals", "value": 0}],
    }
    text = written(2.0, "errors", "B", defaults={"unit": "short"}, overrides=[override])
    assert text == ("2 s" if holds else "2")


MAPPINGS = [
    {"type": "value", "options": {"1": {"text": "up", "color": "green"}, "x": {"text": "never"}}},
    {"type": "range", "options": {"from": 5, "to": 10, "result": {"text": "some"}}},
    {"type": "range", "options": {"from": 100, "to": None, "result": {"text": "many"}}},
    {"type": "special", "options": {"match": "nan", "result": {"text": "nothing"}}},
    {"type": "special", "options": {"match": "false", "result": {"text": "down"}}},
    {"type": "special", "options": {"match": "empty", "result": {"text": "never"}}},
    {"type": "value", "options": {"3": {"color": "red"}}},
    {"type": "regex", "options": {"pattern": ".*", "result": {"text": "never"}}},
]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "up"),
        (0, "down"),
        (5, "some"),
        (10, "some"),
        (11, "11"),
        (1e6, "many"),
        (math.nan, "nothing"),
        (3, "3"),
    ],
)
def test_values_may_be_words(value: float, text: str) -> None:
    assert written(value, defaults={"mappings": MAPPINGS}) == text
