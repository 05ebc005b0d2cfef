"""The texts of an alert are templates that Prometheus can print, of labels that its expression returns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provision.compile.dialect.prometheus import PrometheusDialect
from provision.compile.dialect.versions import show_version
from provision.gotemplate.functions import FUNCTIONS
from provision.gotemplate.tokens import Broken
from provision.gotemplate.uses import VARIABLES, Uses
from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.branches import Branch, branches
from provision.promql.facts import facts
from provision.promql.nodes import COMPARISONS, Aggregation, Call, Negation, Node, Operation
from provision.promql.parse import parse
from provision.prove.check.alerttexts import AlertText, alert_texts
from provision.prove.check.bodies import suggestion, text_of
from provision.prove.check.checks.project.promql import features_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import labels_of

ID = "alerts-template"

_DATA: Final = ("Labels", "ExternalLabels", "ExternalURL", "Value")
_UNKNOWN: Final = re.compile(r"there is no (function|variable) '?([$\w]+)")
_LABEL: Final = re.compile(r"\$labels\.([\w.:/-]*[^\w\s}|)][\w.:/-]*)")
_COUNTING: Final = frozenset({"count", "count_values", "group"})
_MOST_NAMED: Final = 8

Said = tuple[Severity, str, str, int]
"""Severity, message, remedy, and the position in the text."""


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Texts that can't be printed, that stay empty in part, or that nobody can read."""
    if rule.kind != "alert":
        return
    for text in alert_texts(group, rule):
        found = text.found
        said = (
            [_broken(found, text)] if isinstance(found, Broken) else _said(estate, group, rule, text, found)
        )
        for severity, message, remedy, start in dict.fromkeys(said):
            yield estate.finding(
                ID, severity, group.definition, text.pointer, group.about(rule),
                f"{text.name}: {message} ({text.at(start)})", remedy, line_within=text.line_at(start), span=text.span(start),
            )  # fmt: skip


def _broken(found: Broken, text: AlertText) -> Said:
    unknown = _UNKNOWN.match(found.message)
    remedy = suggestion(unknown[2], FUNCTIONS if unknown[1] == "function" else VARIABLES) if unknown else ""
    odd = _LABEL.search(text.text)
    if not unknown and odd and found.start in range(odd.start(), odd.end() + 1):
        remedy = f'write index $labels "{odd[1]}"'
    return "error", found.message, remedy, found.start


def _said(estate: Estate, group: Group, rule: Rule, text: AlertText, found: Uses) -> Iterator[Said]:
    yield from _calls(estate, found)
    yield from _fields(found)
    for query in found.queries:
        problem = parse(query.name, features_of(estate.project))
        if problem is not None:
            yield "error", f"what it asks by query isn't PromQL: {problem.message}", "", query.start
    if text.is_label:
        for start in found.values[:1]:
            yield (
                "warning",
                "a label that prints the value makes another alert whenever the value changes, and `for` begins anew",
                "print it in an annotation",
                start,
            )
    expression = facts(text_of(rule.body, "expr"))
    if expression is None:
        return
    yield from _labels(found, branches(expression.root), labels_of(group, rule))
    rate = _rate(expression.root) if found.bare and not text.is_label else ""
    if rate:
        yield (
            "info",
            f"it prints the result of {rate}() with all its digits",
            "write {{ $value | humanize }} or {{ $value | humanizePercentage }}",
            found.bare[0],
        )


def _calls(estate: Estate, found: Uses) -> Iterator[Said]:
    version = PrometheusDialect.of(estate.project).version
    for call in found.calls:
        wanted = FUNCTIONS[call.name]
        if wanted.since is not None and version < (*wanted.since, 0):
            since = show_version((*wanted.since, 0))
            yield (
                "error",
                f"{call.name} needs Prometheus {since}, and this environment has {show_version(version)}",
                "do without, or raise [tool.provision] prometheus_version once the server is newer",
                call.start,
            )
        if call.values < wanted.least or (wanted.most is not None and call.values > wanted.most):
            count = (
                "no value" if wanted.most == 0 else f"{wanted.least} value{'s' if wanted.least != 1 else ''}"
            )
            least = "at least " if wanted.most is None else ""
            yield (
                "error",
                f"{call.name} takes {least}{count}, not {call.values}, so nothing is printed",
                "",
                call.start,
            )


def _fields(found: Uses) -> Iterator[Said]:
    for use in found.fields:
        remedy = suggestion(use.name, _DATA) or f"there are {', '.join(f'.{name}' for name in _DATA)}"
        yield "error", f"an alert has no .{use.name}, so nothing is printed", remedy, use.start


def _labels(found: Uses, of: tuple[Branch, ...], added: dict[str, str]) -> Iterator[Said]:
    """Labels that stay empty, because no series that the expression returns has them."""
    for use in found.labels:
        if use.name in found.asked:
            continue
        own = added.get(use.name)
        is_own = own is not None and "{{" not in own
        if not any(branch.labels.may_have(use.name) for branch in of):
            remedy = _instead(of)
        elif is_own and not any(use.name in branch.labels.likely for branch in of):
            remedy = ""
        else:
            continue
        if is_own:
            remedy = f"labels that the rule adds aren't in $labels: write {own} itself"
        yield (
            "warning",
            f"it prints the label {use.name}, which no series that the expression returns has, and stays empty",
            remedy,
            use.start,
        )


def _instead(of: tuple[Branch, ...]) -> str:
    """Which labels there are, when that is known."""
    if any(branch.labels.possible is None for branch in of):
        return "keep the label in the expression, or leave it out here"
    names = sorted({name for branch in of for name in branch.labels.possible or ()})
    if not names:
        return "the result has no labels: aggregate by the label, or leave it out here"
    return f"there are {', '.join(names[:_MOST_NAMED])}: aggregate by the label, or leave it out here"


def _rate(node: Node) -> str:
    """The function that gives the value, when it is one whose results have many digits."""
    if isinstance(node, Call):
        return node.function if node.function in ("rate", "irate", "deriv") else ""
    if isinstance(node, Aggregation):
        return "" if node.operation in _COUNTING else _rate(node.operand)
    if isinstance(node, Negation):
        return _rate(node.operand)
    if isinstance(node, Operation) and (node.operator in COMPARISONS or node.operator in "*/+-"):
        return (
            ""
            if node.is_bool
            else _rate(node.left) or ("" if node.operator in COMPARISONS else _rate(node.right))
        )
    return ""
