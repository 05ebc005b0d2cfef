"""What travels along the line: definitions, resources, what is live, and the changes between bodies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from provision.model.body import JSON
from provision.model.packed import Packable, Packed


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was written: a path relative to the project's root, and a line counted from 1."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Definition:
    """What an author wrote, independent of servers.

    Attributes:
        kind: such as `dashboard`, `rule-group`, `datasource` (see `provision.compile.kinds`).
        key: unique within its kind.
        body: canonical bytes (`provision.model.encode`); of many definitions they are kept compressed.
        place: where it was written.
        parts: where parts of it were written: JSON pointer into the body → place, such as
            (`/group/rules/0`, rules/traefik.py:41). Takes no part in equality.
    """

    kind: str
    key: str
    body: Packable = Packable()  # noqa: RUF009  # what keeps the field; it has no default, whatever mypy thinks
    place: Place = field(compare=False)  # type: ignore[misc]
    parts: tuple[tuple[str, Place], ...] = field(default=(), compare=False)

    def place_of(self, pointer: str) -> Place:
        """Where the part at that JSON pointer was written: the nearest enclosing part that is known."""
        best = max((known for known, _ in self.parts if _within(pointer, known)), key=len, default=None)
        return self.place if best is None else dict(self.parts)[best]

    def packed(self) -> Definition:
        """The same, its body kept compressed."""
        return replace(self, body=Packed.of(self.body))


@dataclass(frozen=True, slots=True)
class Resource:
    """The smallest thing a target writes and deletes alone, shaped for its dialect.

    Attributes:
        kind: the target's own kind, such as `dashboard`, `rule-file`, `file`.
        key: unique within its kind, and stable.
        body: canonical bytes; equal means equal bytes under one dialect.
        places: every place that contributed to it.
        needs: (kind, key) of the resources that must exist before it.
    """

    kind: str
    key: str
    body: bytes
    places: tuple[Place, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Who owns a live resource, and the digest of what that owner last sent (`base`)."""

    owner: str
    base: str


@dataclass(frozen=True)
class Live:
    """A resource as a target holds it now.

    Attributes:
        body: canonical bytes under the target's dialect, without what the server adds.
        mark: None when it belongs to nobody, or the server keeps no mark for this kind.
        lock: what an update must send so that the server refuses it when this is out of date.
        title: what people call it; for messages.
        fixed: why nobody can take it over as it is, not even by a mark; a sentence, or empty.
        beside: what the target keeps beside the body and a write replaces (annotations, a file's own text), as the
            target itself writes it: for putting it back. It may hold a secret, so it isn't shown.
        outdated: why its owner's mark has to be written anew though the body is as it should be; a sentence, or empty.
    """

    kind: str
    key: str
    body: Packable = Packable()  # noqa: RUF009  # as a definition's
    mark: Mark | None = None
    lock: str = ""
    title: str = ""
    fixed: str = ""
    beside: bytes = field(default=b"", repr=False, compare=False)
    outdated: str = ""

    def packed(self) -> Live:
        """The same, its body kept compressed."""
        return replace(self, body=Packed.of(self.body))


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two bodies.

    Attributes:
        path: what a person calls the place, such as `panel "Error ratio": query A: expr`.
        before: the old value, None when there was none.
        after: the new value, None when it goes.
    """

    path: str
    before: JSON
    after: JSON


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs in one definition or resource.

    Attributes:
        verb: `create`, `update` or `delete`.
        title: what a person calls it, such as `dashboard "Traefik / SLA"`.
        changes: empty for `create` and `delete`.
    """

    kind: str
    key: str
    verb: str
    title: str
    changes: tuple[Change, ...] = ()
    place: Place | None = None


def _within(pointer: str, part: str) -> bool:
    return pointer == part or pointer.startswith(part + "/")
