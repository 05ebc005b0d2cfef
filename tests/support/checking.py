"""Definitions for tests of the checks, made of what matters to the test."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from provision.model import Definition, Finding, Place, encode
from provision.project import Project
from provision.prove.check.checking import check
from provision.prove.check.tools import Tools

CORRECTNESS = frozenset({
    "schema", "promql", "duplicate-key", "unknown-datasource", "unknown-folder", "unknown-variable", "unknown-record",
    "unknown-receiver", "grafana-alerting", "rule-version", "alertmanager-version", "promtool", "amtool",
})  # fmt: skip
"""Checks of what can't work, which have nothing to say of what is merely bare, as most definitions in tests are."""


def dashboard(
    *panels: dict[str, Any], path: str = "dashboards/shop.py", folder: str = "", **spec: Any
) -> Definition:
    """A dashboard with these panels, each completed to what the schema wants."""
    complete = [
        {"id": number, "type": "timeseries", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8 * number}, **panel}
        for number, panel in enumerate(panels, 1)
    ]
    body = {"uid": "shop", "title": "Shop", "panels": complete, **spec}
    return Definition("dashboard", body["uid"], encode({"folder": folder, "spec": body}), Place(path, 3))


def panel(expr: str, *more: str, **fields: Any) -> dict[str, Any]:
    """A panel called Orders with these queries."""
    targets = [{"refId": chr(65 + number), "expr": each} for number, each in enumerate((expr, *more))]
    return {"title": "Orders", "targets": targets, **fields}


def group(*rules: dict[str, Any], path: str = "rules/shop.py", index: int = 0, **fields: Any) -> Definition:
    """A rule group called shop."""
    body = {"name": "shop", "rules": list(rules), **fields}
    key = f"shop.yml/{body['name']}"
    return Definition(
        "rule-group", key, encode({"file": "shop.yml", "index": index, "group": body}), Place(path, 5)
    )


def other(kind: str, key: str, **body: Any) -> Definition:
    """A definition of another kind."""
    return Definition(kind, key, encode(body), Place("provisioning/all.py", 7))


def found(
    *definitions: Definition,
    tools: Tools | None = None,
    guests: Sequence[str] = (),
    root: Path = Path("/nowhere"),
    ids: Container[str] = CORRECTNESS,
    **settings: Any,
) -> tuple[Finding, ...]:
    """What the checks with these ids say of these definitions."""
    project = Project(root=root, name="test", settings=settings)
    said = check(definitions, project, tools=tools, guests=frozenset(guests))
    return tuple(finding for finding in said if finding.id in ids)


def told(*definitions: Definition, **options: Any) -> list[tuple[str, str, str]]:
    """Id, subject and message of each finding."""
    return [(each.id, each.subject, each.message) for each in found(*definitions, **options)]
