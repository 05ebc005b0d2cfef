"""Every recorded scenario, in order, against the stand-in: the same status, and JSON of the same shape.

The shape of a value is its keys and the types of what is in it. Only the values differ: times, identities, and
what the recording has replaced. Where recorded values come back in later requests (lock versions, page tokens)
the stand-in's own take their place.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import niquests
import pytest

from support.grafana_standin import standin

RECORDED = Path(__file__).parent / "recorded"

NOT_COMPARED: dict[tuple[str, str], str] = {
    ("ui-load", "resourceVersion"): "taken out by the recorder, to send the object back without its lock",
    ("ui-load", "grafana.app/message"): "taken out by the recorder, as Grafana's page does before it saves",
}
"""(scenario, key) that need not be there → why."""

OPEN: dict[str, str] = {
    "managedFields": "which fields who wrote; nothing reads it",
    "continueToken": "depends on how the server counts what is left",
}
"""Keys whose value is compared only in being there, or not even that, → why."""

IDENTITIES = ("resourceVersion", "continue", "uid", "grafana.app/deprecatedInternalID")
"""Keys whose values come back in later requests."""


def rows(flavour: str) -> list[dict[str, Any]]:
    text = (RECORDED / f"grafana-{flavour}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def shape(value: Any, scenario: str) -> Any:
    if isinstance(value, dict):
        if scenario == "permissions":  # one key for each thing that one may do
            return {"mapping of": {json.dumps(shape(item, "")) for item in value.values()}}
        return {
            key: "open" if key in OPEN else shape(item, scenario)
            for key, item in sorted(value.items())
            if (scenario, key) not in NOT_COMPARED and key != "continueToken"
        }
    if isinstance(value, list):
        found: list[Any] = []
        for item in value:
            one = shape(item, scenario)
            if one not in found:
                found.append(one)
        return sorted(found, key=json.dumps)
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "null" if value is None else "string"


def credentials(scenario: str, tokens: dict[str, str]) -> dict[str, str]:
    basic = "Basic YWRtaW46YWRtaW4="
    if scenario in ("health", "auth-none", "html-page"):
        return {}
    if scenario == "auth-bad-basic":
        return {"Authorization": "Basic YWRtaW46d3Jvbmc="}
    if scenario == "auth-bad-token":
        return {"Authorization": "Bearer nonsense"}
    if "-viewer" in scenario and not scenario.startswith("sa-"):
        return {"Authorization": f"Bearer {tokens.get('viewer', 'None')}"}
    if "-editor" in scenario and not scenario.startswith("sa-"):
        return {"Authorization": f"Bearer {tokens.get('editor', 'None')}"}
    return {"Authorization": basic}


def learn(recorded: Any, answered: Any, known: dict[str, str]) -> None:
    """Remember which of the stand-in's values stands for which recorded one."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        for key in recorded.keys() & answered.keys():
            if key in IDENTITIES and recorded[key]:
                known[recorded[key]] = answered[key]
            learn(recorded[key], answered[key], known)
    elif isinstance(recorded, list) and isinstance(answered, list):
        for ours, theirs in zip(recorded, answered, strict=False):
            learn(ours, theirs, known)


def put_in(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: put_in(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [put_in(item, known) for item in value]
    return known.get(value, value) if isinstance(value, str) else value


def replayed(url: str, flavour: str) -> list[str]:
    """What differs, scenario by scenario."""
    differences: list[str] = []
    tokens: dict[str, str] = {}
    known: dict[str, str] = {}
    with niquests.Session() as http:
        for row in rows(flavour):
            scenario, request, expected = row["scenario"], row["request"], row["response"]
            path = request["path"]
            for recorded, ours in known.items():
                path = path.replace(recorded, quote(ours))
            headers = {name: text for name, text in request["headers"].items() if name != "Authorization"}
            body = put_in(request["body"], known)
            data = None if body is None else body if isinstance(body, str) else json.dumps(body)
            response = http.request(
                request["method"], url + path, data=data, headers=headers | credentials(scenario, tokens)
            )
            is_json = (response.text or "").strip() and "html" not in str(response.headers["content-type"])
            answered = response.json() if is_json else response.text or ""
            if (
                scenario in ("sa-token", "sa-token-viewer")
                and isinstance(answered, dict)
                and "key" in answered
            ):
                tokens["editor" if scenario == "sa-token" else "viewer"] = answered["key"]
            learn(expected["body"], answered, known)
            if response.status_code != expected["status"]:
                differences.append(
                    f"{scenario}: {response.status_code}, recorded {expected['status']}: {answered}"
                )
            elif shape(answered, scenario) != shape(expected["body"], scenario):
                ours, theirs = shape(answered, scenario), shape(expected["body"], scenario)
                differences.append(f"{scenario}: " + "; ".join(apart(ours, theirs)))
    return differences


def apart(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Where two shapes differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = [f"{path}/{key} is missing" for key in theirs.keys() - ours.keys()]
        found += [f"{path}/{key} is too much" for key in ours.keys() - theirs.keys()]
        return found + [line for key in ours.keys() & theirs.keys() for line in apart(ours[key], theirs[key], f"{path}/{key}")]  # fmt: skip
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            line
            for n, pair in enumerate(zip(ours, theirs, strict=True))
            for line in apart(*pair, f"{path}/{n}")
        ]
    return [] if ours == theirs else [f"{path} is {ours}, recorded {theirs}"]


@pytest.mark.parametrize("flavour", ["12.4.0", "9.0"])
def test_every_recorded_scenario_is_answered_alike(flavour):
    with standin(flavour) as state:
        differences = replayed(state.url, flavour)
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize(("flavour", "count"), [("12.4.0", 170), ("9.0", 139)])
def test_no_scenario_is_left_out(flavour, count):
    assert len({row["scenario"] for row in rows(flavour)}) == count


def test_a_shape_is_keys_and_types():
    assert shape({"a": [1, 2.5], "b": None}, "") == {"a": ["number"], "b": "null"}
    assert shape({"a": "x"}, "") != shape({"a": 1}, "")
    assert shape([{"a": 1}, {"b": 1}], "") != shape([{"a": 1}], "")
    assert shape([], "") != shape([1], "")
