"""What an alert's template uses: labels, values, functions, and queries that it asks while it is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeGuard

from provision.gotemplate.nodes import (
    Action,
    Called,
    Constant,
    Control,
    Dot,
    Function,
    Inner,
    Named,
    Node,
    Pipeline,
    Term,
    Variable,
)

VARIABLES: Final = ("$labels", "$externalLabels", "$externalURL", "$value")
"""What Prometheus defines before an alert's template, and the field of `.` that each is."""

_FIELDS: Final = {"Labels": "$labels", "ExternalLabels": "$externalLabels", "Value": "$value", "ExternalURL": "$externalURL"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """Something with a name, and where it stands in the template."""

    name: str
    start: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function called with so many values, one that is handed on by `|` included."""

    name: str
    values: int
    start: int


@dataclass(slots=True)
class Uses:
    """What a template uses.

    Attributes:
        labels: of the series, by name.
        asked: labels of the series that an `if` or `with` asks for: the author knows that they may be missing.
        external: external labels, by name.
        fields: of `.`, those that an alert's data doesn't have.
        calls: functions.
        queries: texts that are handed to `query`.
        values: where the value is printed.
        bare: where the value is printed as it is, by no function.
    """

    labels: list[Use] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    external: list[Use] = field(default_factory=list)
    fields: list[Use] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    queries: list[Use] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)


def uses(nodes: Sequence[Node]) -> Uses:
    """What an alert's template uses. What a variable of the template's own holds isn't followed."""
    found = Uses()
    _Walk(found).nodes(nodes, at_root=True)
    return found


_NAMED: Final = ("labels", "external", "fields", "queries")


def joined(parts: Iterable[tuple[int, Uses]]) -> Uses:
    """What several templates use that stand in one text, each with the position at which it begins."""
    found = Uses()
    for at, part in parts:
        for kind in _NAMED:
            uses_of_kind: list[Use] = getattr(part, kind)
            if uses_of_kind:
                getattr(found, kind).extend(Use(use.name, use.start + at) for use in uses_of_kind)
        found.calls += [Call(call.name, call.values, call.start + at) for call in part.calls]
        found.values += [start + at for start in part.values]
        found.bare += [start + at for start in part.bare]
        found.asked |= part.asked
    return found


@dataclass(slots=True)
class _Walk:
    """Collects what is used. `at_root` says whether `.` is the alert's data, `in_alert` whether `$` is."""

    found: Uses

    def nodes(self, nodes: Sequence[Node], *, at_root: bool, in_alert: bool = True) -> None:
        for node in nodes:
            if isinstance(node, Action):
                self.action(node.pipeline, at_root=at_root, in_alert=in_alert)
            elif isinstance(node, Control):
                self.asks(node.pipeline, at_root=at_root)
                self.pipeline(node.pipeline, at_root=at_root, in_alert=in_alert)
                inside = at_root and node.word == "if"
                self.nodes(node.body, at_root=inside, in_alert=in_alert)
                self.nodes(node.otherwise, at_root=at_root, in_alert=in_alert)
            elif isinstance(node, Named | Called):
                if node.pipeline is not None:
                    self.pipeline(node.pipeline, at_root=at_root, in_alert=in_alert)
                if isinstance(node, Named):
                    self.nodes(node.body, at_root=False, in_alert=False)

    def action(self, pipeline: Pipeline, *, at_root: bool, in_alert: bool) -> None:
        self.pipeline(pipeline, at_root=at_root, in_alert=in_alert)
        if pipeline.declared:
            return
        values = [
            term.start
            for command in pipeline.commands
            for term in _terms(command)
            if _value_of(term, at_root=at_root) == "$value"
        ]
        self.found.values += values
        if values and len(pipeline.commands) == 1 and len(pipeline.commands[0]) == 1:
            self.found.bare += values

    def asks(self, pipeline: Pipeline, *, at_root: bool) -> None:
        for command in pipeline.commands:
            self.found.asked.update(use.name for use in _labels(command, "$labels", at_root=at_root))

    def pipeline(self, pipeline: Pipeline, *, at_root: bool, in_alert: bool) -> None:
        handed: Term | None = None
        for number, command in enumerate(pipeline.commands):
            self.command(command, at_root=at_root, in_alert=in_alert)
            first = command[0]
            if isinstance(first, Function):
                count = len(command) - 1 + (number > 0)
                self.found.calls.append(Call(first.name, count, first.start))
                asked = [*command[1:], *([handed] if handed is not None else [])]
                if first.name == "query" and len(asked) == 1 and _is_text(asked[0]):
                    self.found.queries.append(Use(asked[0].text, first.start))
            handed = first if len(command) == 1 and number == 0 else None

    def command(self, command: Sequence[Term], *, at_root: bool, in_alert: bool) -> None:
        self.found.labels += _labels(command, "$labels", at_root=at_root)
        self.found.external += _labels(command, "$externalLabels", at_root=at_root)
        for term in command:
            if isinstance(term, Inner):
                self.pipeline(term.pipeline, at_root=at_root, in_alert=in_alert)
            elif isinstance(term, Function) and term is not command[0]:
                self.found.calls.append(Call(term.name, 0, term.start))
            at_data = (isinstance(term, Dot) and at_root) or (
                isinstance(term, Variable) and term.name == "$" and in_alert
            )
            if at_data and isinstance(term, Dot | Variable) and term.fields and term.fields[0] not in _FIELDS:
                self.found.fields.append(Use(term.fields[0], term.start))


def _labels(command: Sequence[Term], of: str, *, at_root: bool) -> list[Use]:
    """The labels that a command reads of a map of them, `$labels.job` as well as `index $labels "job"`."""
    found = [
        Use(fields[0], term.start)
        for term in command
        if _value_of(term, at_root=at_root) == of
        and (fields := _rest(term))
        and isinstance(term, Dot | Variable)
    ]
    first = command[0]
    if isinstance(first, Function) and first.name == "index" and len(command) == 3:
        name = command[2]
        if _value_of(command[1], at_root=at_root) == of and not _rest(command[1]) and _is_text(name):
            found.append(Use(name.text, first.start))
    return found


def _value_of(term: Term, *, at_root: bool) -> str:
    """Which of the variables that are there from the beginning a term is, or a field of; empty for none."""
    if isinstance(term, Variable):
        if term.name == "$":
            return _FIELDS.get(term.fields[0], "") if term.fields else ""
        return term.name if term.name in VARIABLES else ""
    if isinstance(term, Dot) and at_root and term.fields:
        return _FIELDS.get(term.fields[0], "")
    return ""


def _rest(term: Term) -> tuple[str, ...]:
    """The fields after what `_value_of` names."""
    if isinstance(term, Variable):
        return term.fields[1:] if term.name == "$" else term.fields
    return term.fields[1:] if isinstance(term, Dot) else ()


def _terms(command: Sequence[Term]) -> list[Dot | Variable]:
    """The fields and variables of a command, those in parentheses included."""
    found: list[Dot | Variable] = []
    for term in command:
        if isinstance(term, Inner):
            found += [each for inner in term.pipeline.commands for each in _terms(inner)]
        elif isinstance(term, Dot | Variable):
            found.append(term)
    return found


def _is_text(term: Term) -> TypeGuard[Constant]:
    return isinstance(term, Constant) and term.kind == "string"
