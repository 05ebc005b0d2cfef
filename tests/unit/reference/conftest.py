"""The reference project as other tests see it: compiled with chosen variables, and judged by promtool.

A scenario gives Prometheus series as they would have been scraped, and says at which moment which alerts fire;
promtool evaluates the compiled rules over them. Every alert that isn't named must be silent, but for the
one that always fires.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.compile.load import Loaded, load
from provision.model import decode
from provision.project import SOURCE_ROOMS, open_project
from support.servers import require

ROOT = Path(__file__).resolve().parents[3]
SCRAPE_SECONDS = 60


@cache
def _loaded(rooms: tuple[str, ...], variables: str, environment: str | None) -> Loaded:
    project = open_project(ROOT, environment)
    changed = replace(project, variables={**project.variables, **json.loads(variables)})
    return load(changed, [ROOT / room for room in rooms], workers=1, use_cache=False)


@pytest.fixture
def compiled() -> Callable[..., Loaded]:
    """The definitions in some rooms, with some variables changed; without fault unless told otherwise."""

    def compile_with(
        *rooms: str, environment: str | None = None, faulty: bool = False, **variables: Any
    ) -> Loaded:
        result = _loaded(rooms or SOURCE_ROOMS, json.dumps(variables, sort_keys=True), environment)
        assert bool(result.problems) == faulty, "\n".join(map(str, result.problems))
        return result

    return compile_with


@pytest.fixture
def groups(compiled: Callable[..., Loaded]) -> Callable[..., list[dict[str, Any]]]:
    """The rule groups of one rule file (`traefik`, `platform`), or of all."""

    def of(file: str | None = None, **variables: Any) -> list[dict[str, Any]]:
        found = compiled("rules", **variables).definitions
        bodies = [decode(definition.body) for definition in found if definition.kind == "rule-group"]
        return [body["group"] for body in bodies if file is None or body["file"] == f"{file}.yml"]

    return of


@pytest.fixture
def judge(groups: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> Callable[..., None]:
    """Evaluate a rule file over series, and compare what fires and what expressions give.

    firing: moment → the alerts that fire then, as `name severity`.
    values: (moment, expression) → its value, or None for no series at all.
    """
    promtool = require("promtool")

    def run(
        file: str,
        series: Mapping[str, str],
        firing: Mapping[str, set[str]] | None = None,
        values: Mapping[tuple[str, str], float | None] | None = None,
        **variables: Any,
    ) -> None:
        expected = [
            {
                "eval_time": moment,
                "expr": 'group by (alertname, severity) (ALERTS{alertstate="firing", alertname!="Watchdog"})',
                "exp_samples": [_alert(*name.split()) for name in sorted(names)],
            }
            for moment, names in (firing or {}).items()
        ]
        expected += [
            {
                "eval_time": moment,
                "expr": f"round(sum({expr}), 0.0001)",
                "exp_samples": [] if value is None else [{"labels": "{}", "value": value}],
            }
            for (moment, expr), value in (values or {}).items()
        ]
        assert expected
        case = {
            "interval": f"{SCRAPE_SECONDS}s",
            "input_series": [{"series": name, "values": samples} for name, samples in series.items()],
            "promql_expr_test": expected,
        }
        scenario = {"rule_files": ["rules.yml"], "evaluation_interval": f"{SCRAPE_SECONDS}s", "tests": [case]}
        (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": groups(file, **variables)}))
        (tmp_path / "scenario.yml").write_text(yaml.safe_dump(scenario))
        ended = subprocess.run(
            [promtool, "test", "rules", "scenario.yml"],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return run


def _alert(name: str, severity: str) -> dict[str, Any]:
    return {"labels": f'{{alertname="{name}", severity="{severity}"}}', "value": 1}
