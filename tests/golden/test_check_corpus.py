"""Dashboards and rule files that others wrote: no crash, and the verdict on rule files is promtool's.

`KNOWN` holds the files on which our own checks, without promtool, differ from it, and why.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from provision.commands.guests import collect_guests
from provision.errors import Problem
from provision.model import Finding
from provision.project import Project
from provision.promql.parse import parse
from provision.prove.check.checking import check
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from support.servers import require

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"needs the corpus in {CORPUS}")

KNOWN = {
    "prometheus_prometheus__promtool_testdata_rules-bad.yml": "a template that only promtool executes",
    "grafana_cortex-tools__rules_testdata_basic_namespace.yaml": "a field of Cortex' tools beside `groups`",
    "grafana_cortex-tools__rules_testdata_basic_namespace_repeated.yaml": "a field of Cortex' tools beside `groups`",
    "FUSAKLA_promruval__examples_mimir_rules.yaml": "a field of Mimir's",
    "thanos-io_thanos__testdata_rules-files_unreadable_valid.yaml": "a field of Thanos Rule's",
}


def checked(file: Path, tools: Tools | None = None) -> tuple[tuple[Problem, ...], tuple[Finding, ...]]:
    project = Project(root=CORPUS, name="corpus")
    guests, definitions, problems = collect_guests([file], CORPUS)
    return problems, check(definitions, project, guests=guests, tools=tools)


def rule_files() -> list[Path]:
    return sorted([*(CORPUS / "rules").iterdir(), *(CORPUS / "rules_bad").iterdir()])


LOADED = frozenset({"schema", "promql", "promtool", "alerts-template", "duplicate-key"})
"""The checks of what promtool looks at: whether a file loads. What loads and never fires is another matter."""


def refuses(file: Path, tools: Tools | None = None) -> bool:
    problems, findings = checked(file, tools)
    return bool(problems) or any(finding.severity == "error" and finding.id in LOADED for finding in findings)


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A promtool that knows the fields and functions of Prometheus 3.14; its own version may be missing."""
    tool = require("promtool")
    probe = tmp_path_factory.mktemp("probe") / "probe.yml"
    probe.write_text(
        "groups: [{name: a, query_offset: 1m, labels: {b: c}, rules: [{record: a, expr: 'up >/ 0'}]}]"
    )
    if not accepts(tool, probe):
        pytest.skip(f"{tool} is older than Prometheus 3.14")
    return tool


def accepts(promtool: Path, file: Path) -> bool:
    return (
        subprocess.run(
            [promtool, "check", "rules", "--lint=none", file], capture_output=True, check=False
        ).returncode
        == 0
    )


def test_the_verdict_on_rule_files_is_promtools(promtool: Path) -> None:
    differ = {file.name for file in rule_files() if refuses(file) == accepts(promtool, file)}
    assert differ <= KNOWN.keys()


def test_with_promtool_its_templates_are_seen_too(promtool: Path) -> None:
    name = "prometheus_prometheus__promtool_testdata_rules-bad.yml"
    assert refuses(CORPUS / "rules_bad" / name, Tools(promtool=promtool))


def test_the_verdict_on_the_expressions_of_dashboards_is_promtools(promtool: Path, tmp_path: Path) -> None:
    project = Project(root=CORPUS, name="corpus")
    guests, definitions, _ = collect_guests([CORPUS / "dashboards"], CORPUS)
    exprs = list(
        dict.fromkeys(each.plain for each in estate_of(definitions, project, Tools(), guests).expressions)
    )
    assert len(exprs) > 2900
    theirs = verdicts(promtool, exprs, tmp_path / "rules.yml")
    differ = [
        (expr, said, parse(expr))
        for expr, said in zip(exprs, theirs, strict=True)
        if (said is None) != (parse(expr) is None)
    ]
    assert differ == []


def verdicts(promtool: Path, exprs: list[str], file: Path) -> list[str | None]:
    """What promtool says of each: None, or its message."""
    groups = [{"name": f"g{n}", "rules": [{"record": "r", "expr": expr}]} for n, expr in enumerate(exprs)]
    file.write_text(yaml.dump({"groups": groups}, Dumper=yaml.CSafeDumper), encoding="utf-8")
    said = subprocess.run(
        [promtool, "check", "rules", "--lint=none", file], capture_output=True, text=True, check=False
    )
    lines = said.stderr + said.stdout
    refused = {
        int(match[1]): match[2] for match in re.finditer(r'group "g(\d+)", rule \d+, "r": (.*)', lines)
    }
    assert refused or said.returncode == 0, said.stderr[:500]
    return [refused.get(n) for n in range(len(exprs))]


def test_every_dashboard_gets_a_verdict() -> None:
    files = sorted((CORPUS / "dashboards").glob("*.json"))
    said: dict[str, list[str]] = {}
    for file in files:
        problems, findings = checked(file)
        assert problems == (), file.name
        said[file.name] = [finding.id for finding in findings if finding.severity == "error"]
    assert len(files) > 100
    wrong = {name: ids for name, ids in said.items() if ids}
    # Queries of Prometheus 1, and a refId that stands twice.
    assert len(wrong) <= len(files) / 20, wrong
    assert all(set(ids) <= {"promql", "duplicate-key"} for ids in wrong.values()), wrong
