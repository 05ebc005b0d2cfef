"""All checks there are, by what they look at: those of the toolkit, and the custom ones of other packages."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, fields
from typing import Final

from provision.prove.check.checks import dashboards, expressions, project, rules, waivers
from provision.prove.check.forms import DashboardCheck, ExpressionCheck, ProjectCheck, RuleCheck, WaiverCheck

AnyCheck = ProjectCheck | DashboardCheck | ExpressionCheck | RuleCheck | WaiverCheck


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks, by what they look at."""

    project: tuple[ProjectCheck, ...] = ()
    dashboards: tuple[DashboardCheck, ...] = ()
    expressions: tuple[ExpressionCheck, ...] = ()
    rules: tuple[RuleCheck, ...] = ()
    waivers: tuple[WaiverCheck, ...] = ()

    @property
    def every(self) -> tuple[AnyCheck, ...]:
        """All of them."""
        return (*self.project, *self.dashboards, *self.expressions, *self.rules, *self.waivers)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all of them."""
        return frozenset(each.ID for each in self.every)

    def and_also(self, others: Checks) -> Checks:
        """These, and others after them."""
        return Checks(*((*getattr(self, each.name), *getattr(others, each.name)) for each in fields(self)))

    def without(self, ids: Container[str]) -> Checks:
        """These but for some."""
        kept = (
            tuple(check for check in getattr(self, each.name) if check.ID not in ids) for each in fields(self)
        )
        return Checks(*kept)


BUILT_IN: Final = Checks(project.CHECKS, dashboards.CHECKS, expressions.CHECKS, rules.CHECKS, waivers.CHECKS)
"""The toolkit's own. Their ids are stable."""
