"""The names that a module binds at its top level, and where: read from its compiled code.

A syntax tree would tell the same, at the price of building it: as much again as compiling.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from opcode import opmap
from types import CodeType

_STORE = opmap["STORE_NAME"]
_EXTENDED = opmap["EXTENDED_ARG"]
_FILLING = frozenset((_EXTENDED, opmap["NOP"], opmap["CACHE"]))
_NOT_ASSIGNED = frozenset((opmap["IMPORT_NAME"], opmap["IMPORT_FROM"], opmap["FOR_ITER"]))


def assigned_names(code: CodeType, namespace: Mapping[str, object]) -> dict[str, int]:
    """The names that a module binds other than by an import or as a loop's variable, in the order in which they first
    stand there, each with the line where it does; with line 0 those it binds in a way that its code doesn't show, such
    as `globals()[name] = …`.

    Args:
        code: the module's.
        namespace: its names after it ran.
    """
    stored: set[str] = set()
    assigned: dict[str, int] = {}
    for name, line, is_assigned in _stores(code):
        stored.add(name)
        if is_assigned and not name.startswith("__"):
            assigned.setdefault(name, line)
    starred = dict(_starred(code, namespace)) if ("*",) in code.co_consts else {}
    for name, value in namespace.items():
        if name not in stored and not name.startswith("__") and starred.get(name, _NOTHING) is not value:
            assigned[name] = 0
    return assigned


_NOTHING = object()


def _stores(code: CodeType) -> Iterator[tuple[str, int, bool]]:
    """Each name that is stored, the line, and whether it is assigned rather than imported or looped over."""
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    lines = code.co_lines()
    end, line = 0, 0
    at = operations.find(_STORE)
    while at >= 0:
        index, before = arguments[at], at - 1
        shift = 8
        while operations[before] in _FILLING:
            if operations[before] == _EXTENDED:
                index |= arguments[before] << shift
                shift += 8
            before -= 1
        while end <= 2 * at:
            _, end, known = next(lines)
            line = known or line
        yield code.co_names[index], line, operations[before] not in _NOT_ASSIGNED
        at = operations.find(_STORE, at + 1)


def _starred(code: CodeType, namespace: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The contents of the modules from which it may have imported everything."""
    package = str(namespace.get("__package__") or "").split(".")
    for name in code.co_names:
        for depth in range(len(package) + 1):
            module = sys.modules.get(".".join([*package[:depth], name]))
            if module is not None:
                yield from vars(module).items()
