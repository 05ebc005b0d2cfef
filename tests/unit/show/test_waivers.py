from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import click

from provision.model import Place
from provision.prove.check.waivers import Judged, Waiver
from provision.show.waivers import waivers_json, waivers_text

GOOD = Judged(
    Waiver("promql", "it may\x1b be", None, Place("rules/a.py", 4), 'alert "A"', ()), 2, expired=False
)
OLD = Judged(
    Waiver("schema", "for now", date(2025, 1, 31), Place("pyproject.toml"), "x.json", ()), 1, expired=True
)
IDLE = Judged(
    Waiver("schema", "r", date(2035, 1, 31), Place("rules/b.yml", 1), "this file", ()), 0, expired=False
)


def test_text() -> None:
    assert click.unstyle(waivers_text([GOOD, OLD, IDLE])).splitlines() == [
        'rules/a.py:4: promql of alert "A": waives 2',
        "    it may� be",
        "pyproject.toml: schema of x.json until 2025-01-31: expired",
        "    for now",
        "rules/b.yml:1: schema of this file until 2035-01-31: waives nothing",
        "    r",
        "3 waivers",
    ]
    assert click.unstyle(waivers_text([])) == "no waivers"


def test_what_another_command_asks_for_is_not_said_to_be_idle() -> None:
    live = replace(IDLE, waiver=replace(IDLE.waiver, check="verify-empty"))
    assert click.unstyle(waivers_text([live])).splitlines()[0].endswith(": for provision verify")
    assert json.loads(waivers_json([live]))["waivers"][0]["findings"] is None


def test_json() -> None:
    document = json.loads(waivers_json([OLD]))
    assert document == {
        "format": "provision.waivers/1",
        "waivers": [
            {"check": "schema", "path": "pyproject.toml", "line": None, "subject": "x.json", "reason": "for now",
             "until": "2025-01-31", "expired": True, "findings": 1},
        ],
    }  # fmt: skip
