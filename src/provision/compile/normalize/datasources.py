"""References to data sources: `{type, uid}` where authors wrote a name, a variable or nothing.

A name is taken as the uid: the plug-in's type is what the query or variable says it is, Prometheus if nothing
says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from provision.compile.normalize.plain import Json

PROMETHEUS = "prometheus"
MIXED = "-- Mixed --"
DASHBOARD = "-- Dashboard --"

_BUILT_IN = {
    "-- Grafana --": {"type": "grafana", "uid": "-- Grafana --"},
    MIXED: {"type": "datasource", "uid": MIXED},
    DASHBOARD: {"type": "datasource", "uid": DASHBOARD},
    "grafana": {"type": "datasource", "uid": "grafana"},
    "__expr__": {"type": "__expr__", "uid": "__expr__"},
}
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)(?::\w+)?\]\]")

Types = Mapping[str, str]
"""Name of a data source variable → the plug-in type it chooses from."""


def variable_types(templating: Iterable[Any]) -> dict[str, str]:
    """What the dashboard's data source variables choose from."""
    return {
        variable["name"]: variable["query"]
        for variable in templating
        if isinstance(variable, dict)
        and variable.get("type") == "datasource"
        and isinstance(variable.get("name"), str)
        and isinstance(variable.get("query"), str)
    }


def reference(written: Any, kind: str | None, types: Types) -> Json | None:
    """The reference for what an author wrote, or None when they wrote none.

    Args:
        written: a name, a uid, a variable such as `${datasource}`, a reference, or nothing.
        kind: the plug-in type when it's a name; None when it can't be known, and then the uid stands alone.
        types: from `variable_types`.

    Raises:
        ValueError: it is something else.
    """
    if written is None or written in ("", "default"):
        return None
    if isinstance(written, dict):
        return written or None
    if not isinstance(written, str):
        raise ValueError(f"a data source must be a name, a uid or {{type, uid}}, not {written!r}")  # noqa: TRY004  # a wrong value to authors
    built_in = _BUILT_IN.get(written)
    if built_in is not None:
        return dict(built_in)
    match = _VARIABLE.fullmatch(written)
    if match is not None:
        name = match[1] or match[2] or match[3]
        return {"type": types.get(name, kind or PROMETHEUS), "uid": written}
    return {"uid": written} if kind is None else {"type": kind, "uid": written}
