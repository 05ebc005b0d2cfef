"""The JSON schemas that the project ships, as package data. Door: `schema`.

`dashboard` (draft 2020-12) is what `provision.compile.normalize` emits and the structure Grafana needs: precise
where all dashboards are alike, open where a plug-in decides.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema of that name, such as `dashboard`. One object for all callers: don't change it.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    document: dict[str, Any] = orjson.loads((files(__name__) / f"{name}.json").read_bytes())
    return document
