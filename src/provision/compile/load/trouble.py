"""What went wrong in a source, as a problem at the author's own line, without the toolkit's frames."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from provision.compile.load.snippet import shown
from provision.compile.load.territory import TOOLKIT, Territory
from provision.errors import Problem

_LONGEST = 500
_DUMPED = re.compile(r'^  File "(.*)", line (\d+) in ', re.MULTILINE)
_CLASS = re.compile(r"<class '([\w.]+)'>")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")


def problem_at(
    territory: Territory, source: str, path: str, line: int | None, message: str, content: bytes | None = None
) -> Problem:
    """A problem at a line of the source itself, or of a project file that it imported.

    Args:
        territory: the project.
        source: the source that ran.
        path: the file the problem lies in; like `source` relative to the root.
        line: counted from 1; None when the whole file is meant.
        message: what is wrong.
        content: the source's contents, when they are at hand.
    """
    if path != source:
        message = f"{message} (imported by {source})"
        content = None
    return Problem(path, line, message, code_at(territory, path, line, content))


def code_at(territory: Territory, path: str, line: int | None, content: bytes | None = None) -> str | None:
    """That line of the file, stripped and without what may be a secret; None when there is none."""
    if line is None or line < 1:
        return None
    if content is None:
        try:
            content = Path(territory.full(path)).read_bytes()
        except OSError:
            return None
    # Python's own line ends only: str.splitlines knows more, and would count other lines.
    lines = re.split(rb"\r\n|\r|\n", content)
    if line > len(lines):
        return None
    before = b"".join(above + b"\n" for above in lines[: line - 1])
    return shown(before.decode("utf-8", "replace"), lines[line - 1].decode("utf-8", "replace")) or None


def from_exception(territory: Territory, source: str, content: bytes, error: BaseException) -> Problem:
    """What an exception says, at the deepest line of the project that it came through."""
    if b"\0" in content and "null bytes" in str(error):
        line = _line_of(content, content.index(b"\0"))
        return problem_at(territory, source, source, line, "isn't Python: it holds a null byte", content)
    if isinstance(error, SyntaxError):
        path = territory.relative(error.filename) if error.filename else None
        if path is not None:
            return problem_at(territory, source, path, error.lineno or None, _syntax(error), content)
    frames = list(_frames(error))
    for file, line in reversed(frames):
        path = territory.relative(file)
        if path is not None:
            ours = frames[-1][0].startswith(TOOLKIT + os.sep)
            return problem_at(territory, source, path, line, _told(error, ours=ours), content)
    where = f" (at {Path(frames[-1][0]).name}:{frames[-1][1]})" if frames else ""
    return Problem(source, None, f"can't be compiled: {_told(error, ours=False)}{where}")


def from_dump(territory: Territory, source: str, dump: str, message: str) -> Problem:
    """What stopped a worker, at the line that its last words name.

    Args:
        territory: the project.
        source: the source that ran.
        dump: what faulthandler wrote: the threads, the main thread last, each with its deepest frame first.
        message: what is wrong.
    """
    for thread in reversed(dump.split("most recent call first")):
        for file, line in _DUMPED.findall(thread):
            path = territory.relative(
                _ESCAPED.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), file)
            )
            if path is not None:
                return problem_at(territory, source, path, int(line), message)
    return Problem(source, None, message)


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def _told(error: BaseException, *, ours: bool) -> str:
    """The exception as one sentence; `ours` are written for authors and need no class name."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # the author's own __str__ may fail in any way
        text = ""
    if ours and isinstance(error, KeyError | ValueError | TypeError) and error.args:
        text = str(error.args[0])
        return _one_line(text)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"there is no module {error.name!r}; install it beside provision, or put it into the project"
    if isinstance(error, SystemExit):
        return f"ends the program with SystemExit({error.code!r}); a source has to run to its end"
    if len(error.args) > 1 and isinstance(error.args[0], str) and _is_attrs(error.args[1]):
        text = _CLASS.sub(r"\1", error.args[0])
    name = type(error).__qualname__
    return f"{name}: {_one_line(text)}" if text.strip() else name


def _is_attrs(value: object) -> bool:
    """Whether it is attrs' account of a field, which its validators put behind their message."""
    return type(value).__module__.partition(".")[0] == "attr"


def _syntax(error: SyntaxError) -> str:
    if "codec can't decode" in error.msg:
        return f"isn't UTF-8: {error.msg.removeprefix('(unicode error) ')}"
    return f"syntax error: {error.msg}"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _line_of(content: bytes, position: int) -> int:
    return len(re.split(rb"\r\n|\r|\n", content[:position]))
