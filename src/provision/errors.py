"""The error tree and the exit codes.

    ProvisionError               1  failed or refused, nothing written
    ├── UsageError               2  the command line or pyproject.toml is wrong
    ├── SourceErrors             1  one or more sources are broken; all are listed together
    ├── Unreachable              1  a server doesn't answer, or something else answers in its place
    │   └── Late                 1  …not within the time limit
    ├── TooLarge                 1  an answer is larger than what is read of one
    ├── ServerRefused            1  a server answered a request with an error
    │   └── NotAllowed           3  …with 401 or 403
    ├── Several                  …  what went wrong with some of several servers; their code where they agree, else 1
    ├── MissingTool              1  promtool, amtool, git or a server program can't be had
    └── PartlyDone               4  something was written, not all

Every message is one sentence: where, what is wrong, what to do about it; with a list, that stands below it. No message holds a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DONE = 0
FAILED = 1
WRONG_USAGE = 2
NOT_ALLOWED = 3
PARTLY_DONE = 4
CHANGES_PENDING = 5
INTERRUPTED = 130


class ProvisionError(Exception):
    """An expected failure, told to the user as one sentence.

    Args:
        what: what is wrong.
        where: the file, URL or setting it is wrong in, if there is one.
        remedy: what the user can do about it.
    """

    exit_code = FAILED

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        prefix = f"{self.where}: " if self.where else ""
        # Below a list the remedy is one for all of it, and not for its last line.
        joint = "\nWhat to do: " if "\n" in self.what else "; "
        suffix = f"{joint}{self.remedy}" if self.remedy else ""
        return f"{prefix}{self.what}{suffix}"


class UsageError(ProvisionError):
    """The command line or the configuration is wrong."""

    exit_code = WRONG_USAGE


class Unreachable(ProvisionError):
    """A server doesn't answer, or what answers isn't that server.

    Args:
        sent: whether the request may have reached the server all the same, so that a write may be done.
    """

    def __init__(
        self, what: str, *, where: str | None = None, remedy: str | None = None, sent: bool = True
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.sent = sent


class Late(Unreachable):
    """A server takes longer over an answer than it may."""


class TooLarge(ProvisionError):
    """A server's answer is larger than what is read of one."""


class ServerRefused(ProvisionError):
    """A server answered a request with an error.

    Args:
        status: the HTTP status code, such as 409.

    Attributes:
        repeated: whether the request was sent twice, so that this may answer to what the first one did.
    """

    def __init__(
        self, what: str, *, status: int, where: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status
        self.repeated = False


class NotAllowed(ServerRefused):
    """The server wants other credentials (401) or more permissions (403)."""

    exit_code = NOT_ALLOWED


class MissingTool(ProvisionError):
    """A program that is needed isn't there and can't be had."""


class PartlyDone(ProvisionError):
    """Something was written, but not all that was asked for."""

    exit_code = PARTLY_DONE


class Several(ProvisionError):
    """What went wrong with some of several servers, one line each; what several of them say is said once.

    Args:
        failures: what a person calls the server (empty: the error says it), and what went wrong there.
    """

    def __init__(self, failures: Sequence[tuple[str, ProvisionError]]) -> None:
        said: dict[str, list[str]] = {}
        for name, error in failures:
            said.setdefault(str(error), []).append(name)
        lines = []
        for message, names in said.items():
            named = ", ".join(name for name in names if name)
            lines.append(f"{named}: {message}" if named else message)
        super().__init__("\n".join(lines))
        self.failures = tuple(failures)
        codes = {error.exit_code for _, error in failures}
        self.exit_code = codes.pop() if len(codes) == 1 else FAILED


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one source.

    Attributes:
        path: the source, relative to the project's root, with forward slashes.
        line: the line in that file, counted from 1, or None when the whole file is meant.
        message: what is wrong, as one sentence.
        code: the offending line of source code, stripped, or None.
        other: whether nothing is wrong but that the file is of another kind than those that are looked for.
    """

    path: str
    line: int | None
    message: str
    code: str | None = None
    other: bool = False

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}" + (f"\n    {self.code}" if self.code else "")


class SourceErrors(ProvisionError):
    """Sources that don't compile, all of them together."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the sources")
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def did_you_mean(given: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a name that isn't known: the one most like it, or something else where none is."""
    from difflib import get_close_matches  # only a mistake needs it

    close = get_close_matches(given, list(known), 1)
    return f"did you mean {close[0]!r}?" if close else otherwise
