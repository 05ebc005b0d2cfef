"""Nodes written out as PromQL, the same for the same: one line, labels and matchers in order, no needless parentheses."""

from __future__ import annotations

from provision.promql.nodes import (
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    Text,
    VectorSelector,
)

_STRENGTH = {
    "or": 1,
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(("==", "!=", ">", "<", ">=", "<="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 6,
}
"""How strongly an operator binds. Source: Prometheus' documentation of operators."""


def written(node: Node) -> str:
    """A node as PromQL; two nodes that mean the same by their form are written alike."""
    if isinstance(node, VectorSelector):
        return _selector(node)
    if isinstance(node, Number):
        return f"{node.value:.15g}"
    if isinstance(node, Text):
        return _quoted(node.value)
    if isinstance(node, Call):
        return f"{node.function}({', '.join(map(written, node.arguments))})"
    if isinstance(node, Aggregation):
        return _aggregation(node)
    if isinstance(node, Subquery):
        step = "" if node.step_seconds is None else _duration(node.step_seconds)
        inner = written(node.operand)
        inner = f"({inner})" if isinstance(node.operand, Operation | Negation) else inner
        return f"{inner}[{_duration(node.range_seconds)}:{step}]{_when(node)}"
    if isinstance(node, Negation):
        inner = written(node.operand)
        return f"-({inner})" if isinstance(node.operand, Operation) else f"-{inner}"
    return _operation(node)


def _selector(node: VectorSelector) -> str:
    matchers = sorted(f"{label}{op}{_quoted(value)}" for label, op, value in node.matchers)
    braces = f"{{{', '.join(matchers)}}}" if matchers or not node.name else ""
    range_ = "" if node.range_seconds is None else f"[{_duration(node.range_seconds)}]"
    return f"{node.name or ''}{braces}{range_}{_when(node)}"


def _when(node: VectorSelector | Subquery) -> str:
    offset = f" offset {_duration(node.offset_seconds)}" if node.offset_seconds else ""
    return f"{offset} @ …" if node.is_pinned else offset


def _duration(seconds: float) -> str:
    return f"{seconds:.15g}s"


def _aggregation(node: Aggregation) -> str:
    grouping = (
        f" {node.grouping} ({', '.join(sorted(node.labels))}) "
        if node.labels or node.grouping == "without"
        else ""
    )
    parameter = "" if node.parameter is None else f"{written(node.parameter)}, "
    return f"{node.operation}{grouping}({parameter}{written(node.operand)})"


def _operation(node: Operation) -> str:
    strength = _STRENGTH[node.operator]
    left, right = written(node.left), written(node.right)
    if isinstance(node.left, Operation) and _STRENGTH[node.left.operator] < strength + (node.operator == "^"):
        left = f"({left})"
    if isinstance(node.right, Operation) and _STRENGTH[node.right.operator] <= strength - (
        node.operator == "^"
    ):
        right = f"({right})"
    words = [left, node.operator]
    if node.is_bool:
        words.append("bool")
    if node.matching:
        words.append(f"{node.matching} ({', '.join(sorted(node.labels))})")
    if node.group:
        words.append(f"group_{node.group} ({', '.join(sorted(node.included))})")
    return " ".join((*words, right))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
