"""Expressions that others wrote: what promtool says of them, and whether those of dashboards parse."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from provision.promql.names import selectors
from provision.promql.outline import outline
from provision.promql.parse import parse
from provision.promql.variables import placeholder
from support.drawn import expression
from support.servers import require

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"needs the corpus in {CORPUS}")


def rule_files() -> list[Path]:
    return sorted([*(CORPUS / "rules").iterdir(), *(CORPUS / "rules_bad").iterdir()])


def expressions_of(file: Path) -> Iterator[str]:
    try:
        document = yaml.safe_load(file.read_bytes())
    except yaml.YAMLError:
        return
    groups = document.get("groups") if isinstance(document, dict) else None
    for group in groups or []:
        for rule in (group.get("rules") if isinstance(group, dict) else None) or []:
            if isinstance(rule, dict) and isinstance(rule.get("expr"), str) and rule["expr"].strip():
                yield rule["expr"]


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A promtool that knows what Prometheus 3.14 does; its own version may be missing."""
    program = require("promtool")
    probe = tmp_path_factory.mktemp("probe") / "probe.yml"
    if verdicts(program, ["up >/ 0", "up[5m + 5m]", "up[max_of(5m, 1m)]"], probe) != [None] * 3:
        pytest.skip(f"{program} is older than Prometheus 3.14")
    return program


def verdicts(promtool: Path, exprs: list[str], file: Path) -> list[str | None]:
    """What promtool says of each: None, or its message."""
    groups = [{"name": f"g{n}", "rules": [{"record": "r", "expr": expr}]} for n, expr in enumerate(exprs)]
    file.write_text(yaml.dump({"groups": groups}, Dumper=yaml.CSafeDumper), encoding="utf-8")
    said = subprocess.run(
        [promtool, "check", "rules", "--lint=none", file], capture_output=True, text=True, check=False
    )
    refused = {
        int(match[1]): match[2]
        for match in re.finditer(r'group "g(\d+)", rule \d+, "r": (.*)', said.stderr + said.stdout)
    }
    assert refused or said.returncode == 0, said.stderr[:500]
    return [refused.get(n) for n in range(len(exprs))]


@needs_corpus
def test_the_verdict_on_rules_is_promtools(promtool: Path, tmp_path: Path) -> None:
    exprs = list(dict.fromkeys(expr for file in rule_files() for expr in expressions_of(file)))
    assert len(exprs) > 500
    theirs = verdicts(promtool, exprs, tmp_path / "rules.yml")
    differ = [
        (expr, said, parse(expr))
        for expr, said in zip(exprs, theirs, strict=True)
        if (said is None) != (parse(expr) is None)
    ]
    assert differ == []


def test_the_verdict_on_the_corners_of_the_language_is_promtools(promtool: Path, tmp_path: Path) -> None:
    operands = ["up", "up[5m]", "sum(up)", "1", "5m", '"a"', "{a='b'}", "up offset 5m", "up @ end()", "-up",
                "up[5m:]", "rate(up[5m])", "anchored", "by", "inf", "0x1F", "1_0", ".5", "(up)", "a{b=`\\d`}",
                '{"a.b"}', "up[5m*2]", "limitk(1, up)", "up smoothed", "fill", "time()", "nosuch()"]  # fmt: skip
    joints = [" + ", " == ", " == bool ", " and ", " unless on (a) ", " / ignoring (b) group_left (c) ", " ^ ",
              " or bool ", " atan2 ", " </ ", " ", " offset ", " @ ", "[5m]", " by (a) ", ", ", " =~ ", "!"]  # fmt: skip
    exprs = [left + joint + right for left in operands for joint in joints for right in operands]
    theirs = verdicts(promtool, exprs, tmp_path / "rules.yml")
    differ = [
        (expr, said, parse(expr))
        for expr, said in zip(exprs, theirs, strict=True)
        if (said is None) != (parse(expr) is None)
    ]
    assert differ == []


def test_the_verdict_on_whatever_is_drawn_is_promtools(promtool: Path, tmp_path: Path) -> None:
    random = Random(int(os.environ.get("CHECK_SEED", "1")))
    count = int(os.environ.get("CHECK_EXAMPLES", "4000"))
    exprs = [each for each in dict.fromkeys(expression(random) for _ in range(count)) if each.strip()]
    theirs = verdicts(promtool, exprs, tmp_path / "rules.yml")
    assert len(exprs) / 20 < theirs.count(None) < len(exprs) / 2
    differ = [
        (expr, said, parse(expr))
        for expr, said in zip(exprs, theirs, strict=True)
        if (said is None) != (parse(expr) is None)
    ]
    assert differ == []


def targets(panels: Any) -> Iterator[str]:
    for panel in panels or []:
        for target in panel.get("targets") or []:
            source = target.get("datasource") or panel.get("datasource")
            loki = "loki" in json.dumps(source).lower()
            if isinstance(target.get("expr"), str) and target["expr"].strip() and not loki:
                yield target["expr"]
        yield from targets(panel.get("panels"))


def dashboard_expressions() -> set[str]:
    exprs = set()
    for file in sorted((CORPUS / "dashboards").glob("*.json")):
        document = json.loads(file.read_bytes())
        document = document.get("dashboard", document)
        exprs.update(targets(document.get("panels")))
        for row in document.get("rows") or []:
            exprs.update(targets(row.get("panels")))
    return exprs


@needs_corpus
def test_the_expressions_of_dashboards_parse() -> None:
    exprs = dashboard_expressions()
    assert len(exprs) > 2000
    refused = {expr: problem.message for expr in exprs if (problem := parse(placeholder(expr)))}
    assert len(refused) <= len(exprs) / 100, refused


@needs_corpus
def test_the_outline_has_the_selectors_of_the_tree() -> None:
    exprs = dashboard_expressions() | {expr for file in rule_files() for expr in expressions_of(file)}
    plain = [text for expr in exprs if parse(text := placeholder(expr)) is None]
    assert len(plain) > 3000
    for expr in plain:
        root = outline(expr)
        assert root is not None, expr
        names = [
            part.name and part.name.text.strip("\"'`") for part, _ in root.walk() if part.kind == "selector"
        ]
        assert names == [selector.name for selector in selectors(expr)], expr
