"""promtool accepts the compiled rule files and prometheus.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.compile.dialect import prometheus
from provision.compile.kinds import PROMETHEUS, SCRAPE_CONFIG
from provision.model import Definition, Finding
from provision.promql.parse import parse
from provision.prove.check.bodies import text_of
from provision.prove.check.checks.project.promql import features_of
from provision.prove.check.estate import Estate
from provision.prove.check.lines import json_lines
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefiles import rule_file
from provision.tools import promtool

ID = "promtool"


def check(estate: Estate) -> Iterator[Finding]:
    """What promtool refuses, when it decides (see `provision.prove.check.tools`)."""
    tool = estate.tools.promtool
    if tool is not None:
        yield from _rules(estate, tool)
        yield from _config(estate, tool)


def file_subject(estate: Estate, group: Group) -> str:
    """What people call the rule file that a group is in; one that isn't the project's by its path."""
    name = group.definition.place.path if estate.is_guest(group.definition) else group.file
    return f'rule file "{name}"'


def _rules(estate: Estate, tool: Path) -> Iterator[Finding]:
    features = features_of(estate.project)
    files: dict[str, list[Group]] = {}
    for group in sorted(estate.groups, key=lambda group: (group.index, group.definition.key)):
        files.setdefault(file_subject(estate, group), []).append(group)
    texts = {name: rule_file([group.body for group in groups]) for name, groups in files.items()}
    for complaint in promtool.check_rules(tool, texts):
        groups = files[complaint.file]
        found, rule = _about(complaint, groups, texts[complaint.file])
        if found is None:
            first = groups[0].definition
            yield estate.finding(ID, "error", first, "", complaint.file, complaint.message)
        elif rule is None:
            yield estate.finding(ID, "error", found.definition, "", found.subject, complaint.message)
        elif not _is_enabled(text_of(rule.body, "expr"), features):
            message = complaint.message.removeprefix(f'"{rule.name}": ')
            yield estate.finding(ID, "error", found.definition, rule.pointer, found.about(rule), message)


def _about(
    complaint: promtool.Complaint, groups: Sequence[Group], text: bytes
) -> tuple[Group | None, Rule | None]:
    """The group and the rule that a complaint is about, as far as it says."""
    if complaint.group is not None:
        for group in groups:
            if text_of(group.body, "name") == complaint.group:
                number = complaint.rule
                return group, group.rules[number] if number is not None and number < len(
                    group.rules
                ) else None
    if complaint.line is not None:
        before = [
            pointer
            for pointer, line in json_lines(text.decode()).items()
            if line <= complaint.line and pointer
        ]
        match = re.match(r"/groups/(\d+)(?:/rules/(\d+))?", before[-1] if before else "")
        if match:
            group = groups[int(match[1])]
            return group, group.rules[int(match[2])] if match[2] else None
    return None, None


def _is_enabled(expr: str, features: frozenset[str]) -> bool:
    """Whether promtool, which is asked without features, refuses it only for want of them."""
    return bool(features) and parse(expr) is not None and parse(expr, features) is None


def _config(estate: Estate, tool: Path) -> Iterator[Finding]:
    dialect = prometheus.PrometheusDialect.of(estate.project)
    config = prometheus.shape_config(estate.definitions, dialect)
    if config is None:
        return
    text = prometheus.config_bytes(config, estate.project.name)
    for complaint in promtool.check_config(tool, text):
        definition = _named(complaint.message, estate)
        subject = "prometheus.yml"
        if definition.kind == SCRAPE_CONFIG:
            subject = f'prometheus.yml, scrape job "{definition.key}"'
        yield estate.finding(ID, "error", definition, "", subject, complaint.message)


def _named(message: str, estate: Estate) -> Definition:
    """The scrape job that a message names, or else the first definition that prometheus.yml is made of."""
    jobs = [definition for definition, _ in estate.of(SCRAPE_CONFIG)]
    for definition in jobs:
        if f'"{definition.key}"' in message:
            return definition
    return [*(definition for definition, _ in estate.of(PROMETHEUS)), *jobs][0]
