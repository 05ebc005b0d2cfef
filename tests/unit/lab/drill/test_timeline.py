"""A drill as text and as JSON."""

import json
import math
from dataclasses import replace

import pytest

from provision.lab.drill.series import Findings
from provision.lab.drill.timeline import lines
from provision.lab.drill.values_json import document
from provision.model import encode
from support.drilled import outcome


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")


def test_the_events_since_the_break_that_matter():
    text = list(lines(outcome()))
    assert text[0] == "pull-plug: The plug is pulled & put back."
    assert text[1:3] == ["  supposed: All is <well>.", "            It is noticed within 2 s."]
    assert "(1000.000)" in text[3]
    assert text[4:8] == [
        "     +0.0 s  drill         The plug is pulled & put back.",
        "     +4.0 s  Prometheus    Down (page) is firing",
        "     +4.5 s  webhook       pages is told of Down (page): firing",
        "     +5.0 s  webhook       pages is told of Other (page): firing",
    ]
    assert text[8:] == [
        "  ✓ users' requests that succeed: 33.3% of 3 (at least 90.0%)",
        "  ✓ Down fires: after 4.0 s (at most 6.0 s after the break)",
        "  The hypothesis held. Plugs matter.",
    ]


def test_what_failed_is_said():
    text = list(lines(outcome(holds=False)))
    assert text[-3].startswith("  ✗ users' requests that succeed")
    assert text[-1] == "  The hypothesis did not hold. Plugs matter."


def test_what_wasnt_seen_is_no_success():
    found = replace(outcome(), unseen=("webhook", "client"))
    assert (found.verdict, found.passed) == ("unknown", False)
    assert list(lines(found))[-1] == (
        "  Nobody can say whether the hypothesis held: not all was seen of webhook, client. Plugs matter."
    )
    (drill,) = document(Findings([found]))["drills"]
    assert (drill["verdict"], drill["passed"], drill["unseen"]) == ("unknown", False, ["webhook", "client"])


def test_json_has_all_of_it():
    found = outcome()
    clauses = (replace(found.clauses[0], bound=math.inf), *found.clauses[1:])
    said = json.loads(encode(document(Findings([replace(found, clauses=clauses)]))))
    assert said["format"] == "provision.drill/1"
    (drill,) = said["drills"]
    assert (drill["name"], drill["alert"], drill["passed"]) == ("pull-plug", "Down", True)
    assert (drill["verdict"], drill["unseen"]) == ("held", [])
    assert drill["clauses"][0]["bound"] is None
    assert drill["clauses"][1]["value"] == 4.0
    assert len(drill["events"]) == 6
    assert drill["visits"][1] == {"due": 1001.0, "seconds": 0.0, "status": 0, "why": "refused"}
    assert drill["moments"]["resolved"] == 1013.0
    assert drill["bounds"] == {"firing": 1006.0, "delivered": 1008.0, "resolved": 1020.0}
