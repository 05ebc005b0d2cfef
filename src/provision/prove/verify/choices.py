"""What a dashboard's variables stand for when it is opened: what Grafana would choose and put into the queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provision.errors import NotAllowed, ProvisionError, Unreachable
from provision.promql.variable_queries import custom_values
from provision.promql.variables import Value, names, substitute
from provision.prove.check.references import reference
from provision.prove.verify.options import Ask, matching, ordered
from provision.prove.verify.servers import asked_of

OFFERS_NOTHING: Final = ".*"
"""What All stands for where a variable offers no value."""

_ALL: Final = "$__all"
_AUTO: Final = "$__auto_interval_"


@dataclass(slots=True)
class Chosen:
    """What the variables of a dashboard stand for.

    Attributes:
        values: a value, or the list of those chosen, by name; built-in variables, too.
        options: what each of those that have options offers.
        faults: why a variable's options couldn't be found out, by name.
    """

    values: dict[str, Value]
    options: dict[str, Sequence[str]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def chosen(
    variables: Sequence[Mapping[str, Any]],
    ask: Ask,
    built_ins: Mapping[str, str],
    source: Callable[[Mapping[str, Any]], str],
) -> Chosen:
    """What each variable of a dashboard stands for. One that uses others comes after them, wherever it stands.

    Args:
        variables: `templating.list` of the dashboard.
        built_ins: what Grafana itself sets.
        source: a variable that chooses among data sources, to the uid of the one it stands for.

    Raises:
        Unreachable, NotAllowed: the server can't be asked. Other faults are told with the result.
    """
    found = Chosen(dict(built_ins))
    for variable in _in_turn(variables):
        name = str(variable["name"])
        try:
            options = _options(variable, ask, found.values)
        except (Unreachable, NotAllowed):
            raise
        except ProvisionError as error:
            found.faults[name] = error.what
            options = []
        if variable.get("type", "query") in ("query", "custom", "interval"):
            found.options[name] = options
        found.values[name] = _value(variable, options, found.values, source)
    return found


def _in_turn(variables: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The variables, each after those that it uses; where they go in circles, as they stand."""
    waiting = {str(each["name"]): each for each in variables if each.get("name")}
    used = {
        name: names(f"{_text(each)} {each.get('regex') or ''} {reference(each.get('datasource'))}")
        for name, each in waiting.items()
    }
    while waiting:
        ready = [name for name in waiting if not (used[name] & waiting.keys()) - {name}]
        for name in ready or list(waiting)[:1]:
            yield waiting.pop(name)


def _value(
    variable: Mapping[str, Any],
    options: Sequence[str],
    known: Mapping[str, Value],
    source: Callable[[Mapping[str, Any]], str],
) -> Value:
    kind = variable.get("type", "query")
    held = variable.get("current")
    current = held.get("value") if isinstance(held, dict) else None
    if kind == "datasource":
        return source(variable)
    if kind in ("constant", "textbox", "switch"):
        # An export has `${VAR_NAME}` there, which its `__inputs` give a `value`.
        return substitute(str(current or variable.get("query") or variable.get("value") or ""), known)
    wanted = [str(value) for value in current] if isinstance(current, list) else [str(current or "")]
    if kind == "interval" and wanted[0].startswith(_AUTO):
        return known.get("__interval", "")
    every = bool(variable.get("includeAll"))
    picked = [value for value in wanted if value in options]
    if every and (_ALL in wanted or not picked):
        if variable.get("allValue"):
            return str(variable["allValue"])
        return list(options) or OFFERS_NOTHING
    if not picked:
        picked = list(options[:1])
    if variable.get("multi") or every:
        return picked
    return picked[0] if picked else ""


def _text(variable: Mapping[str, Any]) -> str:
    """The query of a variable, as it is written."""
    query = variable.get("query") or variable.get("definition") or ""
    return str(query.get("query") or "" if isinstance(query, dict) else query)


def _options(variable: Mapping[str, Any], ask: Ask, known: Mapping[str, Value]) -> list[str]:
    kind = variable.get("type", "query")
    text = _text(variable)
    if kind in ("custom", "interval"):
        return custom_values(text)
    if kind != "query":
        return []
    given = ask(substitute(text, known), asked_of(variable.get("datasource"), known))
    pattern = substitute(str(variable.get("regex") or ""), known)
    return ordered(matching(pattern, given), variable.get("sort"))
