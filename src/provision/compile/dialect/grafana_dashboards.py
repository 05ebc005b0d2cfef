"""What a dashboard becomes on a Grafana, in the schema it is written in; refused where that would break it."""

from __future__ import annotations

from typing import Any, Final

from provision.compile.dialect import grafana_v2
from provision.compile.dialect.grafana_sources import Broken, Sources
from provision.compile.dialect.grafana_sources_v2 import settle as settle_v2

_OF_AN_EXPORT: Final = ("__inputs", "__requires", "__elements")

Content = tuple[dict[str, Any], frozenset[str]]
"""`spec`, and `schema` if there is one; and the uids of the project's data sources that it needs."""


def classic(name: str, uid: str, spec: dict[str, Any], sources: Sources) -> Content:
    """A dashboard of the classic schema.

    Args:
        name: what people call it, for messages.

    Raises:
        Broken: Grafana would take something else for it, or lose something of it.
    """
    if "elements" in spec and "layout" in spec:
        raise Broken(
            f"{name} is of Grafana's second generation (v2), which the classic schema would store as an "
            f"empty dashboard; export it as classic JSON (v1)"
        )
    if spec.get("__elements"):
        raise Broken(
            f"{name} carries library panels (__elements), which a push would lose; "
            f"write them as LibraryPanel, or unlink them"
        )
    spec, used = sources.settle(spec)
    spec = {key: value for key, value in spec.items() if key not in _OF_AN_EXPORT}
    return {"spec": {**spec, "uid": uid}}, used


def second(name: str, body: dict[str, Any], sources: Sources, version: str | None) -> Content:
    """A dashboard of the second generation, in the server's version of its schema.

    Args:
        name: what people call it, for messages.
        body: of its definition.
        version: the server's; None when it takes none.

    Raises:
        Broken: the server has no words for it.
    """
    if version is None:
        raise Broken(
            f"{name} is of Grafana's second generation (v2), which this Grafana doesn't offer (12.4 is the first "
            f"that a push can use for it); write it in the classic schema (v1)"
        )
    try:
        spec = grafana_v2.respelled(body["spec"], body["schema"], version)
    except Broken as error:
        raise Broken(f"{name}: {error}") from None
    spec, used = settle_v2(grafana_v2.known(spec, version), sources)
    return {"schema": version, "spec": spec}, used
