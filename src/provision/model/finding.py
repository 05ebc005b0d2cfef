"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from provision.model.nouns import Place

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Part:
    """A definition, or the part of it at a JSON pointer, which is empty for all of it.

    Attributes:
        path: the file that the definition stands in.
    """

    kind: str
    key: str
    pointer: str
    path: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say about one place.

    Attributes:
        id: the check's stable id, such as `promql-syntax`.
        severity: `error` fails the check command; `warning` and `info` don't.
        subject: what it is about, such as `dashboard "Traefik / SLA", panel "Error ratio"`.
        message: what is wrong, one sentence.
        remedy: what to do about it, one sentence, or empty.
        column, end_column: the columns of that line that it is about, counted from 1 in characters, the second one past
            the last of them; None where they aren't known.
        about: what it is about, for waivers: it is waived where all of these are. Empty where it is about a file as a
            whole. Takes no part in equality.
    """

    id: str
    severity: Severity
    place: Place
    subject: str
    message: str
    remedy: str = ""
    column: int | None = None
    end_column: int | None = None
    about: tuple[Part, ...] = field(default=(), compare=False)


_LONGEST = 500


def bounded(sentence: str) -> str:
    """A sentence without the most of a name, title or pattern of thousands of characters in it."""
    return sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]}…"
