"""What differs between two versions of a stack: service by service, and option by option of a command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from provision.diff.leaves import MISSING, Shape, change, join, leaves
from provision.diff.words import quoted
from provision.model import Change


def services_changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    """The services that come, go or change."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield from leaves(path, before, after)
        return
    for name in sorted({*before, *after}):
        old, new = before.get(name, MISSING), after.get(name, MISSING)
        called = join(path, f"service {quoted(name, always=True)}")
        if old is MISSING or new is MISSING:
            yield change(called, old, new)
        else:
            yield from leaves(called, old, new, _SERVICE)


def _command(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Of a program's options those that differ; any other command as the list that it is."""
    old, new = _options(before), _options(after)
    if old is None or new is None or old == new:
        yield from leaves(path, before, after)
        return
    for option in sorted({*old, *new}):
        if old.get(option) != new.get(option):
            yield change(join(path, option), old.get(option, MISSING), new.get(option, MISSING))


def _options(command: Any) -> dict[str, str] | None:
    """Option → value, of a command of nothing but options, each once; None of any other."""
    if not isinstance(command, list) or not all(
        isinstance(word, str) and word.startswith("--") for word in command
    ):
        return None
    found = {name: value for name, _, value in (word.partition("=") for word in command)}
    return found if len(found) == len(command) else None


_SERVICE: Final = Shape({}, {("command",): _command})
STACK: Final = Shape({("services",): ""}, {("services",): services_changes})
