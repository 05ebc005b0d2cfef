"""All definitions of a project, decoded and grouped, as the checks look at them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.compile.kinds import (
    ALERTMANAGER,
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    INHIBIT,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    PROMETHEUS,
    RECEIVER,
    ROUTE,
    RULE_GROUP,
    SCRAPE_CONFIG,
    STACK,
    TEMPLATE,
    TIME_INTERVAL,
    WAIVER,
)
from provision.model import JSON, Definition, Finding, Part
from provision.model.finding import Severity, bounded
from provision.project import Project
from provision.promql.facts import Facts
from provision.prove.check.lines import Columns, Placer
from provision.prove.check.tools import Tools

if TYPE_CHECKING:
    from provision.prove.check.references import Sources
    from provision.prove.check.scrapes import Scrapes


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
        is_v2: whether it is of the second generation; `provision.prove.check.v2` reads what it asks.
    """

    definition: Definition
    spec: dict[str, Any]
    folder: str
    panels: tuple[Panel, ...]
    variables: Mapping[str, tuple[int, dict[str, Any]]]
    is_v2: bool = False

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


_Made = TypeVar("_Made")


@dataclass(slots=True)
class Shown:
    """The dashboards among the definitions. Few are decoded once, when they are first walked through; of many each is
    decoded anew whenever somebody comes to it, as all of them at once would take too much memory.

    Attributes:
        definitions: those of dashboards.
        read: decodes one.
        few: whether they may all be kept.
    """

    definitions: Sequence[Definition]
    read: Callable[[Definition], Dashboard]
    few: bool
    _kept: tuple[Dashboard, ...] | None = None

    def __len__(self) -> int:
        return len(self.definitions)

    def __iter__(self) -> Iterator[Dashboard]:
        if self.few and self._kept is None:
            self._kept = tuple(map(self.read, self.definitions))
        return map(self.read, self.definitions) if self._kept is None else iter(self._kept)

    def part(self, number: int, count: int) -> Iterator[Dashboard]:
        """One of `count` parts of them, of which each is in one; they are decoded for it alone."""
        if self._kept is not None:
            return iter(self._kept[number::count])
        return map(self.read, self.definitions[number::count])


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything the checks look at. Dashboards and expressions can be walked through as often as one likes; a check
    that keeps some of them keeps their dashboards in memory.

    Attributes:
        definitions: all of them, in the order of the sources.
        guests: paths of files that aren't the project's: what they refer to may exist where they come from.
        groups_of_grafana: rule groups that are written as Grafana's own, as far as they are like others: labels,
            annotations, durations and names.
        place, columns: find where a part of a definition was written.
        expressions_of: the PromQL of a dashboard, or of a group.
        parameters: the `Settings` of each check that has such, by its id; those that nobody set are added when they are
            asked for.
        records: the recording rules by the name they record, each with its group.
        sources: the data sources that the project defines.
        scrapes: how often it scrapes its jobs.
    """

    project: Project
    definitions: Sequence[Definition]
    tools: Tools
    guests: frozenset[str]
    dashboards: Shown
    groups: tuple[Group, ...]
    groups_of_grafana: tuple[Group, ...]
    expressions_of: Callable[[Dashboard | Group], Iterable[Expression]]
    others: Mapping[str, tuple[tuple[Definition, JSON], ...]]
    place: Placer
    columns: Columns
    records: Mapping[str, Sequence[tuple[Group, Rule]]]
    sources: Sources
    scrapes: Scrapes
    parameters: dict[str, object] = field(default_factory=dict)

    @property
    def expressions(self) -> Iterator[Expression]:
        """All PromQL there is, of dashboards before that of rules."""
        for owner in chain[Dashboard | Group](self.dashboards, self.groups):
            yield from self.expressions_of(owner)

    def settings(self, id_: str, kind: type[_Made]) -> _Made:
        """The `Settings` of the check with that id, filled from `[tool.provision.checks.ID]`.

        Args:
            kind: the check's own dataclass of that name; what isn't set has its default.
        """
        found = self.parameters.get(id_)
        if not isinstance(found, kind):
            found = self.parameters[id_] = kind()
        return found

    def of(self, kind: str) -> tuple[tuple[Definition, JSON], ...]:
        """The definitions of a kind other than dashboards and rule groups, with their bodies."""
        return self.others.get(kind, ())

    def finding(
        self,
        id_: str,
        severity: Severity,
        definition: Definition,
        pointer: str,
        subject: str,
        message: str,
        remedy: str = "",
        *,
        line_within: int = 1,
        span: tuple[int, int] | None = None,
        also: Iterable[str] = (),
    ) -> Finding:
        """A finding about the part of a definition at that JSON pointer; about that line of the text there.

        Args:
            span: where what it is about begins and ends in the text there, in characters; the columns of the source
                are made of it where they can be told.
            also: pointers of further parts that it is about, when it says once what is wrong with several.
        """
        place = self.place(definition, pointer, line_within)
        columns = self.columns(definition, pointer, place, span) if span else None
        column, end_column = columns or (None, None)
        about = tuple(
            Part(definition.kind, definition.key, at, definition.place.path) for at in (pointer, *also)
        )
        subject, message, remedy = map(bounded, (subject, message, remedy))
        return Finding(id_, severity, place, subject, message, remedy, column, end_column, about)

    def is_guest(self, definition: Definition) -> bool:
        """Whether it comes from a file that isn't the project's."""
        return definition.place.path in self.guests


_CALLED: Final = {
    DASHBOARD: "dashboard",
    FOLDER: "folder",
    DATASOURCE: "data source",
    LIBRARY_PANEL: "library panel",
    TEMPLATE: "message template",
    MUTE_TIMING: "mute timing",
    CONTACT_POINT: "contact point",
    POLICY: "Grafana's notification policies",
    GRAFANA_RULE_GROUP: "rule group",
    RULE_GROUP: "rule group",
    SCRAPE_CONFIG: "scrape job",
    PROMETHEUS: "prometheus.yml",
    RECEIVER: "receiver",
    ROUTE: "route",
    INHIBIT: "inhibition",
    TIME_INTERVAL: "time interval",
    ALERTMANAGER: "alertmanager.yml",
    STACK: "stack",
    WAIVER: "waiver",
}


def subject_of(definition: Definition) -> str:
    """What people call a definition, such as `scrape job "shop"`."""
    called = _CALLED[definition.kind]
    if definition.kind in (PROMETHEUS, ALERTMANAGER, POLICY):
        return called
    if definition.kind == ROUTE and definition.key == "root":
        return "the root route"
    path, _, number = definition.key.rpartition("#")
    if path and definition.kind in (ROUTE, INHIBIT):
        return f"{called} {number} of {path}"
    name = definition.key.partition("/")[2] if definition.kind == RULE_GROUP else definition.key
    return f'{called} "{name}"'


def objects(body: JSON, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON objects in a list, with the pointer of each; nothing when it isn't a list."""
    if isinstance(body, list):
        for index, item in enumerate(body):
            if isinstance(item, dict):
                yield f"{pointer}/{index}", item


def text_of(body: JSON, name: str) -> str:
    """The text of that field; empty when it has none."""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


def inside(value: JSON, *names: str) -> dict[str, Any]:
    """The JSON object under these names, each within the one before; empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def and_more(first: str, count: int) -> str:
    """What people call the first of so many things, and how many others there are."""
    return f"{first}, and {count - 1} more" if count > 1 else first


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean "…"?` for the known name that is most like it; empty when none is."""
    close = get_close_matches(name, list(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""
