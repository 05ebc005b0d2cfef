"""Load a project's sources, or say everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from provision.commands.options import absolute
from provision.errors import SourceErrors
from provision.project import Project

if TYPE_CHECKING:
    from provision.compile.load import Loaded


def loaded(project: Project, paths: Sequence[Path] = ()) -> Loaded:
    """The definitions of the project, or of the sources at `paths`; with a progress bar when it takes long.

    Raises:
        SourceErrors: some sources are broken; all are listed.
        UsageError: a path isn't a source.
    """
    from provision.compile.load import load
    from provision.show.progress import progress

    with progress("Compiling") as advance:
        result = load(project, [absolute(path) for path in paths] or None, progress=advance)
    if result.problems:
        raise SourceErrors(result.problems)
    return result
