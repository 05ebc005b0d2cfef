from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from provision.errors import UsageError
from provision.model import Finding
from provision.project import Project
from provision.prove.check import checking
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.registry import BUILT_IN, Checks
from provision.prove.check.settings import configured
from support.checking import found, group

BROKEN = group({"record": "a", "expr": "up up"})
ID = "few-letters"


@dataclass(frozen=True)
class Settings:
    most: int = 1


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    most = estate.settings(ID, Settings).most
    if len(rule.name) > most:
        yield estate.finding(ID, "warning", group.definition, rule.pointer, rule.subject, f"more than {most}")


def severities(checks: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.id, each.severity) for each in found(BROKEN, checks=checks)]


def test_a_check_has_the_severity_that_is_set() -> None:
    assert severities({}) == [("promql", "error")]
    assert severities({"promql": "warning"}) == [("promql", "warning")]
    assert severities({"promql": {"severity": "info"}}) == [("promql", "info")]


def test_a_check_that_is_off_says_nothing() -> None:
    assert severities({"promql": "off"}) == []


@pytest.mark.parametrize(
    ("checks", "sentence"),
    [
        ({"promqll": "off"}, "[tool.provision.checks] there is no check 'promqll'; did you mean 'promql'?"),
        ({"zzz": {}}, "[tool.provision.checks] there is no check 'zzz'; docs/check.md lists them"),
        ({"promql": "of"}, '[tool.provision.checks] promql must be "error", "warning", "info" or "off", not \'of\''),
        ({"promql": {"most": 3}}, "[tool.provision.checks.promql] has no setting 'most'; it takes only severity"),
        ({"promql": {"severity": 3}}, '[tool.provision.checks] promql must be "error", "warning", "info" or "off", not 3'),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence(checks: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        severities(checks)
    assert str(caught.value) == f"/nowhere/pyproject.toml: {sentence}"


@pytest.fixture
def few_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more check of rules, which has parameters."""
    module = SimpleNamespace(ID=ID, Settings=Settings, check=check)
    checks = BUILT_IN.and_also(Checks(rules=(module,)))
    monkeypatch.setattr(checking, "every_check", lambda: checks)


@pytest.mark.usefixtures("few_letters")
def test_a_check_reads_its_parameters() -> None:
    long = group({"record": "abc", "expr": "up"})
    assert [each.message for each in found(long, ids={ID})] == ["more than 1"]
    assert [each.message for each in found(long, ids={ID}, checks={ID: {"most": 2}})] == ["more than 2"]
    assert found(long, ids={ID}, checks={ID: {"most": 3}}) == ()
    with pytest.raises(UsageError, match="most must be a whole number, not 'many'"):
        found(long, checks={ID: {"most": "many", "severity": "off"}})


def test_ids_of_verify_stand_in_the_same_table() -> None:
    project = Project(Path("/nowhere"), "x", settings={"checks": {"verify-empty": "off", "promql": "info"}})
    settings = configured(project, BUILT_IN.every)
    assert settings.off == {"verify-empty"}
    assert settings.severities == {"promql": "info"}
    with pytest.raises(UsageError, match="there is no check 'verify-emty'; did you mean 'verify-empty'?"):
        found(checks={"verify-emty": "off"})
