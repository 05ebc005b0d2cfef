"""Dashboards of Grafana's second generation (v2): their schemas, and how a server keeps them.

A server reads them into objects with fixed fields: it drops a field it doesn't know, leaves out what is optional
and empty, and writes everything else out, with zero where nothing was said (seen on 12.4). The tables of fields
in `provision.schemas` say which is which: `v2beta1` as Grafana 12.4 itself describes its API
(`/openapi/v3/apis/dashboard.grafana.app/v2beta1`), `v2` as grafana-foundation-sdk 0.0.21 has it.

| type | is |
| --- | --- |
| `text`, `number`, `flag` | a string, a number, a boolean |
| `texts` | a string, or a list of them, or a number |
| `any` | what the table doesn't look into |
| `NAME` | an object of the table; `A|B` one of several, told apart by its `kind` or `type` |
| `[]T`, `{}T` | a list, or a mapping of names to T |
| `T?` | optional |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.compile.dialect.grafana_sources import Broken
from provision.schemas import schema as table_of

SCHEMAS: Final = ("v2", "v2beta1")
"""Versions of the schema that can be written, best first."""

_ENTRY: Final = "Spec"
_ZERO: Final[Mapping[str, Any]] = {"text": "", "texts": "", "number": 0, "flag": False}
_EMPTY: Final[tuple[Any, ...]] = ("", False, None, [], {})


def settled(spec: Mapping[str, Any], schema: str) -> dict[str, Any]:
    """The dashboard as a server gives it back: everything said that isn't optional, nothing that is empty and
    optional. A field that the schema doesn't have stays if it says anything: a newer server may keep it.

    Args:
        schema: one of `SCHEMAS`.
    """
    return _object(spec, _ENTRY, _table(schema))


def known(spec: Mapping[str, Any], schema: str) -> dict[str, Any]:
    """The dashboard without the fields that the schema doesn't have and a server would drop. Those of `v2` stay:
    no server's own description of it is at hand."""
    return dict(spec) if schema != "v2beta1" else _only(spec, _ENTRY, _table(schema))


def can_respell(spec: Mapping[str, Any], after: str) -> bool:
    """Whether a version of the schema has words for everything that the dashboard says."""
    return after == "v2" or "preferences" not in spec


def respelled(spec: Mapping[str, Any], before: str, after: str) -> dict[str, Any]:
    """The same dashboard in another version of the schema: they differ in how a transformation is written.

    Raises:
        Broken: it says something that the other version has no words for.
    """
    if before == after:
        return dict(spec)
    if not can_respell(spec, after):
        raise Broken("its preferences came with version v2 of the schema, which this Grafana doesn't know")
    elements = spec.get("elements")
    return {
        **spec,
        "elements": {name: _element(element, after) for name, element in elements.items()}
        if isinstance(elements, dict)
        else elements,
    }


def _element(element: Any, schema: str) -> Any:
    try:
        group = element["spec"]["data"]["spec"]
        listed = [_transformation(one, schema) for one in group["transformations"]]
    except (KeyError, TypeError):  # a library panel, or a panel without any
        return element
    data = {**element["spec"]["data"], "spec": {**group, "transformations": listed}}
    return {**element, "spec": {**element["spec"], "data": data}}


def _transformation(one: dict[str, Any], schema: str) -> dict[str, Any]:
    """`{"kind": "reduce", "spec": {"id": "reduce", …}}` in v2beta1, `{"kind": "Transformation", "group":
    "reduce", "spec": {…}}` in v2."""
    if schema == "v2" and "group" not in one:
        spec = {name: value for name, value in one["spec"].items() if name != "id"}
        return {"kind": "Transformation", "group": one["kind"], "spec": spec}
    if schema == "v2beta1" and "group" in one:
        return {"kind": one["group"], "spec": {"id": one["group"], **one["spec"]}}
    return one


def _table(schema: str) -> Mapping[str, Mapping[str, str]]:
    return table_of(f"dashboard_{schema}")


# ── as a server gives it back ────────────────────────────────────────────────


def _object(value: Mapping[str, Any], name: str, table: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    fields = table[name]
    result = {field: item for field, item in value.items() if field not in fields and item not in _EMPTY}
    for field, kind in fields.items():
        if kind.endswith("?"):
            item = _value(value.get(field), kind[:-1], table)
            if item is not None and not (kind[:2] in ("[]", "{}") and not item):
                result[field] = item
        else:
            item = _value(value.get(field), kind, table)
            item = _zero(kind, table) if item is None else item
            if item is not None:
                result[field] = item
    return result


def _value(value: Any, kind: str, table: Mapping[str, Mapping[str, str]]) -> Any:
    """The value; what isn't of its type stays as it is, for the server to refuse."""
    if kind.startswith("[]") and isinstance(value, list):
        return [_value(item, kind[2:], table) for item in value]
    if kind.startswith("{}") and isinstance(value, dict):
        return {name: _value(item, kind[2:], table) for name, item in value.items()}
    name = _member(value, kind, table)
    return _object(value, name, table) if name else value


def _zero(kind: str, table: Mapping[str, Mapping[str, str]]) -> Any:
    if kind.startswith("[]"):
        return []
    if kind.startswith("{}"):
        return {}
    return _object({}, kind, table) if kind in table else _ZERO.get(kind)


# ── what a schema knows ──────────────────────────────────────────────────────


def _only(value: Any, kind: str, table: Mapping[str, Mapping[str, str]]) -> Any:
    kind = kind.removesuffix("?")
    if kind.startswith("[]") and isinstance(value, list):
        return [_only(item, kind[2:], table) for item in value]
    if kind.startswith("{}") and isinstance(value, dict):
        return {name: _only(item, kind[2:], table) for name, item in value.items()}
    name = _member(value, kind, table)
    if not name:
        return value
    return {
        field: _only(item, table[name][field], table) for field, item in value.items() if field in table[name]
    }


def _member(value: Any, kind: str, table: Mapping[str, Mapping[str, str]]) -> str:
    """The object of the table that a value is; empty for none."""
    if not isinstance(value, dict):
        return ""
    if "|" not in kind:
        return kind if kind in table else ""
    said = str(value.get("kind") or value.get("type") or "")
    for name in kind.split("|"):
        if name.lower() in (f"{said}kind".lower(), f"{said}map".lower(), f"{said}valuemap".lower()):
            return name
    return ""
