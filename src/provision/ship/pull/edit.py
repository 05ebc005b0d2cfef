"""An edit of one dashboard on a Grafana, as a change of its definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provision.compile.dialect.grafana import Binding
from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER
from provision.diff.hidden import concealed
from provision.errors import ProvisionError
from provision.model import JSON, Definition, Live, Resource, decode, encode
from provision.ship.pull.merging import merged_back

Shape = Callable[[Sequence[Definition]], Sequence[Resource]]
"""Shapes a project's definitions for the Grafana that is pulled from."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done to a dashboard.

    Attributes:
        definition: as its source has it.
        body: of the definition that would make what is live.
        shaped: what its source makes; and
        live: what is on the server.
    """

    definition: Definition
    body: JSON
    shaped: bytes
    live: bytes


def edit_of(
    uid: str, definitions: Sequence[Definition], live: Live | None, shape: Shape, bound: Binding | None
) -> Edit:
    """How the definition of a dashboard would have to be so that the next push finds it as it is live.

    Args:
        definitions: of the whole project, without its patches.
        bound: the data source that its dashboards are bound to there.

    Raises:
        ProvisionError: no source defines it, it isn't there, or the sources can't say what is live.
    """
    definition = next((one for one in definitions if (one.kind, one.key) == (DASHBOARD, uid)), None)
    if definition is None:
        raise ProvisionError(_undefined(uid, definitions, live))
    if live is None:
        raise ProvisionError(f"there is no dashboard {uid!r} on the server", remedy="push it")
    if live.fixed:
        raise ProvisionError(f"dashboard {uid!r} can't be pulled: {live.fixed}")
    shaped = _shaped(uid, definitions, shape)
    body, was, now = decode(definition.body), decode(shaped), decode(live.body)
    if concealed(now) != now:
        raise ProvisionError(
            f"dashboard {uid!r} holds what looks like a secret in plain text, and so isn't pulled",
            remedy="take it out there, or write over it with provision push --overwrite",
        )
    if was.get("schema") != now.get("schema"):
        raise ProvisionError(
            f"dashboard {uid!r} is stored in another schema than its source is written in",
            remedy="write over it with provision push --overwrite, or write the source in that schema",
        )
    folder = _folder(uid, body["folder"], was, now, definitions)
    spec = merged_back(body["spec"], was["spec"], now["spec"], _unbound(definitions, bound))
    plain = {**body, "folder": folder, "spec": spec}
    exact = {**body, "folder": folder, "spec": now["spec"], "exact": True}
    for wanted in (plain, exact):  # what a source would put right is taken over to the letter
        edited = replace(definition, body=encode(wanted))
        others = [edited if one is definition else one for one in definitions]
        if _shaped(uid, others, shape) == live.body:
            return Edit(definition, wanted, shaped, live.body)
    raise ProvisionError(
        f"what was changed in dashboard {uid!r} can't be said by its source",
        where=str(definition.place),
        remedy="write it there by hand, or take it over as it is with provision push --adopt",
    )


def _undefined(uid: str, definitions: Sequence[Definition], live: Live | None) -> str:
    other = next((one for one in definitions if one.key == uid and one.kind != DASHBOARD), None)
    if other is not None:
        return (
            f"{uid!r} is a {other.kind}, and single dashboards alone are pulled; write what provision plan shows "
            f"into {other.place.path}, or take it over as it is with provision push --adopt"
        )
    if live is None:
        return f"no source defines a dashboard {uid!r}, and the server has none"
    return f"no source defines the dashboard {uid!r}; provision pull --all writes it as a JSON source"


def _shaped(uid: str, definitions: Sequence[Definition], shape: Shape) -> bytes:
    return next(one.body for one in shape(definitions) if (one.kind, one.key) == (DASHBOARD, uid))


def _folder(uid: str, path: str, was: Any, now: Any, definitions: Sequence[Definition]) -> str:
    """The path of the folder that it lies in now."""
    if now["folderUid"] == was["folderUid"]:
        return path
    paths = {str(decode(one.body)["uid"]): one.key for one in definitions if one.kind == FOLDER} | {"": ""}
    if now["folderUid"] not in paths:
        raise ProvisionError(
            f"dashboard {uid!r} was moved to the folder {now['folderUid']!r}, which is none of this project",
            remedy="move it back, or describe that folder in the sources first",
        )
    return paths[now["folderUid"]]


def _unbound(definitions: Sequence[Definition], bound: Binding | None) -> Callable[[JSON], JSON]:
    """Puts the project's own data source in the place of the bound one."""
    own = [
        body
        for one in definitions
        if one.kind == DATASOURCE and bound is not None and (body := decode(one.body))["type"] == bound.type
    ]
    if bound is None or len(own) != 1:
        return lambda value: value

    def back(value: JSON) -> JSON:
        if isinstance(value, dict):
            if value.get("uid") == bound.uid and value.get("type", bound.type) == bound.type:
                return {**value, "uid": own[0]["uid"]}
            return {name: back(item) for name, item in value.items()}
        return [back(item) for item in value] if isinstance(value, list) else value

    return back
