"""The stand-in's library panels."""

from __future__ import annotations

import copy
from typing import Any

from support.grafana_standin import Request, State, now, old, require, route


def _element(state: State, stored: dict[str, Any]) -> dict[str, Any]:
    folder = state.folders.get(stored["folderUid"])
    who = {"avatarUrl": "/public/img/user_profile.png", "id": 1, "name": "admin"}
    title = folder["spec"]["title"] if folder else "General"
    meta = {"connectedDashboards": 0, "created": stored["created"], "createdBy": who, "folderName": title,
            "folderUid": stored["folderUid"], "updated": stored["created"], "updatedBy": who}  # fmt: skip
    model = {"description": "", **stored["model"]}
    return {"result": {
        "description": "", "folderId": folder["id"] if folder else 0, "folderUid": stored["folderUid"],
        "id": stored["id"], "kind": stored["kind"], "meta": meta, "model": model, "name": stored["name"],
        "orgId": 1, "type": model["type"], "uid": stored["uid"], "version": stored["version"],
    }}  # fmt: skip


@route("POST", "/api/library-elements")
def _create_element(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "library.panels:create")
    asked, library = copy.deepcopy(request.body), state.alerting["library"]
    folder = asked.get("folderUid") or ""
    if folder and folder not in state.folders:
        return 400, old(state, "failed to get folder")  # seen
    taken = {(kept.get("folderUid") or "", kept["name"]) for kept in library.values()}
    if asked["uid"] in library or (folder, asked["name"]) in taken:
        return 400, old(state, "library element with that name or UID already exists")
    library[asked["uid"]] = asked | {"id": state.count("library"), "version": 1, "created": now()}
    return 200, _element(state, library[asked["uid"]])


@route("GET", "/api/library-elements/([^/]+)")
def _get_element(state: State, request: Request) -> tuple[int, Any]:
    """Seen: without a folder it is in `general`, which neither lists nor the answers to writes say."""
    found = state.alerting["library"].get(request.groups[0])
    if found is None:
        return 404, old(state, "library element could not be found")
    body = _element(state, found)
    if state.modern:
        for shown in (body["result"], body["result"]["meta"]):
            shown["folderUid"] = shown["folderUid"] or "general"
    return 200, body


@route("GET", "/api/library-elements")
def _elements(state: State, request: Request) -> tuple[int, Any]:
    """Seen."""
    size, page = request.number("perPage", 100), request.number("page", 1)
    found = [_element(state, stored)["result"] for stored in state.alerting["library"].values()]
    shown = found[(page - 1) * size : page * size]
    return 200, {"result": {"totalCount": len(found), "elements": shown, "page": page, "perPage": size}}


@route("GET", "/api/library-elements/([^/]+)/connections/")
def _connections(state: State, request: Request) -> tuple[int, Any]:
    """Seen: the dashboards that have it, though `connectedDashboards` says 0."""
    uid = request.groups[0]
    return 200, {"result": [
        {"id": number, "kind": 1, "elementId": 1, "connectionId": number, "connectionUid": name, "created": now(), "createdBy": {}}
        for number, (name, stored) in enumerate(state.dashboards.items())
        if uid in _used(stored)
    ]}  # fmt: skip


def _used(value: Any) -> list[Any]:
    if isinstance(value, dict):
        own = [value["libraryPanel"].get("uid")] if isinstance(value.get("libraryPanel"), dict) else []
        return own + [found for item in value.values() for found in _used(item)]
    return [found for item in value for found in _used(item)] if isinstance(value, list) else []


@route("DELETE", "/api/library-elements/([^/]+)")
def _delete_element(state: State, request: Request) -> tuple[int, Any]:
    """Seen: 12.4 deletes one that dashboards have."""
    found = state.alerting["library"].pop(request.groups[0], None)
    if found is None:
        return 404, old(state, "library element could not be found")
    return 200, {"id": found["id"], "message": "Library element deleted"}


@route("PATCH", "/api/library-elements/([^/]+)")
def _patch_element(state: State, request: Request) -> tuple[int, Any]:
    asked, stored = request.body, state.alerting["library"].get(request.groups[0])
    if stored is None:
        return 404, old(state, "library element could not be found")
    if asked["version"] != stored["version"]:
        return 412, old(state, "the library element has been changed by someone else")
    stored |= {key: asked[key] for key in ("name", "model", "folderUid") if key in asked}
    stored["version"] += 1
    return 200, _element(state, stored)
