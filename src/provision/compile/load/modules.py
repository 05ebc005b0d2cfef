"""Imports of modules that aren't settled: the project's own, and those of packages that are installed in place.

They are compiled from their source every time it has changed, never from a compiled file that may be stale; each is
noted as an input of the source that imports it, and so is each place where one was looked for and not found. They
are dropped after every source; what they were compiled to is kept for the next that imports them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, ModuleType

from provision.compile.load import undo
from provision.compile.load.inputs import FILE, THERE, digest
from provision.compile.load.territory import Territory
from provision.compile.load.watch import current, install

_codes: dict[tuple[str, str], CodeType] = {}


@contextmanager
def noted_imports(territory: Territory) -> Iterator[None]:
    """While it is open, modules that aren't settled are imported as this module says, and those that are shared are
    remembered as they were imported."""

    def finder(entry: str) -> FileFinder:
        if territory.is_settled(entry) or not Path(entry or ".").is_dir():
            raise ImportError(f"{entry} is left to Python's own import", path=entry)
        return _Finder(entry, (ExtensionFileLoader, EXTENSION_SUFFIXES), (_Loader, [".py"]))

    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()
    install()
    undo.begin()
    try:
        yield
    finally:
        undo.end()
        sys.path_hooks.remove(finder)
        sys.path_importer_cache.clear()


def is_lasting(module: ModuleType | None, territory: Territory) -> bool:
    """Whether the module is settled and may stay loaded for the next source. None stands for one whose import a
    source has forbidden."""
    if module is None:
        return False
    file = getattr(module, "__file__", None)
    if file is None:
        try:
            file = next(iter(getattr(module, "__path__", ())), None)
        except KeyError:  # a namespace package whose parent isn't loaded any more
            return False
    return not isinstance(file, str) or territory.is_settled(file)


class _Finder(FileFinder):
    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        watch = current()
        if watch is None:
            return super().find_spec(fullname, target)
        stem = f"{self.path}/{fullname.rpartition('.')[2]}"
        for path in (f"{stem}/__init__.py", f"{stem}.py", stem):
            watch.note(THERE, path)
        # The finder lists the whole directory, but what lies there beside the module changes nothing.
        with watch.quiet():
            return super().find_spec(fullname, target)


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        content = self.get_data(path)
        mark = digest(content)
        watch = current()
        if watch is not None:
            watch.note(FILE, path, mark)
        code = _codes.get((path, mark))
        if code is None:
            code = _codes[path, mark] = self.source_to_code(content, path)
        if watch is not None:
            watch.ran(code)
        return code
