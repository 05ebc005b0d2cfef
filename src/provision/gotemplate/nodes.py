"""What a template is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, `true`, `false` or `nil`.

    Attributes:
        text: of a string the text between its quotes, else as it is written.
    """

    kind: Literal["number", "string", "bool", "nil"]
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """`.` and the fields after it: `.Labels.job` has the fields `Labels`, `job`."""

    fields: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, its name with the `$`, and the fields after it."""

    name: str
    fields: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Function:
    """The name of a function."""

    name: str
    start: int


@dataclass(frozen=True, slots=True)
class Inner:
    """A pipeline in parentheses, and the fields after it."""

    pipeline: Pipeline
    fields: tuple[str, ...]


Term = Constant | Dot | Variable | Function | Inner


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each of which hands its value to the next.

    Attributes:
        declared: the variables that take the value.
        commands: each a list of terms; the first is what is called or printed.
    """

    declared: tuple[str, ...]
    commands: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """What is printed as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """`{{ pipeline }}`: printed, unless it declares a variable."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Control:
    """`if`, `with` and `range`, with what stands in them and after `else`."""

    word: Literal["if", "with", "range"]
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """`define` and `block`: a template with a name; of a block the pipeline is what it is printed with."""

    name: str
    pipeline: Pipeline | None
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """`{{ template "name" pipeline }}`."""

    name: str
    pipeline: Pipeline | None
    start: int


Node = Text | Action | Control | Named | Called
