"""What a source changes in modules that stay loaded (grafanalib, the toolkit's own, some of Python's) is undone, so that
the next source finds them as they were imported.

Comparing them all costs as much as several panels, so it is done only after code that could have changed something:
code that sets attributes or items, or calls what does, or that loads other people's modules.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from opcode import opmap
from types import CodeType, FunctionType, ModuleType
from typing import Any

_PREFIXES = ("grafanalib", "grafana_foundation_sdk", "provision.author", "provision.model")
_OF_PYTHON = frozenset(
    ("builtins", "copy", "json", "json.decoder", "json.encoder", "math", "os", "posixpath", "random", "re", "string",
     "textwrap", "time", "uuid")
)  # fmt: skip
_HARMLESS = frozenset(("attr", "attrs", "orjson", "provision", "yaml", "_yaml"))
"""Packages that come with the toolkit and change no others."""

_OF_NO_ACCOUNT = frozenset(("__annotations__", "__slotnames__", "__warningregistry__"))
"""Names that Python itself adds to modules and classes later."""

_SETS = bytes(opmap[name] for name in ("STORE_ATTR", "DELETE_ATTR", "STORE_SUBSCR", "DELETE_SUBSCR"))
_SETTERS = frozenset(
    ("__delattr__", "__import__", "__setattr__", "append", "clear", "delattr", "eval", "exec", "extend", "import_module",
     "insert", "patch", "pop", "remove", "setattr", "setdefault", "update")
)  # fmt: skip

_Saved = list[tuple[Any, Any]]
_known: dict[str, tuple[ModuleType, _Saved]] = {}
_others = False


def begin() -> None:
    """Remember all shared modules that are loaded, and from now on each when it has been imported."""
    for name in tuple(sys.modules):
        _remember(name)
    sys.meta_path.insert(0, _Remembering)


def end() -> None:
    """Remember nothing any more."""
    global _others  # noqa: PLW0603  # modules belong to the process
    sys.meta_path.remove(_Remembering)
    _known.clear()
    _others = False


def may_patch(code: CodeType) -> bool:
    """Whether the code could change a module that it didn't make."""
    if not _SETTERS.isdisjoint(code.co_names):
        return True
    operations = code.co_code[::2]
    return any(operation in operations for operation in _SETS) or any(
        may_patch(inner) for inner in code.co_consts if isinstance(inner, CodeType)
    )


def is_due(new: Iterable[str]) -> bool:
    """Whether modules are loaded that may change shared ones: neither Python's nor the toolkit's.

    Args:
        new: the modules that were loaded since this was last asked.
    """
    global _others  # noqa: PLW0603  # modules belong to the process
    _others = _others or any(_is_other(name) for name in new)
    return _others


def undo(new: Iterable[str]) -> set[str]:
    """Put all shared modules back as they were imported.

    Args:
        new: the modules that were loaded since.

    Returns:
        those of `new` that must be loaded anew for the next source, because loading them may be what changed them.
    """
    changed = False
    for name, (module, saved) in _known.items():
        sys.modules[name] = module
        for target, before in saved:
            changed = _restore(name, target, before) or changed
    if not changed:
        return set()
    packages = {_package(name) for name in new if _is_other(name) and _refers(sys.modules.get(name))}
    return {name for name in new if _package(name) in packages}


class _Remembering:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _is_shared(name):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                run(module)
                _remember(name)

            # The loader was made for this module alone.
            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _is_shared(name: str) -> bool:
    return name in _OF_PYTHON or any(name == prefix or name.startswith(f"{prefix}.") for prefix in _PREFIXES)


def _remember(name: str) -> None:
    module = sys.modules.get(name)
    if module is not None and _is_shared(name) and name not in _known:
        _known[name] = (module, [(target, _copy(target)) for target in _targets(name, module)])


def _targets(name: str, module: ModuleType) -> Iterator[Any]:
    yield vars(module)
    for key, value in vars(module).items():
        if isinstance(value, type):
            if value.__module__ == name and value.__flags__ & _CHANGEABLE:
                yield value
        elif name.startswith("grafanalib") and not key.startswith("__"):
            yield from _within(name, value)


def _within(name: str, value: Any) -> Iterator[Any]:
    """The lists and dictionaries in a module's value, those in its objects too."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _within(name, item)
    elif type(value).__module__ == name and hasattr(value, "__dict__"):
        yield from _within(name, vars(value))


_CHANGEABLE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: a class made by Python code, whose attributes can be set."""


def _copy(target: Any) -> Any:
    return dict(vars(target)) if isinstance(target, type) else target.copy()


def _restore(name: str, target: Any, before: Any) -> bool:
    """Put the module's contents, a class or a value back; true when it had changed."""
    now = vars(target) if isinstance(target, type) else target
    if _same(now, before):
        return False
    if isinstance(target, list):
        target[:] = before
        return True
    changed = False
    for key in [key for key in now if now[key] is not before.get(key, now) and key not in _OF_NO_ACCOUNT]:
        if key in before:
            _set(target, key, before[key])
        elif isinstance(now[key], ModuleType) and f"{name}.{key}" in sys.modules:
            before[key] = now[key]  # a part of the package that has been imported since
            continue
        elif isinstance(target, type):
            type.__delattr__(target, key)
        else:
            del target[key]
        changed = True
    for key in before.keys() - now.keys() - _OF_NO_ACCOUNT:
        _set(target, key, before[key])
        changed = True
    return changed


def _same(now: Any, before: Any) -> bool:
    try:
        return bool(now == before)  # quick where all values are the very same objects
    except Exception:  # noqa: BLE001  # a value's own comparison may fail in any way: then it is a new value
        return False


def _set(target: Any, key: Any, value: object) -> None:
    if isinstance(target, type):
        type.__setattr__(target, key, value)
    else:
        target[key] = value


def _package(name: str) -> str:
    return name.partition(".")[0]


def _is_other(name: str) -> bool:
    package = _package(name)
    return package not in sys.stdlib_module_names and package not in _HARMLESS and not _is_shared(name)


def _refers(module: ModuleType | None) -> bool:
    """Whether a module knows one of the libraries that sources are written with, or something of it."""
    return module is not None and any(
        str(value.__name__ if isinstance(value, ModuleType) else value.__module__).startswith(_PREFIXES)
        for value in tuple(vars(module).values())
        if isinstance(value, ModuleType | type | FunctionType)
    )
