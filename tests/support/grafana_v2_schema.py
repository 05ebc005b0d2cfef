"""The fields of a dashboard of the second generation, from what a Grafana says of its own API.

`table(openapi)` makes `src/provision/schemas/dashboard_v2beta1.json` of the answer to
`GET /openapi/v3/apis/dashboard.grafana.app/v2beta1`; a contract test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

_ENTRY = "Spec"


def table(openapi: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Name of an object → its fields → the type of each, in the notation that `provision.compile.dialect.grafana_v2`
    reads."""
    schemas = openapi["components"]["schemas"]
    prefix = next(name for name in schemas if name.endswith("DashboardDashboardLink")).removesuffix(
        "DashboardLink"
    )
    found: dict[str, dict[str, str]] = {}

    def of(name: str) -> str:
        schema = schemas[name]
        short = name.removeprefix(prefix)
        fields = schema.get("properties") or {}
        if "Or" in short and set(fields) <= {"String", "ArrayOfString", "Float64", "Bool"}:
            return "texts"
        if "Or" in short and all(field[:1].isupper() for field in fields):
            return "|".join(sorted(of(_ref(field)) for field in fields.values()))
        if not fields:
            return "any"
        if short not in found:
            found[short] = {}
            required = schema.get("required") or ()
            for field, described in sorted(fields.items()):
                found[short][field] = type_of(described) + ("" if field in required else "?")
        return short

    def type_of(described: dict[str, Any]) -> str:
        reference = _ref(described)
        if reference:
            return of(reference)
        match described.get("type"):
            case "string":
                return "text"
            case "boolean":
                return "flag"
            case "number" | "integer":
                return "number"
            case "array":
                return "[]" + type_of(described["items"])
            case "object" if isinstance(described.get("additionalProperties"), dict):
                return "{}" + type_of(described["additionalProperties"])
            case _:
                return "any"

    of(prefix + _ENTRY)
    return dict(sorted(found.items()))


def _ref(described: dict[str, Any]) -> str:
    inside = described.get("allOf") or [{}]
    return (described.get("$ref") or inside[0].get("$ref") or "").rsplit("/", 1)[-1]
