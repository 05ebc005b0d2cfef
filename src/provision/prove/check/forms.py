"""What the modules of checks look like: one form for each family."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Expression, Group, Rule
from provision.prove.check.settings import Ran
from provision.prove.check.waivers import Judged


class ProjectCheck(Protocol):
    """Looks at everything at once, because one thing refers to another or is there twice."""

    @property
    def ID(self) -> str:  # noqa: N802  # a constant of a module
        """Its stable id."""
        ...

    def check(self, estate: Estate) -> Iterable[Finding]:
        """What isn't as the first line of the module's docstring says."""
        ...


class DashboardCheck(Protocol):
    """Looks at one dashboard."""

    @property
    def ID(self) -> str:  # noqa: N802  # a constant of a module
        """Its stable id."""
        ...

    def check(self, estate: Estate, dashboard: Dashboard) -> Iterable[Finding]:
        """What isn't as the first line of the module's docstring says."""
        ...


class ExpressionCheck(Protocol):
    """Looks at one expression of a dashboard or a rule."""

    @property
    def ID(self) -> str:  # noqa: N802  # a constant of a module
        """Its stable id."""
        ...

    def check(self, estate: Estate, expression: Expression) -> Iterable[Finding]:
        """What isn't as the first line of the module's docstring says."""
        ...


class RuleCheck(Protocol):
    """Looks at one rule of a group."""

    @property
    def ID(self) -> str:  # noqa: N802  # a constant of a module
        """Its stable id."""
        ...

    def check(self, estate: Estate, group: Group, rule: Rule) -> Iterable[Finding]:
        """What isn't as the first line of the module's docstring says."""
        ...


class WaiverCheck(Protocol):
    """Looks at one waiver, once it is known what it covers."""

    @property
    def ID(self) -> str:  # noqa: N802  # a constant of a module
        """Its stable id."""
        ...

    def check(self, judged: Judged, ran: Ran) -> Iterable[Finding]:
        """What isn't as the first line of the module's docstring says."""
        ...
