"""All definitions of a project, decoded and grouped, as the checks look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from provision.model import JSON, Definition, Finding, Part
from provision.model.finding import Severity, bounded
from provision.project import Project
from provision.prove.check.lines import Columns, Placer
from provision.prove.check.parts import Dashboard, Expression, Group, Rule
from provision.prove.check.tools import Tools

if TYPE_CHECKING:
    from provision.prove.check.references import Sources
    from provision.prove.check.scrapes import Scrapes


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
