import json

import click
import pytest

from provision.model import Change, Difference, Place
from provision.show.differences import differences_json, differences_text, summary_text

DIFFERENCES = (
    Difference(
        "dashboard",
        "sla",
        "update",
        'dashboard "SLA"',
        (Change("refresh", "30s", "1m"),),
        Place("dashboards/sla.py", 4),
    ),
    Difference("dashboard", "new", "create", 'dashboard "New"', (), Place("dashboards/new.json")),
    Difference("receiver", "ops", "delete", 'receiver "ops"'),
)


@pytest.fixture(autouse=True)
def _colours(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_text():
    assert click.unstyle(differences_text("HEAD (1234abcd)", DIFFERENCES)).split("\n") == [
        "HEAD (1234abcd)",
        '  ~ dashboard "SLA"  dashboards/sla.py:4',
        "      ~ refresh: 30s → 1m",
        '  + dashboard "New"  dashboards/new.json',
        '  − receiver "ops"',
        "1 added, 1 changed, 1 removed",
    ]


def test_nothing_differs():
    assert click.unstyle(differences_text("HEAD (1234abcd)", ())) == "HEAD (1234abcd): no changes"
    assert summary_text(()) == "no changes"


def test_colours_are_styles_that_click_takes_out_and_no_color_turns_off(monkeypatch):
    assert "\x1b[32m+\x1b[0m" in differences_text("HEAD", DIFFERENCES)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in differences_text("HEAD", DIFFERENCES)


def test_json():
    document = json.loads(differences_json([("HEAD (1234abcd)", DIFFERENCES), ("grafana http://g", ())]))
    assert document == {
        "format": "provision.diff/1",
        "comparisons": [
            {
                "against": "HEAD (1234abcd)",
                "differences": [
                    {
                        "kind": "dashboard",
                        "key": "sla",
                        "verb": "update",
                        "title": 'dashboard "SLA"',
                        "place": {"path": "dashboards/sla.py", "line": 4},
                        "changes": [{"path": "refresh", "before": "30s", "after": "1m"}],
                    },
                    {
                        "kind": "dashboard",
                        "key": "new",
                        "verb": "create",
                        "title": 'dashboard "New"',
                        "place": {"path": "dashboards/new.json", "line": None},
                        "changes": [],
                    },
                    {
                        "kind": "receiver",
                        "key": "ops",
                        "verb": "delete",
                        "title": 'receiver "ops"',
                        "place": None,
                        "changes": [],
                    },
                ],
            },
            {"against": "grafana http://g", "differences": []},
        ],
        "summary": {"create": 1, "update": 1, "delete": 1},
    }
