"""For which variables panels are repeated: such a variable has one value in each of them, and not all of those chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provision.model import JSON
from provision.promql.variables import Value
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.parts import Dashboard


def repeated(dashboard: Dashboard) -> dict[str, frozenset[str]]:
    """The variables that a panel is repeated for, by the JSON pointer of the panel; of the second generation, of the
    element."""
    if dashboard.is_v2:
        found = _laid_out(dashboard.spec.get("layout"), frozenset())
        return {
            f"/spec/elements/{name.replace('~', '~0').replace('/', '~1')}": each
            for name, each in found
            if each
        }
    return {pointer: each for pointer, each in _panels(dashboard.spec) if each}


def one_of_each(
    values: Mapping[str, Value], options: Mapping[str, Sequence[str]], variables: frozenset[str]
) -> dict[str, Value]:
    """The values in a panel that is repeated for these variables: the first of its copies."""
    found = dict(values)
    for name in variables & values.keys():
        value = values[name]
        if not isinstance(value, str):
            found[name] = value[0] if value else ""
        elif value not in options.get(name, (value,)) and options[name]:  # All, by a value of its own
            found[name] = options[name][0]
    return found


def _panels(spec: Mapping[str, JSON]) -> Iterator[tuple[str, frozenset[str]]]:
    of_row: frozenset[str] = frozenset()
    for pointer, panel in objects(spec.get("panels"), "/spec/panels"):
        own = _named(text_of(panel, "repeat"))
        if panel.get("type") == "row":
            of_row = own
            for at, inner in objects(panel.get("panels"), f"{pointer}/panels"):
                yield at, own | _named(text_of(inner, "repeat"))
        else:
            yield pointer, of_row | own


def _laid_out(value: JSON, around: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Each element's name with the variables that it, or a row or tab around it, is repeated for."""
    if isinstance(value, list):
        for item in value:
            yield from _laid_out(item, around)
    elif isinstance(value, dict):
        repeat = value.get("repeat")
        here = around | _named(text_of(repeat, "value") if text_of(repeat, "mode") == "variable" else "")
        if name := text_of(value.get("element"), "name"):
            yield name, here
        for item in value.values():
            yield from _laid_out(item, here)


def _named(name: str) -> frozenset[str]:
    return frozenset((name,)) if name else frozenset()
