"""Dashboards of Grafana's second generation (v2): from grafana-foundation-sdk, or JSON as Grafana exports it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from provision.compile.normalize.plain import Json, plain, settle

_API_GROUP: Final = "dashboard.grafana.app/"
_IDS: Final = 2**31 - 1

_DEFAULTS: Final[Json] = {
    "annotations": [],
    "cursorSync": "Off",
    "links": [],
    "preload": False,
    "tags": [],
    "timeSettings": {},
    "variables": [],
}
_TIME: Final[Json] = {
    "autoRefresh": "",
    "autoRefreshIntervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
    "fiscalYearStartMonth": 0,
    "from": "now-6h",
    "hideTimepicker": False,
    "timezone": "browser",
    "to": "now",
}
"""What Grafana's page starts a dashboard with; a server would fill in nothing, and refuse some of that."""


@dataclass(frozen=True, slots=True)
class SecondGeneration:
    """A dashboard of the second generation.

    Attributes:
        schema: the version it is written in: `v2` or `v2beta1`.
        uid: the author's, or empty.
        spec: as Grafana takes it.
    """

    schema: str
    uid: str
    spec: Json


def is_v2(value: object) -> bool:
    """Whether it is a dashboard of the second generation: a builder or a model of grafana-foundation-sdk's
    `dashboardv2…`, a manifest of one, or JSON with `elements` and `layout`, in a resource or bare."""
    if isinstance(value, dict):
        version = value.get("apiVersion")
        if isinstance(version, str) and version.startswith(f"{_API_GROUP}v2"):
            return True
        spec = value.get("spec") if "apiVersion" in value else value
        return isinstance(spec, dict) and "elements" in spec and "layout" in spec
    kind = type(value)
    return "dashboardv2" in kind.__module__ or _is_manifest(value)


def from_v2(value: Any) -> SecondGeneration:
    """A dashboard of the second generation, taken over as it is. A panel whose id isn't a positive number gets
    one made of its element's name; what the page expects of every dashboard is filled in.

    Args:
        value: `is_v2` says yes to it; not changed.

    Raises:
        ValueError: it isn't of a form that Grafana reads, or of an older version of the schema.
    """
    written: Any = settle(plain(value.build() if hasattr(value, "build") else value), nulls=True)
    if not isinstance(written, dict):
        raise ValueError("not a dashboard: expected a JSON object")  # noqa: TRY004  # a wrong value to authors
    schema, uid, spec = "", "", written
    if isinstance(written.get("apiVersion"), str):
        if written.get("kind") != "Dashboard" or not isinstance(written.get("spec"), dict):
            raise ValueError(f"not a dashboard: a {written.get('kind')} of {written['apiVersion']}")
        schema = written["apiVersion"].removeprefix(_API_GROUP)
        uid = str((written.get("metadata") or {}).get("name") or "")
        spec = written["spec"]
    elements, layout = spec.get("elements"), spec.get("layout")
    if not isinstance(elements, dict) or not isinstance(layout, dict):
        raise ValueError("a v2 dashboard needs elements and a layout, each a JSON object")  # noqa: TRY004
    written_as = _schema_of(spec)
    if schema not in ("v2", "v2beta1"):
        schema = written_as
    if written_as == "v2alpha1":
        raise ValueError(
            "it is written in v2alpha1, an early version of the schema; open it in Grafana 12.4 or later and export it "
            "again"
        )
    absent = sorted(_shown(layout) - elements.keys())
    if absent:
        raise ValueError(f"its layout shows {', '.join(map(repr, absent))}, and it has no such element")
    time = spec.get("timeSettings")
    filled = {**_DEFAULTS, **{name: item for name, item in spec.items() if item is not None}}
    filled["timeSettings"] = {**_TIME, **(time if isinstance(time, dict) else {})}
    filled["elements"] = _identified(elements)
    for name in ("id", "uid", "version"):
        filled.pop(name, None)
    return SecondGeneration(schema, uid or str(spec.get("uid") or ""), filled)


def _shown(layout: Any) -> set[str]:
    """The names of the elements that a layout shows; Grafana would take one that isn't there, and show an error."""
    if isinstance(layout, list):
        return {name for item in layout for name in _shown(item)}
    if not isinstance(layout, dict):
        return set()
    own = {str(layout.get("name"))} if layout.get("kind") == "ElementReference" else set()
    return own.union(*(_shown(item) for item in layout.values() if isinstance(item, dict | list)))


def _is_manifest(value: object) -> bool:
    """Whether it is the SDK's manifest of a dashboard of the second generation, built or to be built."""
    kind = type(value)
    if kind.__name__ != "Manifest" or not kind.__module__.startswith("grafana_foundation_sdk."):
        return False
    built: Any = value.build() if hasattr(value, "build") else value
    return built.kind == "Dashboard" and str(built.api_version).startswith(f"{_API_GROUP}v2")


def _schema_of(spec: Json) -> str:
    """The version that a spec is written in, from the words that only one of them has."""
    if "preferences" in spec:
        return "v2"
    for element in spec["elements"].values():
        data = _inside(element, "spec", "data", "spec")
        for query in _list(data.get("queries")):
            if _inside(query, "spec", "query").get("kind", "DataQuery") != "DataQuery":
                return "v2alpha1"
        for transformation in _list(data.get("transformations")):
            return "v2" if transformation.get("kind") == "Transformation" else "v2beta1"
    return "v2beta1"


def _identified(elements: Json) -> Json:
    """The elements, each panel with an id of its own: the page takes two panels of one id for one."""
    used = {number for element in elements.values() if (number := _id(element)) > 0}
    result = dict(elements)
    for name, element in sorted(elements.items()):
        if _id(element) > 0 or not isinstance(element, dict) or not isinstance(element.get("spec"), dict):
            continue
        number, attempt = 0, 0
        while number in used or not number:
            seed = blake2b(name.encode(), digest_size=8, key=str(attempt).encode()).digest()
            number, attempt = int.from_bytes(seed) % _IDS + 1, attempt + 1
        used.add(number)
        result[name] = {**element, "spec": {**element["spec"], "id": number}}
    return result


def _id(element: Any) -> int:
    number = _inside(element, "spec").get("id")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _inside(value: Any, *path: str) -> Json:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
