"""Real dashboards and files of other projects: revisions of one dashboard compared, and single edits found."""

from __future__ import annotations

import copy
import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.diff import diff_bodies
from provision.model import encode
from provision.show.changes import change_lines

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"{CORPUS} is absent")


def revisions() -> list[tuple[Path, Path]]:
    """Pairs of successive revisions of one dashboard; the one without a date is the last."""
    series: dict[str, list[Path]] = defaultdict(list)
    for file in sorted((CORPUS / "dashboards").glob("*.json")):
        series[re.sub(r"(@[\d-]+)?\.json$", "", file.name)].append(file)
    ordered = (sorted(files, key=lambda file: ("@" not in file.name, file.name)) for files in series.values())
    return [pair for files in ordered for pair in pairwise(files)]


def body(file: Path) -> bytes:
    return encode({"folder": "", "spec": json.loads(file.read_bytes())})


@pytest.mark.parametrize(("old", "new"), revisions(), ids=lambda file: file.stem[-40:])
def test_two_revisions(old: Path, new: Path) -> None:
    before, after = body(old), body(new)
    changes = diff_bodies("dashboard", before, after)
    assert bool(changes) == (before != after)
    assert len(diff_bodies("dashboard", after, before)) == len(changes)
    lines = change_lines(changes)
    panels = (
        after.count(b'"gridPos"')
        + before.count(b'"gridPos"')
        + after.count(b'"span"')
        + before.count(b'"span"')
    )
    assert len(lines) <= 60 + 3 * panels
    assert max(map(len, lines)) < 500
    assert len(lines) <= len(change_lines(changes, everything=True))


def yaml_files(folder: str) -> list[Path]:
    return sorted((CORPUS / folder).glob("*.y*ml"))


def loaded(file: Path) -> Any:
    try:
        found = yaml.safe_load(file.read_text())
    except yaml.YAMLError:
        return None
    return json.loads(json.dumps(found, default=str)) if isinstance(found, dict) else None


@pytest.mark.parametrize("file", yaml_files("rules"), ids=lambda file: file.stem[-40:])
def test_one_expression_of_a_rule_file(file: Path) -> None:
    found = loaded(file)
    groups = found.get("groups") if found else None
    if not groups or not groups[0].get("rules"):
        pytest.skip("holds no rules")
    before = {"groups": groups}
    after = copy.deepcopy(before)
    rule = after["groups"][-1]["rules"][-1]
    rule["expr"] = f"({rule['expr']}) > 42"
    assert diff_bodies("rule-file", encode(before), encode(before)) == ()
    (change,) = diff_bodies("rule-file", encode(before), encode(after))
    assert change.path.endswith(": expr")
    assert change.after == rule["expr"]


@pytest.mark.parametrize("file", yaml_files("alertmanager"), ids=lambda file: file.stem[-40:])
def test_one_route_more(file: Path) -> None:
    before = loaded(file)
    if not before or not isinstance(before.get("route"), dict):
        pytest.skip("holds no route")
    after = copy.deepcopy(before)
    after["route"]["routes"] = [
        {"receiver": "x", "matchers": ['new="yes"']},
        *(after["route"].get("routes") or []),
    ]
    (change,) = diff_bodies("alertmanager-config", encode(before), encode(after))
    assert change.path == 'route {new="yes"}'


@pytest.mark.parametrize("file", yaml_files("prometheus"), ids=lambda file: file.stem[-40:])
def test_one_scrape_job_less(file: Path) -> None:
    before = loaded(file)
    if not before or not before.get("scrape_configs"):
        pytest.skip("holds no scrape jobs")
    after = copy.deepcopy(before)
    gone = after["scrape_configs"].pop(0)
    if not after["scrape_configs"]:
        del after["scrape_configs"]
    (change,) = diff_bodies("prometheus-config", encode(before), encode(after))
    assert change.path.startswith(f'scrape job "{gone["job_name"]}"')
    assert change.after is None
