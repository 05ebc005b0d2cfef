"""A rule that demands nothing more, and what checks say of it and others under the settings of a project."""

from __future__ import annotations

from typing import Any

from support.checking import found, group

ALERT = {
    "alert": "Down",
    "expr": "up == 0",
    "labels": {"severity": "page"},
    "annotations": {"summary": "It is down", "runbook_url": "https://example.org/down"},
}
RECORD = {"record": "job:up:sum", "expr": "sum by (job) (up)"}


def said(id_: str, *rules: dict[str, Any], in_group: dict[str, Any] | None = None, **table: Any) -> list[str]:
    checks = {id_: table} if table else {}
    findings = found(group(*rules, **(in_group or {})), ids={id_}, checks=checks)
    return [f"{each.severity}: {each.message}" for each in findings]
