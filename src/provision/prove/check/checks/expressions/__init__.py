"""Checks that look at one expression at a time, of a dashboard or a rule."""

from typing import Final

from provision.prove.check.forms import ExpressionCheck

CHECKS: Final[tuple[ExpressionCheck, ...]] = ()
