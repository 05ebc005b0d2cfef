"""Folders and dashboards as objects of the resource API: what is read of one, and what is sent for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import DASHBOARD, FOLDER
from provision.model import Action, Live, decode, encode
from provision.ship.target import grafana_classic, grafana_splice, grafana_v2
from provision.ship.target.grafana_annotations import (
    MANAGER,
    MESSAGE,
    OF_THE_SERVER,
    allows_edits,
    annotations_of,
    folder_of,
    manager_of,
    mark_in,
)
from provision.ship.target.grafana_history import PUT_BACK
from provision.ship.target.grafana_server import FILES, FILES_FIXED, Server, setting_to_write

Item = dict[str, Any]
"""An object as the resource API shows it."""

Spec = Callable[[Any], tuple[str, Any]]
"""From a decoded body: the uid of the folder, and the spec as it is sent."""

_CONVERTED: Final = "it is stored in the second generation's schema, and what is read of it is a conversion"


def live_dashboard(item: Item) -> Live:
    """A dashboard as the resource API shows it; one of the second generation has its schema in its body."""
    version = str(item.get("apiVersion") or "").rpartition("/")[2]
    body: dict[str, Any] = {"folderUid": folder_of(annotations_of(item))}
    if version.startswith("v2"):
        body |= {"schema": version, "spec": item["spec"]}
    else:
        body["spec"] = {**item["spec"], "uid": item["metadata"]["name"]}
        stored = grafana_v2.stored_version(item)
        if stored.startswith("v2"):  # a server that has no version to read it by shows only a conversion
            body["storedVersion"] = stored
    live = _live(DASHBOARD, item, body, str(item["spec"].get("title") or ""))
    return replace(live, fixed=live.fixed or _CONVERTED) if "storedVersion" in body else live


def live_folder(item: Item) -> Live:
    """A folder as the resource API shows it."""
    spec = item["spec"]
    body = {
        "title": spec.get("title") or "",
        "parentUid": folder_of(annotations_of(item)),
        "description": spec.get("description") or "",
    }
    return _live(FOLDER, item, body, body["title"])


def with_setting(server: Server, item: Item, found: Live) -> Live:
    """The same, and why its mark is out of date where the project's setting is no longer what it says."""
    annotations = annotations_of(item)
    if manager_of(annotations) != MANAGER:
        return found
    return replace(found, outdated=setting_to_write(server, saves=allows_edits(annotations)))


def may_be_classic(item: Item) -> bool:
    """Whether nobody manages it, but it has the tag that marks a dashboard on the classic API."""
    return not manager_of(annotations_of(item)) and grafana_classic.is_tagged(item["spec"])


def dashboard_spec(body: Any) -> tuple[str, Any]:
    """The folder of a dashboard and its spec, which has no uid."""
    return body["folderUid"], {name: value for name, value in body["spec"].items() if name != "uid"}


def folder_spec(body: Any) -> tuple[str, Any]:
    """The folder that a folder lies in, and its spec."""
    return body["parentUid"], {name: value for name, value in body.items() if name != "parentUid"}


def content(action: Action, spec: Spec) -> tuple[bool, str, bytes, dict[str, Any]]:
    """Whether it is of the second generation, the folder, the spec as it is sent, and what is put back beside it."""
    assert action.desired is not None
    cut = grafana_splice.pieces(action.desired.body) if action.former is None else None
    if cut is not None:
        return False, cut.folder_uid, cut.spec, {}
    desired = decode(action.desired.body)
    folder_uid, sent = spec(desired)
    beside = {} if action.former is None else _put_back(action.former, sent)
    return "schema" in desired, folder_uid, encode(sent), beside


def _put_back(former: Live, sent: dict[str, Any]) -> dict[str, Any]:
    """The metadata that a former state had; its tags are put into `sent`, the classic API's mark among them."""
    beside = decode(former.beside)
    tags = beside.pop("tags", None)
    message = PUT_BACK
    if tags is not None:
        sent["tags"] = tags
        if former.mark is not None:
            message = f"provision: {former.mark.owner} {former.mark.base}"
    return {**beside, "annotations": {**beside["annotations"], MESSAGE: message}}


def _live(kind: str, item: Item, body: Any, title: str) -> Live:
    metadata, annotations = item["metadata"], annotations_of(item)
    mark = mark_in(annotations)
    beside = {
        "annotations": {name: value for name, value in annotations.items() if name not in OF_THE_SERVER},
        "labels": {
            name: v for name, v in (metadata.get("labels") or {}).items() if name not in OF_THE_SERVER
        },
    }
    if may_be_classic(item):
        beside["tags"] = item["spec"]["tags"]
    return Live(
        kind,
        metadata["name"],
        canonical(kind, body),
        mark,
        metadata.get("resourceVersion") or "",
        title,
        FILES_FIXED if mark is not None and mark.owner == FILES else "",
        encode(beside),
    )
