"""Who changed `sys.path`: the lines of project code that mention it."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from provision.compile.load.territory import Territory
from provision.compile.load.trouble import problem_at
from provision.errors import Problem

_MESSAGE = (
    "changes sys.path; the project's root and the source's own directory are on it already, "
    "and everything else is installed"
)


def path_problems(
    source: str, loaded: Iterable[str], before: list[str], territory: Territory
) -> Iterator[Problem]:
    """A problem for each project file that mentions `sys.path`, after a source has changed it.

    When none does, an installed package did it, which is no problem; unless a folder of the project was put there.

    Args:
        source: the source that ran, relative to the root.
        loaded: the names of the modules it loaded.
        before: `sys.path` before it ran.
        territory: the project.
    """
    files = {source}
    for name in loaded:
        file = getattr(sys.modules.get(name), "__file__", None)
        path = territory.relative(file) if isinstance(file, str) else None
        if path is not None and path.endswith(".py"):
            files.add(path)
    found = False
    for path in sorted(files, key=lambda path: (path != source, path)):
        try:
            content = Path(territory.full(path)).read_bytes()
            line = min(_mentions(ast.parse(content)), default=None)
        except (OSError, SyntaxError, ValueError):  # it ran, and has been changed or removed since
            continue
        if line is not None:
            found = True
            yield problem_at(territory, source, path, line, _MESSAGE, content)
    new = [entry for entry in sys.path if entry not in before]
    if not found and any(territory.relative(os.path.join(entry, "x.py")) for entry in new):  # noqa: PTH118  # strings
        yield Problem(source, None, _MESSAGE)


def _mentions(tree: ast.Module) -> Iterator[int]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=imported):
                names.update(alias.asname or alias.name for alias in imported if alias.name == "sys")
            case ast.ImportFrom(module="sys", names=imported, lineno=line):
                if any(alias.name == "path" for alias in imported):
                    yield line
            case ast.Attribute(attr="addsitedir", lineno=line):
                yield line
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="path", value=ast.Name(id=name), lineno=line) if name in names:
                yield line
