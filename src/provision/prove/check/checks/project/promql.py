"""Every expression is PromQL: of panels, library panels, variables, annotations, records and alerts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.model import Finding
from provision.project import Project
from provision.promql.parse import SyntaxProblem, parse
from provision.promql.variables import names, placeholder, stand_ins, substitute
from provision.prove.check.estate import Estate
from provision.prove.check.held import held
from provision.prove.check.parts import Dashboard, Expression
from provision.prove.check.rulefiles import rule_file
from provision.tools import promtool

ID = "promql"


def check(estate: Estate) -> Iterator[Finding]:
    """Expressions that aren't PromQL."""
    features = features_of(estate.project)
    found = ((expression, parse(expression.plain, features)) for expression in estate.expressions)
    yield from told(estate, [(expression, problem) for expression, problem in found if problem is not None])


def told(estate: Estate, refused: Sequence[tuple[Expression, SyntaxProblem]]) -> Iterator[Finding]:
    """Findings about those that were refused, and that promtool, where it decides, refuses too."""
    accepted: frozenset[str] = frozenset()
    if refused and estate.tools.promtool:
        plain = dict.fromkeys(expression.plain for expression, _ in refused)
        accepted = _accepted(estate.tools.promtool, list(plain))
    features = features_of(estate.project)
    for expression, problem in refused:
        if expression.plain not in accepted and not _is_right_as_opened(expression, features):
            yield estate.finding(
                ID,
                "error",
                expression.owner.definition,
                expression.pointer,
                expression.subject,
                _message(problem, expression),
                _remedy(problem, dashboard=isinstance(expression.owner, Dashboard)),
                line_within=problem.line or 1,
                span=_span(problem, expression),
            )


def _is_right_as_opened(expression: Expression, features: frozenset[str]) -> bool:
    """Whether it is PromQL once its variables are what they hold: one may hold an operator, or `offset 1d`."""
    if not isinstance(expression.owner, Dashboard) or not names(expression.text):
        return False
    opened = substitute(expression.text, held(expression.owner.variables))
    return opened != expression.text and parse(placeholder(opened), features) is None


def features_of(project: Project) -> frozenset[str]:
    """The setting `prometheus_features`: what the environment's Prometheus has on with --enable-feature."""
    return frozenset(map(str, project.setting("prometheus_features", list, [])))


def _accepted(tool: Path, exprs: list[str]) -> frozenset[str]:
    """Those that promtool, which decides, takes for PromQL after all."""
    groups = [
        {"name": str(n), "rules": [{"record": "checked", "expr": expr}]} for n, expr in enumerate(exprs)
    ]
    complaints = promtool.check_rules(tool, {"expressions.yml": rule_file(groups)})
    if any(complaint.group is None for complaint in complaints):
        return frozenset()
    wrong = {complaint.group for complaint in complaints}
    return frozenset(expr for n, expr in enumerate(exprs) if str(n) not in wrong)


def _message(problem: SyntaxProblem, expression: Expression) -> str:
    if problem.line is None or problem.column is None:
        return problem.message
    line = f"line {problem.line}, " if "\n" in expression.plain.strip() else ""
    start = _start(problem.line, problem.column, expression)
    return f"{_as_written(problem.message, start, expression)} ({line}column {problem.column})"


def _as_written(message: str, start: int, expression: Expression) -> str:
    """The message with the variable that was written where it names what stood in its place."""
    for begin, end, words in stand_ins(expression.text):
        if begin == start and message.startswith(f"'{words.strip()}' "):
            return message.replace(f"'{words.strip()}'", f"'{expression.text[begin:end]}'", 1)
    return message


def _span(problem: SyntaxProblem, expression: Expression) -> tuple[int, int] | None:
    """Where the problem is in the text as it was written; None where variables have moved it."""
    if problem.line is None or problem.column is None:
        return None
    start = _start(problem.line, problem.column, expression)
    moved = len(expression.text) != len(expression.plain) and not expression.text.startswith(
        expression.plain[:start]
    )
    return None if moved else expression.span(start, start + 1)


def _start(line: int, column: int, expression: Expression) -> int:
    """Where a line and a column are in the text, counted from 0."""
    before = expression.plain.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in before) + column - 1


def _remedy(problem: SyntaxProblem, *, dashboard: bool) -> str:
    if problem.message.endswith("takes a range vector, not an instant vector"):
        return f"give the selector a range, such as {'[$__rate_interval]' if dashboard else '[5m]'}"
    if "takes an instant vector, not a range vector" in problem.message:
        return "leave out the range, or put a function such as rate() around the selector"
    if "--enable-feature=" in problem.message:
        return 'when Prometheus has it on, say so: [tool.provision] prometheus_features = ["…"]'
    if "at least one non-empty matcher" in problem.message:
        return "name a metric, or a matcher that doesn't match the empty text"
    if "BOOL modifier" in problem.message:
        return "write bool after the comparison: 1 == bool 1"
    return ""
