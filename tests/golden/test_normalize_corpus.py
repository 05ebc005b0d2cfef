"""Real dashboards of public projects, taken over by `from_json`, under our own schema and the published one.

The published schema with unknown fields allowed ("relaxed") is the yardstick: what it accepts, ours accepts.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from provision.compile.normalize import from_json
from provision.model import encode
from provision.schemas import schema

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = SHARED / "corpus" / "dashboards"
RELAXED = SHARED / "schemas" / "grafana" / "dashboard-relaxed.jsonschema.json"

EXPLAINED = "is not one of"
"""The one reason for which the relaxed schema refuses dashboards that Grafana 12.4 shows and ours accepts:
value mappings of before Grafana 8, whose type is a number. Grafana upgrades them when a dashboard is opened."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir() or not RELAXED.exists(), reason=f"{SHARED} is absent")


@cache
def dashboards() -> dict[str, dict[str, Any]]:
    return {file.name: json.loads(file.read_bytes()) for file in sorted(CORPUS.glob("*.json"))}


@cache
def relaxed() -> Any:
    return jsonschema_rs.validator_for(json.loads(RELAXED.read_bytes()))


@cache
def own() -> Any:
    return jsonschema_rs.validator_for(schema("dashboard"))


def test_every_one_is_taken_over_unchanged_and_only_once() -> None:
    for name, written in dashboards().items():
        before = copy.deepcopy(written)
        made = from_json(written)
        assert written == before, name
        assert encode(from_json(made)) == encode(made), name
        kept = {key: value for key, value in made.items() if key not in ("panels", "rows")}
        server_s_own = ("id", "version", "iteration", "panels", "rows")
        spec = written["dashboard"] if isinstance(written.get("dashboard"), dict) else written
        assert kept == {key: value for key, value in spec.items() if key not in server_s_own}, name


def test_ours_accepts_what_the_relaxed_schema_accepts(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts: Counter[tuple[bool, bool]] = Counter()
    stricter, looser = {}, {}
    for name, written in dashboards().items():
        made = from_json(written)
        verdict = (relaxed().is_valid(made), own().is_valid(made))
        verdicts[verdict] += 1
        if verdict == (True, False):
            stricter[name] = str(next(own().iter_errors(made)).message)
        elif verdict == (False, True):
            looser[name] = _deepest(made)
    with capsys.disabled():
        print(
            f"\n{len(dashboards())} real dashboards: both accept {verdicts[True, True]}, ours alone "
            f"{verdicts[False, True]}, the relaxed schema alone {verdicts[True, False]}, neither {verdicts[False, False]}"
        )
    assert stricter == {}
    assert {name: reason for name, reason in looser.items() if EXPLAINED not in reason} == {}
    assert verdicts[False, False] == 0


def _deepest(document: Any) -> str:
    """The relaxed schema's innermost reason, for which only the slower library gives the way down."""
    import jsonschema

    error: Any = next(jsonschema.Draft7Validator(json.loads(RELAXED.read_bytes())).iter_errors(document))
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return str(error.message)
