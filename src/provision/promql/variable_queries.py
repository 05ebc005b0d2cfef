"""The query of a Grafana variable, such as `label_values(up, job)`, and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FORMS: Final = {
    "label_values": re.compile(
        r"\s*label_values\(\s*(?:(?P<expr>.+),\s*)?(?P<label>[^,(){}\"]+?)\s*\)\s*", re.DOTALL
    ),
    "label_names": re.compile(r"\s*label_names\((?P<expr>.*)\)\s*", re.DOTALL),
    "query_result": re.compile(r"\s*query_result\((?P<expr>.+)\)\s*", re.DOTALL),
    "metrics": re.compile(r"\s*metrics\((?P<pattern>.+)\)\s*", re.DOTALL),
}
"""Source: Grafana's `prometheus/metric_find_query`."""


@dataclass(frozen=True, slots=True)
class VariableQuery:
    """What a variable asks.

    Attributes:
        function: `label_values`, `label_names`, `query_result` or `metrics`; empty when it is PromQL without one.
        expr: the PromQL in it; empty when there is none, as in `label_values(job)`.
        start: the position of `expr` in the query, counted from 0.
        label: the label of `label_values`.
        label_start: its position.
    """

    function: str
    expr: str
    start: int
    label: str = ""
    label_start: int = 0


def variable_query(query: str) -> VariableQuery:
    """What the query of a variable asks."""
    for function, form in _FORMS.items():
        match = form.fullmatch(query)
        if match is None:
            continue
        found = match.groupdict()
        expr = found.get("expr") or ""
        start = match.start("expr") if expr else 0
        label = found.get("label") or ""
        inner = expr.strip()
        return VariableQuery(
            function, inner, start + expr.index(inner), label, match.start("label") if label else 0
        )
    inner = query.strip()
    return VariableQuery("", inner, query.index(inner))


_OPTION: Final = re.compile(r"(?:[^,\\]|\\.)+")


def custom_values(query: str) -> list[str]:
    """The values of a custom variable, or of one for an interval: `a, b`, and `text : value`, with `\\,` for a comma."""
    return [_value(option) for option in _OPTION.findall(query)]


def _value(option: str) -> str:
    name, colon, value = option.replace("\\,", ",").partition(" : ")
    return (value if colon else name).strip()
