"""What in a dashboard points to a data source, and what it is to point to.

A dashboard points to a data source by uid, by name, or by an input of an export (`${DS_PROMETHEUS}`, declared in
`__inputs`). Variables (`${datasource}`) and Grafana's own (`-- Mixed --`) stay as they are; a variable that
chooses among data sources of the bound type starts at the bound one. What names no data source means Grafana's
default; where that is the project's own and it is bound, it is the bound one, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.catalogue.plugin_ids import former_id

_INPUT: Final = re.compile(r"\$\{([A-Za-z_]\w*)\}")

_BUILT_IN: Final[Mapping[str, dict[str, str]]] = {
    "__expr__": {"type": "__expr__", "uid": "__expr__"},
    "grafana": {"type": "grafana", "uid": "-- Grafana --"},
    "datasource": {"type": "datasource", "uid": "grafana"},
}


_STILL: Final = frozenset({int, float, bool, type(None)})
_STILL_WITHOUT_INPUTS: Final = _STILL | {str}
"""Types of values that stay as they are, so that the walk needn't look at each: most of a dashboard are such."""


class Broken(Exception):
    """Why a definition can't be pushed, a sentence or several; `shape` makes a `Problem` of each."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A data source of the server that dashboards are bound to."""

    uid: str
    type: str
    name: str

    @property
    def reference(self) -> dict[str, str]:
        """As panels write it."""
        return {"type": self.type, "uid": self.uid}


@dataclass(frozen=True, slots=True)
class Found:
    """The data source that a reference is settled to.

    Attributes:
        own: whether it is the project's own, rather than the one that takes its place.
    """

    uid: str
    type: str
    own: bool


class Sources:
    """The data sources of a project, and the one that takes their place.

    Args:
        own: uid → body of each data source that the project defines.
        bound: a data source of the server, or None.
    """

    def __init__(self, own: Mapping[str, Mapping[str, Any]], bound: Binding | None) -> None:
        self._own = own
        self._bound = self.bound = bound
        self._names = {body["name"]: uid for uid, body in own.items()}
        self._default_is_bound = any(body["isDefault"] and self.is_bound(uid) for uid, body in own.items())

    def is_bound(self, uid: str) -> bool:
        """Whether the bound data source takes the place of the project's one with that uid."""
        return self._binds(self._own[uid]["type"])

    def _binds(self, plugin: object) -> bool:
        """Whether the bound data source is of that type."""
        bound = self._bound
        return bound is not None and isinstance(plugin, str) and former_id(plugin) == former_id(bound.type)

    def found(self, written: str) -> Found | None:
        """What a uid or a name of one of the project's data sources means; None for any other."""
        uid = written if written in self._own else self._names.get(written)
        if uid is None:
            return None
        if self._bound is not None and self.is_bound(uid):
            return Found(self._bound.uid, self._bound.type, own=False)
        return Found(uid, self._own[uid]["type"], own=True)

    def settle(self, spec: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
        """The dashboard with every reference settled, and the uids of the project's data sources it needs.

        Raises:
            Broken: an input of an export can't be bound.
        """
        inputs = self._inputs(spec)
        used: set[str] = set()
        settled = {
            name: self._walk(value, name, inputs, used) for name, value in spec.items() if name != "__inputs"
        }
        return settled, frozenset(used)

    def settle_rule(self, rule: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
        """A rule of Grafana with every reference settled, and the uids of the project's data sources it needs."""
        used: set[str] = set()
        settled = self._walk(rule, "", {}, used)
        for holder, name in _asked(settled):
            known = holder[name] if holder[name] in self._own else self._names.get(holder[name])
            if known is None:
                continue
            if self._bound is not None and self.is_bound(known):
                holder[name] = self._bound.uid
            else:
                holder[name] = known
                used.add(known)
        return settled, frozenset(used)

    def _inputs(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Name of an input → what takes its place: a reference, or text."""
        inputs: dict[str, Any] = {}
        faults: dict[str, None] = {}
        for declared in spec.get("__inputs") or ():
            name = declared.get("name")
            try:
                inputs[name] = self._input(name, declared)
            except Broken as fault:
                faults[str(fault)] = None
        if faults:
            raise Broken(*faults)
        return inputs

    def _input(self, name: str, declared: Mapping[str, Any]) -> dict[str, str] | str:
        if declared.get("type") == "datasource":
            return self._for_type(declared.get("pluginId") or "", name)
        if "value" in declared:
            return str(declared["value"])
        raise Broken(f"the input ${{{name}}} has no value; write one into __inputs")

    def _for_type(self, plugin: str, name: str) -> dict[str, str]:
        if self._bound is not None and self._binds(plugin):
            return self._bound.reference
        if plugin in _BUILT_IN:
            return _BUILT_IN[plugin]
        found = [uid for uid, body in self._own.items() if former_id(body["type"]) == former_id(plugin)]
        if len(found) == 1:
            return {"type": plugin, "uid": found[0]}
        count = "no data source" if not found else f"{len(found)} data sources"
        raise Broken(
            f"${{{name}}} wants a data source of type {plugin!r}, and the project has {count} of it; "
            f"define one, or bind one of the server with --datasource"
        )

    def _walk(self, value: Any, key: str, inputs: Mapping[str, Any], used: set[str]) -> Any:
        if key == "datasource" and isinstance(value, str | dict):
            return self._reference(value, inputs, used)
        still = _STILL if inputs else _STILL_WITHOUT_INPUTS
        if isinstance(value, dict):
            walked = {
                name: item
                if type(item) in still and name != "datasource"
                else self._walk(item, name, inputs, used)
                for name, item in value.items()
            }
            if self._bound is not None and self._asks_default(walked):
                walked["datasource"] = self._bound.reference
            return self._variable(walked)
        if isinstance(value, list):
            return [item if type(item) in still else self._walk(item, "", inputs, used) for item in value]
        if isinstance(value, str) and inputs and "${" in value:
            return _INPUT.sub(lambda match: _text(match, inputs), value)
        return value

    def _reference(self, value: Any, inputs: Mapping[str, Any], used: set[str]) -> Any:
        written = value.get("uid") if isinstance(value, dict) else value
        if not isinstance(written, str):
            of_type = value.get("type") if isinstance(value, dict) else None
            return self._bound.reference if self._bound and self._binds(of_type) else value
        match = _INPUT.fullmatch(written)
        if match is not None and isinstance(inputs.get(match[1]), dict):
            settled = dict(inputs[match[1]])
        else:
            found = self.found(written)
            if found is None:
                return value
            settled = {"type": found.type, "uid": found.uid}
        if settled["uid"] in self._own and not (self._bound and settled == self._bound.reference):
            used.add(settled["uid"])
        return {**value, **settled} if isinstance(value, dict) else settled

    def _asks_default(self, part: Mapping[str, Any]) -> bool:
        """Whether it is a panel or a variable that queries and names no data source."""
        queries = isinstance(part.get("targets"), list) or (part.get("type") == "query" and "query" in part)
        return self._default_is_bound and queries and part.get("datasource") is None

    def _variable(self, variable: dict[str, Any]) -> dict[str, Any]:
        """A variable that chooses a data source; a bound one of its type is what it starts at."""
        if (
            self._bound is None
            or variable.get("type") != "datasource"
            or not self._binds(variable.get("query"))
        ):
            return variable
        return {**variable, "current": {"text": self._bound.name, "value": self._bound.uid}}


def _asked(rule: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Where in a rule a data source is named by its uid alone."""
    for query in rule.get("data") or ():
        if isinstance(query, dict) and isinstance(query.get("datasourceUid"), str):
            yield query, "datasourceUid"
    record = rule.get("record")
    if isinstance(record, dict) and isinstance(record.get("target_datasource_uid"), str):
        yield record, "target_datasource_uid"


def _text(match: re.Match[str], inputs: Mapping[str, Any]) -> str:
    known = inputs.get(match[1])
    if known is None:
        return match[0]
    return known["uid"] if isinstance(known, dict) else str(known)
