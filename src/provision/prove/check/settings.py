"""What `[tool.provision.checks]` says of each check: its severity, that it is off, and its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from provision.errors import UsageError, did_you_mean
from provision.model import SEVERITIES, Finding
from provision.model.finding import Severity
from provision.project import Project
from provision.prove.check.parameters import filled
from provision.prove.verify import alerts_count, cost
from provision.prove.verify.verdicts import STATUSES

OFF: Final = "off"
VERIFY: Final = "verify-"
"""How the ids begin of what `provision verify` finds out about the data of expressions; they stand in the same table."""


class Named(Protocol):
    """A module of a check. It may have a dataclass `Settings`, whose fields are its parameters."""

    @property
    def ID(self) -> str:  # noqa: N802  # a constant of a module
        """Its stable id."""
        ...


ONLINE: Final[tuple[Named, ...]] = (alerts_count, cost)
"""What else `provision verify` looks at."""

VERIFIED: Final = frozenset(
    (*(f"{VERIFY}{status}" for status in STATUSES if status != "data"), *(each.ID for each in ONLINE))
)
"""The ids of what `provision verify` finds."""


@dataclass(frozen=True, slots=True)
class Configured:
    """The settings of the checks.

    Attributes:
        severities: by id, where one is set.
        off: the ids of checks that are not to run.
        parameters: the `Settings` of each check that has such, by its id.
    """

    severities: Mapping[str, Severity] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    parameters: Mapping[str, object] = field(default_factory=dict)

    def applied(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with the severities that are set, without those of checks that are off."""
        return [
            replace(each, severity=self.severities[each.id]) if each.id in self.severities else each
            for each in findings
            if each.id not in self.off
        ]


@dataclass(frozen=True, slots=True)
class Ran:
    """Which checks there are, and which of them have looked.

    Attributes:
        known: the ids of all there are.
        silent: the ids of those that were off, or lacked the tool that they ask.
    """

    known: frozenset[str]
    silent: frozenset[str]

    def knows(self, id_: str) -> bool:
        """Whether there is such a check, of this command or of `provision verify`."""
        return id_ in self.known or id_ in VERIFIED

    def has_run(self, id_: str) -> bool:
        """Whether that check has looked at everything."""
        return id_ in self.known and id_ not in self.silent


def configured(project: Project, checks: Iterable[Named]) -> Configured:
    """The settings of these checks, `[tool.provision.checks]` with the environment's own laid over it.

    Args:
        checks: all there are, custom ones too.

    Raises:
        UsageError: there is no such check or parameter, or it is set to what can't stand there.
    """
    modules = {module.ID: module for module in (*checks, *ONLINE)}
    where = str(project.root / "pyproject.toml")
    severities: dict[str, Severity] = {}
    off: set[str] = set()
    parameters: dict[str, object] = {}
    for id_, value in project.setting("checks", dict, {}).items():
        table: dict[str, Any] = dict(value) if isinstance(value, dict) else {"severity": value}
        if id_ not in modules and id_ not in VERIFIED:
            raise _unknown(id_, [*modules, *sorted(VERIFIED - modules.keys())], where)
        severity = table.pop("severity", None)
        if severity == OFF:
            off.add(id_)
        elif severity in SEVERITIES:
            severities[id_] = severity
        elif severity is not None:
            choices = ", ".join(f'"{each}"' for each in SEVERITIES)
            what = f'[tool.provision.checks] {id_} must be {choices} or "off", not {severity!r:.60}'
            raise UsageError(what, where=where)
        if id_ in modules:
            name = f"[tool.provision.checks.{id_}]"
            parameters[id_] = filled(getattr(modules[id_], "Settings", None) or _None, table, name, where)
    return Configured(severities, frozenset(off), parameters)


@dataclass(frozen=True, slots=True)
class _None:
    """The settings of a check without parameters."""


def _unknown(id_: str, known: Iterable[str], where: str) -> UsageError:
    remedy = did_you_mean(id_, known, "docs/check.md lists them")
    return UsageError(f"[tool.provision.checks] there is no check {id_!r}", where=where, remedy=remedy)
