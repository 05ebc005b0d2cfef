"""What the checks look at: dashboards with their panels, groups with their rules, and the expressions that both hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provision.model import Definition
from provision.promql.facts import Facts
from provision.prove.check.bodies import text_of


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel or a row.

    Attributes:
        pointer: JSON pointer to it in its dashboard's definition.
        body: as the classic schema writes it.
        parts: where its fields stand below the pointer, if that isn't under their own names.
    """

    pointer: str
    body: dict[str, Any]
    parts: Mapping[str, str] | None = None

    def at(self, path: str) -> str:
        """The JSON pointer to a part of it, such as `fieldConfig/defaults/unit`."""
        name, slash, rest = path.partition("/")
        return f"{self.pointer}/{self.parts.get(name, name) if self.parts else name}{slash}{rest}"

    @property
    def subject(self) -> str:
        """What people call it."""
        return f'panel "{text_of(self.body, "title") or "#" + str(self.body.get("id"))}"'


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard.

    Attributes:
        folder: the path of its folder, empty for none.
        panels: with those inside rows, in their order; those of the second generation, too.
        variables: its variables by name, as the classic schema writes them, with their position; those that an
            import asks for (`__inputs`) too, with the position -1.
        schema: the version of the second generation's schema, such as `v2beta1`; empty for one of the first.
    """

    definition: Definition
    spec: dict[str, Any]
    folder: str
    panels: tuple[Panel, ...]
    variables: Mapping[str, tuple[int, dict[str, Any]]]
    schema: str = ""

    @property
    def is_v2(self) -> bool:
        """Whether it is of the second generation; `provision.prove.check.v2` reads what it asks."""
        return bool(self.schema)

    @property
    def subject(self) -> str:
        """What people call it."""
        return f'dashboard "{text_of(self.spec, "title") or self.definition.key}"'

    def about(self, panel: Panel) -> str:
        """What people call a panel of it."""
        return f"{self.subject}, {panel.subject}"

    def at(self, position: int, field: str) -> str:
        """The JSON pointer to a field of the variable at that position."""
        return (
            f"/spec/variables/{position}/spec/{field}"
            if self.is_v2
            else f"/spec/templating/list/{position}/{field}"
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A recording rule or an alert.

    Attributes:
        pointer: JSON pointer to it in its group's definition.
        name: the recorded metric or the alert's name; empty when it has none.
    """

    pointer: str
    body: dict[str, Any]
    kind: str
    name: str

    @property
    def subject(self) -> str:
        """What people call it."""
        number = int(self.pointer.rpartition("/")[2]) + 1
        return f'{self.kind} "{self.name}"' if self.name else f"rule {number}"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rules.

    Attributes:
        file: the rule file it lies in.
        index: its position there.
    """

    definition: Definition
    file: str
    index: int
    body: dict[str, Any]
    rules: tuple[Rule, ...]

    @property
    def subject(self) -> str:
        """What people call it."""
        return f'rule group "{text_of(self.body, "name")}"'

    def about(self, rule: Rule) -> str:
        """What people call a rule of it."""
        return f"{self.subject}, {rule.subject}"


@dataclass(frozen=True, slots=True)
class Expression:
    """PromQL that a dashboard or a rule holds.

    Attributes:
        text: as it was written.
        pointer: JSON pointer to it in its owner's definition.
        what: what holds it, within its owner, such as `panel "Error ratio", query A`.
        plain: the same with a word, number or duration in the place of each Grafana variable; a rule has none.
        offset: where it begins in the text there, which is more than the expression in `label_values(up, job)`.
        known: what was found out about it, kept by `provision.prove.check.expressed` for all who look at it.
    """

    text: str
    owner: Dashboard | Group
    pointer: str
    what: str
    plain: str
    offset: int = 0
    known: list[Facts | None] = field(default_factory=list, repr=False, compare=False)

    @property
    def subject(self) -> str:
        """What people call it."""
        return f"{self.owner.subject}, {self.what}"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A part of `text`, in characters, as `Estate.finding` takes it."""
        return self.offset + start, self.offset + end

    def span_of(self, word: str) -> tuple[int, int] | None:
        """The same of a name, where it first stands in `text`; None where it doesn't."""
        found = re.search(rf"(?<![\w:]){re.escape(word)}(?![\w:])", self.text)
        return self.span(*found.span()) if found else None
