"""Bounds of buckets are written as the server stores them: `le="5.0"` since Prometheus 3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provision.compile.dialect.prometheus import PrometheusDialect
from provision.model import Finding
from provision.promql.nodes import Matcher
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression

ID = "integer-bound"

_LABELS: Final = frozenset({"le", "quantile"})
_WRITTEN: Final = ("le=", "le!=", "le =", "le !=")
_WHOLE: Final = re.compile(r"\d+")
_FLOAT: Final = re.compile(r"\d+\.0")
_SINCE: Final = (3, 0, 0)
"""Source: Prometheus' CHANGELOG.md, 3.0.0: it normalises `le` and `quantile` of what it scrapes."""


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Buckets that are asked for with a bound that no series has."""
    plain = expression.plain
    if not any(written in plain for written in _WRITTEN):
        return
    found = facts_of(expression)
    selectors = {
        matcher: selector
        for selector in reversed(found.selectors if found else [])
        for matcher in selector.matchers
        if matcher.label in _LABELS and matcher.op in ("=", "!=")
    }
    for matcher, selector in selectors.items():
        stored = _stored(estate, matcher)
        if stored:
            label, op, value = matcher
            both = f'{label}{op[0] if op == "!=" else "="}~"{value.removesuffix(".0")}(\\\\.0)?"'
            effect = "meets no series" if op == "=" else "leaves no series out"
            yield said(
                estate, ID, "warning", expression,
                f'{label}{op}"{value}" {effect}: {stored}',
                f"write {both}, which meets those of before as well", node=selector,
            )  # fmt: skip


def _stored(estate: Estate, matcher: Matcher) -> str:
    """How a bound is stored, when it isn't as the matcher has it."""
    is_new = PrometheusDialect.of(estate.project).version >= _SINCE
    if is_new and _WHOLE.fullmatch(matcher.value):
        return f'Prometheus 3 stores what it scrapes as "{matcher.value}.0"'
    if not is_new and _FLOAT.fullmatch(matcher.value):
        return f'before Prometheus 3 it is stored as it is exposed, mostly as "{matcher.value.removesuffix(".0")}"'
    return ""
