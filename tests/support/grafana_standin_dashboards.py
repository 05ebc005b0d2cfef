"""The stand-in's folders and dashboards, over the classic and the resource API: one store behind both."""

from __future__ import annotations

import copy
import json
import re
from base64 import b64decode, b64encode
from typing import Any

from provision.compile.dialect import grafana_v2
from support.grafana_standin import Refused, Request, State, denied, now, old, require, route, slugify

GROUPS = {
    "iam.grafana.app": ["v0alpha1"],
    "dashboard.grafana.app": ["v1beta1", "v0alpha1", "v2beta1", "v2alpha1"],
    "folder.grafana.app": ["v1beta1"],
    "playlist.grafana.app": ["v1", "v0alpha1"],
}
_OBJECTS = {"dashboard.grafana.app": ("dashboards", "Dashboard"), "folder.grafana.app": ("folders", "Folder")}
_BUILT_IN = {"builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "enable": True, "hide": True,
             "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard"}  # fmt: skip
_MANAGER = "grafana.app/managedBy"
_FILES = "classic-file-provisioning"


def provision(state: State) -> None:
    """The dashboard that is read from a file."""
    spec = {"panels": [], "schemaVersion": 42, "title": "Provisioned one"}
    annotations = {
        _MANAGER: _FILES, "grafana.app/managerId": "files", "grafana.app/sourceChecksum": "c3a0220fc9183146",
        "grafana.app/sourcePath": "one.json", "grafana.app/sourceTimestamp": "1795365518000",
    }  # fmt: skip
    _store(state, state.dashboards, "provisioned-one", spec, annotations, "access-policy:service")


# ── the store ────────────────────────────────────────────────────────────────


def _store(
    state: State,
    kept: dict[str, Any],
    name: str,
    spec: Any,
    annotations: dict[str, str],
    author: str,
    api: str = "v0alpha1",
    message: str = "",
    labels: dict[str, str] | None = None,
    status: dict[str, Any] | None = None,
) -> Any:
    """Keep an object; a change is a new generation, with its history."""
    before = kept.get(name)
    own = {key: value for key, value in annotations.items() if not re.search("createdBy|updated", key)}
    if before is not None and before["spec"] == spec and before["own"] == own and before["api"] == api:
        return before
    stored = {
        "name": name,
        "spec": copy.deepcopy(spec),
        "own": own,
        "labels": labels or {},
        "status": status or (before["status"] if before else {}),
        "api": api,
        "author": before["author"] if before else author,
        "updated_by": author if before else "",
        "created": before["created"] if before else now(),
        "updated": now(),
        "id": before["id"] if before else state.identity(),
        "uid": before["uid"] if before else f"uid-{state.count('k8s')}",
        "generation": before["generation"] + 1 if before else 1,
        "rv": state.version(),
        "message": message or ("" if before else "Initial save"),
        "history": [],
    }
    stored["history"] = [*(before["history"] if before else ()), {key: stored[key] for key in stored if key != "history"}]  # fmt: skip
    kept[name] = stored
    return stored


def _folder_uid(stored: Any) -> str:
    return stored["own"].get("grafana.app/folder", "")


def _children(state: State, uid: str) -> list[tuple[dict[str, Any], str]]:
    return [
        (kept, name)
        for kept in (state.folders, state.dashboards)
        for name, stored in kept.items()
        if _folder_uid(stored) == uid
    ]


def _drop_library(state: State, uid: str) -> None:
    """Seen: the classic API deletes the library panels of a folder along with it."""
    for name in [name for name, kept in state.alerting["library"].items() if kept["folderUid"] == uid]:
        del state.alerting["library"][name]


def _holds_more(state: State, uid: str) -> bool:
    """Seen: library panels and alert rules count, too."""
    panels, rules = state.alerting["library"].values(), state.alerting["rules"].values()
    return any(kept["folderUid"] == uid for kept in panels) or any(rule["folderUID"] == uid for rule in rules)


def _annotated(folder: str, message: str = "", **more: str) -> dict[str, str]:
    found = {"grafana.app/folder": folder} if folder else {}
    return found | ({"grafana.app/message": message} if message else {}) | more


# ── classic folders ──────────────────────────────────────────────────────────

_CHANGED = "the folder has been changed by someone else"


def _status(state: State, status: str) -> dict[str, str]:
    return {} if state.modern else {"status": status}


def _folder(state: State, uid: str) -> dict[str, Any]:
    stored = state.folders[uid]
    body = {
        "canAdmin": True, "canDelete": True, "canEdit": True, "canSave": True, "created": stored["created"],
        "createdBy": "admin", "hasAcl": False, "id": stored["id"], "title": stored["spec"]["title"], "uid": uid,
        "updated": stored["updated"], "updatedBy": "admin" if stored["updated_by"] else "Anonymous",
        "url": f"/dashboards/f/{uid}/{slugify(stored['spec']['title'])}", "version": stored["generation"],
    }  # fmt: skip
    if not state.modern:
        return body
    parent = _folder_uid(stored)
    body["orgId"] = 1
    if stored["own"].get(_MANAGER):
        body["managedBy"] = stored["own"][_MANAGER]
    if parent:
        body["parentUid"] = parent
        if parent in state.folders:
            above = _folder(state, parent)
            body["parents"] = [*above.pop("parents", ()), above]
    return body


@route("GET", "/api/folders")
def _folders(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "folders:read")
    parent = request.one("parentUid") if state.modern else None
    if parent and parent not in state.folders:
        return 404, {"message": "folder not found", "status": "not-found"}
    found = sorted(state.folders.values(), key=lambda stored: (stored["spec"]["title"], -stored["id"]))
    return 200, [
        {"id": stored["id"], "title": stored["spec"]["title"], "uid": stored["name"]}
        | ({"parentUid": parent} if parent else {})
        for stored in found
        if parent is None or _folder_uid(stored) == parent
    ]


@route("GET", "/api/folders/([^/]+)")
def _get_folder(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "folders:read")
    if request.groups[0] not in state.folders:
        if state.modern and request.account.permissions is not None:
            denied("folders:read")  # seen
        return 404, {"message": "folder not found", "status": "not-found"}
    return 200, _folder(state, request.groups[0])


@route("POST", "/api/folders")
def _create_folder(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "folders:create")
    asked = request.body
    uid = asked.get("uid") or f"f{state.count('uid')}"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid):
        if not state.modern:
            return 400, old(state, "uid contains illegal characters")
        said = f'Folder.folder.grafana.app "{uid}" is invalid: metadata.name: Invalid value: "{uid}"'
        return 422, {"message": f"{said}: may not contain '/'"}
    if uid in state.folders:
        return 412, {"message": _CHANGED} | _status(state, "version-mismatch")
    title = asked["title"]
    if not state.modern and _title_taken(state, "", title, uid):
        return 409, {
            "message": "a folder or dashboard in the general folder with the same name already exists"
        }
    parent = asked.get("parentUid", "") if state.modern else ""
    spec = {"description": "", "title": title} if state.modern else {"title": title}
    _store(state, state.folders, uid, spec, _annotated(parent), f"user:{request.account.uid}", "v1beta1")
    return 200, _folder(state, uid)


@route("PUT", "/api/folders/([^/]+)")
def _rename_folder(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "folders:write")
    uid, asked = request.groups[0], request.body
    stored = state.folders.get(uid)
    if stored is None:
        return 404, {"message": "folder not found", "status": "not-found"}
    if not asked.get("overwrite") and asked.get("version") != stored["generation"]:
        said = "The dashboard has been changed by someone else" if state.modern else _CHANGED
        return 412, {"message": said} | _status(state, "version-mismatch")
    spec = stored["spec"] | {"title": asked["title"]}
    _store(state, state.folders, uid, spec, stored["own"], f"user:{request.account.uid}", "v1beta1")
    if not state.modern:
        state.folders[uid]["updated_by"] = "admin"
    return 200, _folder(state, uid)


@route("POST", "/api/folders/([^/]+)/move", modern_only=True)
def _move_folder(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "folders:write")
    uid = request.groups[0]
    stored = state.folders[uid]
    own = {key: value for key, value in stored["own"].items() if key != "grafana.app/folder"}
    own |= _annotated(request.body["parentUid"])
    _store(state, state.folders, uid, stored["spec"], own, f"user:{request.account.uid}", "v1beta1")
    return 200, _folder(state, uid)


@route("DELETE", "/api/folders/([^/]+)")
def _delete_folder(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "folders:delete")
    uid = request.groups[0]
    stored = state.folders.get(uid)
    if stored is None:
        if state.modern:
            return 404, {"message": f'folders.folder.grafana.app "{uid}" not found'}
        return 404, {"message": "folder not found", "status": "not-found"}
    inside = _children(state, uid)
    rules = any(rule["folderUID"] == uid for rule in state.alerting["rules"].values())
    if state.modern:
        if inside or rules:  # seen: rules count
            return 400, {"message": "Folder cannot be deleted: folder is not empty",
                         "messageId": "folder.not-empty", "statusCode": 400}  # fmt: skip
        del state.folders[uid]
        _drop_library(state, uid)
        return 200, {"message": "Folder deleted"}
    for kept, name in inside:
        del kept[name]
    _drop_library(state, uid)
    del state.folders[uid]
    title = stored["spec"]["title"]
    return 200, {"id": stored["id"], "message": f"Folder {title} deleted", "title": title}


def _title_taken(state: State, folder: str, title: str, uid: str) -> bool:
    kinds = (state.folders, state.dashboards) if not folder else (state.dashboards,)
    return any(
        stored["spec"].get("title") == title and _folder_uid(stored) == folder and name != uid
        for kept in kinds
        for name, stored in kept.items()
    )


# ── classic dashboards ───────────────────────────────────────────────────────

_MISMATCH = {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}


def _written(state: State, stored: Any) -> dict[str, Any]:
    """What a save is answered with."""
    title = stored["spec"].get("title", "")
    slug = slugify(title)
    body = {"id": stored["id"], "slug": slug, "status": "success", "uid": stored["name"],
            "url": f"/d/{stored['name']}/{slug}", "version": stored["generation"]}  # fmt: skip
    return body | ({"folderUid": _folder_uid(stored)} if state.modern else {})


def _classic_spec(stored: Any) -> dict[str, Any]:
    spec = converted(stored, "v0alpha1")
    return spec | {"id": stored["id"], "uid": stored["name"], "version": stored["generation"]}


@route("POST", "/api/dashboards/db")
def _save(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "dashboards:create", "dashboards:write")
    try:
        asked = request.body
    except Refused as refused:
        raise Refused(400, old(state, refused.body["message"])) from None
    if not isinstance(asked, dict) or "dashboard" not in asked:
        return 400, old(state, "bad request data")
    spec = dict(asked["dashboard"])
    uid = spec.pop("uid", None) or f"u{state.count('uid')}"
    version = spec.pop("version", None)
    spec.pop("id", None)
    folder = asked.get("folderUid", "")
    if not spec.get("title"):
        return 400, {"message": "Dashboard title cannot be empty", "status": "empty-name"}
    if len(uid) > 40:
        return 400, {"message": "uid too long, max 40 characters"}
    if not re.fullmatch(r"[A-Za-z0-9_-]+", uid):
        return 400, {"message": "uid contains illegal characters"}
    stored = state.dashboards.get(uid)
    if stored is not None and stored["own"].get(_MANAGER) == _FILES:
        return 400, {"message": "Cannot save provisioned dashboard"}
    if folder and folder not in state.folders:
        return 400, old(state, "folder not found" if state.modern else "Folder not found")
    if stored is not None and not asked.get("overwrite"):
        stale = version is None or (not state.modern and version != stored["generation"])
        if stale:
            return 412, _MISMATCH
    if not state.modern and not asked.get("overwrite") and _title_taken(state, folder, spec["title"], uid):
        said = "A dashboard with the same name in the folder already exists"
        return 412, {"message": said, "status": "name-exists"}
    message = asked.get("message", "")
    if not state.modern and stored is None:
        message = "Initial save"
    author = f"user:{request.account.uid}"
    if state.modern:
        same = stored is not None and stored["spec"] == spec and _folder_uid(stored) == folder
        same = same and _MANAGER not in stored["own"]  # seen: the marks go, whatever else is the same
        if same and stored["generation"] > 1:  # seen: the history gets another entry of the same version
            entry = {**stored["history"][-1], "message": message}
            stored["history"] = [*stored["history"], entry]
        if not same:
            stored = _store(
                state, state.dashboards, uid, spec, _annotated(folder, message), author, message=message
            )
    else:
        if stored is not None:
            stored["spec"] = None  # the same content again is a new version
        stored = _store(state, state.dashboards, uid, spec, _annotated(folder), author, message=message)
    return 200, _written(state, stored)


@route("GET", "/api/dashboards/uid/([^/]+)")
def _get(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "dashboards:read")
    stored = state.dashboards.get(request.groups[0])
    if stored is None:
        return 404, old(state, "Dashboard not found")
    rights = {"canAdd": True, "canDelete": True, "canEdit": True}
    folder = _folder_uid(stored)
    above = state.folders.get(folder)
    provisioned = stored["own"].get(_MANAGER) == _FILES
    slug = slugify(stored["spec"].get("title", ""))
    who = "admin" if stored["updated_by"] or not state.modern else "Anonymous"
    meta = {
        "annotationsPermissions": {"dashboard": rights, "organization": rights}, "canAdmin": True,
        "canDelete": True, "canEdit": True, "canSave": True, "canStar": True, "created": stored["created"],
        "createdBy": who, "expires": "0001-01-01T00:00:00Z", "folderId": above["id"] if above else 0,
        "folderTitle": above["spec"]["title"] if above else "General", "folderUid": folder,
        "folderUrl": f"/dashboards/f/{folder}/{slugify(above['spec']['title'])}" if above else "",
        "hasAcl": False, "isFolder": False, "provisioned": provisioned,
        "provisionedExternalId": "one.json" if provisioned else "", "slug": slug, "type": "db",
        "updated": stored["updated"], "updatedBy": who, "url": f"/d/{stored['name']}/{slug}",
        "version": stored["generation"],
    }  # fmt: skip
    meta |= {"apiVersion": "v0alpha1"} if state.modern else {"isPublic": False}
    return 200, {"dashboard": _classic_spec(stored), "meta": meta}


@route("DELETE", "/api/dashboards/uid/([^/]+)")
def _delete(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "dashboards:delete")
    stored = state.dashboards.get(request.groups[0])
    if stored is None:
        return 404, old(state, "Dashboard not found")
    if stored["own"].get(_MANAGER) == _FILES:
        return 400, old(state, "provisioned dashboard cannot be deleted")
    state.trash[stored["name"]] = state.dashboards.pop(stored["name"])
    title = stored["spec"]["title"]
    return 200, {"message": f"Dashboard {title} deleted", "title": title, "uid": stored["name"]}


@route("GET", r"/api/dashboards/uid/([^/]+)/versions/(\d+)")
def _version(state: State, request: Request) -> tuple[int, Any]:
    """Seen on 12.4."""
    uid, number = request.groups
    history = state.dashboards[uid]["history"] if uid in state.dashboards else []
    found = [one for one in history if one["generation"] == int(number)]
    if not found:
        return 404, old(state, "Dashboard version not found")
    (one,) = found
    return 200, {
        "id": int(number),
        "version": int(number),
        "message": one["message"],
        "data": one["spec"] | {"uid": uid},
    }


@route("GET", "/api/dashboards/uid/([^/]+)/versions")
def _versions(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "dashboards:write")  # seen
    stored = state.dashboards.get(request.groups[0])
    if stored is None:
        return 404, old(state, "Dashboard not found")
    limit = request.number("limit", 1000)
    newest = stored["history"][::-1][:limit]
    common = [
        {
            "created": one["updated"],
            "createdBy": "admin",
            "dashboardId": one["id"],
            "id": one["generation"],
            "message": one["message"],
            "parentVersion": one["generation"] - 1,
            "restoredFrom": 0,
            "version": one["generation"],
        }
        for one in newest
    ]
    if not state.modern:
        return 200, [one | {"dashboardUid": ""} for one in common]
    data = [one["spec"] | {"uid": one["name"], "version": one["generation"]} for one in newest]
    body = {
        "versions": [
            one | {"uid": stored["name"], "data": spec} for one, spec in zip(common, data, strict=True)
        ]
    }
    return 200, body | ({"continueToken": "eyJvIjo1fQ=="} if len(newest) >= limit else {})


@route("POST", "/api/dashboards/uid/([^/]+)/restore")
def _restore(state: State, request: Request) -> tuple[int, Any]:
    stored, version = state.dashboards[request.groups[0]], request.body["version"]
    wanted = next(one for one in stored["history"] if one["generation"] == version)
    if state.modern and wanted["spec"] == stored["spec"]:
        return 400, {"message": "Current dashboard is identical to the specified version"}
    stored["spec"] = None
    stored = _store(
        state, state.dashboards, stored["name"], wanted["spec"], stored["own"], f"user:{request.account.uid}",
        message=f"Restored from version {version}",
    )  # fmt: skip
    return 200, _written(state, stored)


@route("GET", "/api/search")
def _search(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "dashboards:read")
    limit, page = request.number("limit", 1000), request.number("page", 1)
    folders = request.query.get("folderUIDs", []) if state.modern else []
    hits = []
    if request.one("type") == "dash-folder":  # seen on both
        found = sorted(state.folders.values(), key=lambda one: one["spec"]["title"].lower())
        hits = [
            {
                "id": one["id"],
                "uid": one["name"],
                "title": one["spec"]["title"],
                "type": "dash-folder",
                "tags": [],
            }
            for one in found
        ]
        return 200, hits[(page - 1) * limit : page * limit]
    for stored in sorted(state.dashboards.values(), key=lambda one: one["spec"].get("title", "").lower()):
        spec, folder = stored["spec"], _folder_uid(stored)
        tags = spec.get("tags") or []
        if (folders and folder not in folders) or not set(request.query.get("tag", [])) <= set(tags):
            continue
        slug = slugify(spec.get("title", ""))
        hit = {"id": stored["id"], "isStarred": False, "slug": "", "sortMeta": 0, "tags": tags,
               "title": spec.get("title", ""), "type": "dash-db", "uid": stored["name"], "uri": f"db/{slug}",
               "url": f"/d/{stored['name']}/{slug}"}  # fmt: skip
        if state.modern:
            hit |= {"isDeleted": False, "orgId": 1}
        if folder in state.folders:
            above = state.folders[folder]
            hit |= {"folderId": above["id"], "folderTitle": above["spec"]["title"], "folderUid": folder,
                    "folderUrl": f"/dashboards/f/{folder}/{slugify(above['spec']['title'])}"}  # fmt: skip
        hits.append(hit)
    return 200, hits[(page - 1) * limit : page * limit]


# ── resource API ─────────────────────────────────────────────────────────────


@route("GET", "/apis", modern_only=True)
def _groups(state: State, _: Request) -> tuple[int, Any]:
    address = {"clientCIDR": "0.0.0.0/0", "serverAddress": state.url.removeprefix("http://")}
    return 200, {
        "groups": [_group(name) | {"serverAddressByClientCIDRs": [address]} for name in GROUPS],
        "kind": "APIGroupList",
    }


def _group(name: str) -> dict[str, Any]:
    versions = [{"groupVersion": f"{name}/{version}", "version": version} for version in GROUPS[name]]
    return {"name": name, "preferredVersion": versions[0], "versions": versions}


@route("GET", "/apis/([^/]+)", modern_only=True)
def _one_group(_: State, request: Request) -> tuple[int, Any]:
    return 200, {"apiVersion": "v1", "kind": "APIGroup", **_group(request.groups[0])}


@route("GET", "/apis/([^/]+)/([^/]+)", modern_only=True)
def _resources(_: State, request: Request) -> tuple[int, Any]:
    """Seen."""
    group, version = request.groups
    plural, kind = _OBJECTS[group]
    verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update"]
    found = [{"kind": kind, "name": plural, "namespaced": True, "singularName": kind.lower(), "verbs": verbs},
             {"kind": "X", "name": f"{plural}/access", "namespaced": True, "singularName": "", "verbs": ["get"]}]  # fmt: skip
    return 200, {"apiVersion": "v1", "groupVersion": f"{group}/{version}", "kind": "APIResourceList",
                 "resources": found}  # fmt: skip


_AT = r"/apis/(dashboard\.grafana\.app|folder\.grafana\.app)/([^/]+)/namespaces/([^/]+)/"


def _failure(code: int, message: str, reason: str = "", **details: str) -> Refused:
    body: dict[str, Any] = {
        "apiVersion": "v1",
        "code": code,
        "kind": "Status",
        "metadata": {},
        "status": "Failure",
    }
    if message:
        body["message"] = message
    if reason:
        body["reason"] = reason
    if details:
        body["details"] = details
    return Refused(code, body)


def _missing(group: str, name: str) -> Refused:
    plural = _OBJECTS[group][0]
    return _failure(
        404, f'{plural}.{group} "{name}" not found', "NotFound", group=group, kind=plural, name=name
    )


def _kept(state: State, request: Request, action: str) -> dict[str, Any]:
    group, _, namespace = request.groups[:3]
    if namespace != "default":
        raise _failure(500, "namespace mismatch")
    plural = _OBJECTS[group][0]
    if not request.account.may(f"{plural}:{action}"):
        raise _failure(403, "")
    return state.dashboards if plural == "dashboards" else state.folders


def converted(stored: Any, version: str) -> dict[str, Any]:
    """The spec as a version of the API shows it. v0alpha1 shows what was stored; v1beta1 fills in defaults; an
    object of the second generation loses what the first can't say."""
    spec = copy.deepcopy(stored["spec"])
    if stored["api"].startswith("v2") and not version.startswith("v2"):
        times = spec.get("timeSettings", {})
        return {"annotations": {"list": []}, "editable": True, "fiscalYearStartMonth": 0, "graphTooltip": 0,
                "preload": False, "refresh": "", "schemaVersion": 42, "title": spec["title"],
                "time": {"from": times.get("from"), "to": times.get("to")}}  # fmt: skip
    if version == "v1beta1" and "title" in spec and "layout" not in spec:
        return _filled(spec)
    return spec


def _filled(spec: dict[str, Any]) -> dict[str, Any]:
    found = (spec.get("annotations") or {}).get("list") or []
    if not any(one.get("builtIn") for one in found):
        found = [copy.deepcopy(_BUILT_IN), *found]
    defaults = {"editable": True, "fiscalYearStartMonth": 0, "graphTooltip": 0, "links": [],
                "templating": {"list": []}, "timepicker": {}, "timezone": "", "weekStart": "", "tags": [],
                "time": {"from": "now-6h", "to": "now"}, "panels": []}  # fmt: skip
    result = defaults | spec | {"annotations": {"list": found}, "schemaVersion": 42}
    if spec.get("schemaVersion", 0) < 42:
        result.setdefault("refresh", "")
    used: set[int] = set()
    for panel in result["panels"]:
        if panel.get("options") == {}:
            del panel["options"]
        while panel.get("id") in used:
            panel["id"] += 1
        used.add(panel.get("id"))
    return result


def _shown(state: State, group: str, version: str, stored: Any, *, read: bool = True) -> dict[str, Any]:
    annotations = dict(stored["own"])
    annotations["grafana.app/createdBy"] = stored["author"]
    if stored["updated_by"]:
        annotations["grafana.app/updatedBy"] = stored["updated_by"]
        annotations["grafana.app/updatedTimestamp"] = stored["updated"]
    metadata = {
        "annotations": annotations, "creationTimestamp": stored["created"], "generation": stored["generation"],
        "labels": {"grafana.app/deprecatedInternalID": str(stored["id"]), **stored["labels"]}, "name": stored["name"],
        "namespace": "default", "resourceVersion": stored["rv"], "uid": stored["uid"],
    }  # fmt: skip
    if not stored["api"].startswith("v2"):
        fields = {"f:spec": {f"f:{name}": {} for name in stored["spec"]}}
        metadata["managedFields"] = [{"apiVersion": f"{group}/{stored['api']}", "fieldsType": "FieldsV1",
                                      "fieldsV1": fields, "manager": "grafana", "operation": "Update",
                                      "time": stored["updated"]}]  # fmt: skip
    body: dict[str, Any] = {"apiVersion": f"{group}/{version}", "kind": _OBJECTS[group][1],
                            "metadata": metadata, "spec": stored["spec"]}  # fmt: skip
    if group == "dashboard.grafana.app":
        body["spec"] = converted(stored, version)
    if group == "dashboard.grafana.app":
        body["status"] = _conversion(stored["api"]) if read and stored["api"] != version else stored["status"]
    return body


def _conversion(stored: str) -> dict[str, Any]:
    return {"conversion": {"failed": False, "storedVersion": stored}}


@route("GET", _AT + "(?:dashboards|folders)", modern_only=True)
def _list(state: State, request: Request) -> tuple[int, Any]:
    kept = _kept(state, request, "read")
    group, version = request.groups[:2]
    selector, names = request.one("labelSelector"), request.one("fieldSelector")
    token = request.one("continue")
    start = json.loads(b64decode(token))["o"] if token else 0
    limit = request.number("limit", 500)
    if selector == "grafana.app/get-trash=true":
        found = [_trashed(state, group, version, stored) for stored in state.trash.values()]
    elif selector == "grafana.app/get-history=true":
        history = kept[names.removeprefix("metadata.name=")]["history"][::-1]
        found = [_shown(state, group, version, stored) for stored in history]
    elif selector:
        found = []
    else:
        unseen = state.hidden | (set() if request.account.permissions is None else state.ungranted)
        asked = {names.removeprefix("metadata.name=")} if names else kept.keys()
        seen = sorted((kept.keys() & asked) - unseen)
        found = [
            _shown(state, group, version, kept[name]) if start <= place < start + limit else None
            for place, name in enumerate(seen)
        ]
    metadata = {"resourceVersion": state.version()}
    if start + limit < len(found):
        metadata["continue"] = b64encode(json.dumps({"o": start + limit}).encode()).decode()
    return 200, {"apiVersion": f"{group}/{version}", "items": found[start : start + limit],
                 "kind": f"{_OBJECTS[group][1]}List", "metadata": metadata}  # fmt: skip


def _trashed(state: State, group: str, version: str, stored: Any) -> dict[str, Any]:
    body = _shown(state, group, version, stored)
    body["metadata"] |= {"deletionTimestamp": stored["updated"], "generation": -999}
    body["metadata"]["annotations"] |= {"grafana.app/updatedBy": stored["author"],
                                        "grafana.app/updatedTimestamp": stored["updated"]}  # fmt: skip
    del body["metadata"]["managedFields"]
    return body


@route("GET", _AT + "search", modern_only=True)
def _find(state: State, request: Request) -> tuple[int, Any]:
    hits = []
    for plural, kept in (("folders", state.folders), ("dashboards", state.dashboards)):
        for stored in kept.values():
            hit = {"name": stored["name"], "resource": plural, "title": stored["spec"].get("title", "")}
            if _folder_uid(stored):
                hit["folder"] = _folder_uid(stored)
            if stored["spec"].get("tags"):
                hit["tags"] = stored["spec"]["tags"]
            hits.append(hit)
    hits.sort(key=lambda hit: hit["title"].lower())
    shown = hits[: request.number("limit", 50)]
    return 200, {"hits": shown, "maxScore": 1, "queryCost": 2300, "totalHits": len(hits)}


@route("GET", _AT + "(?:dashboards|folders)/([^/]+)", modern_only=True)
def _get_one(state: State, request: Request) -> tuple[int, Any]:
    kept = _kept(state, request, "read")
    group, version, _, name = request.groups
    if name not in kept:
        raise _missing(group, name)
    if name in state.ungranted and request.account.permissions is not None:
        raise Refused(403, {"message": "not allowed"})  # seen
    return 200, _shown(state, group, version, kept[name])


def _check(state: State, request: Request, name: str) -> tuple[Any, dict[str, str]]:
    """The spec and annotations of what is to be written, or a refusal."""
    group, version = request.groups[:2]
    asked = request.body
    annotations = dict(asked["metadata"].get("annotations") or {})
    spec = dict(asked["spec"])
    if len(name) > 40:
        raise _failure(400, "uid too long, max 40 characters", "BadRequest")
    if group == "dashboard.grafana.app":
        if not spec.get("title"):
            raise _failure(400, "Dashboard title cannot be empty", "BadRequest")
        folder = annotations.get("grafana.app/folder")
        if folder and folder not in state.folders:
            raise _missing("folder.grafana.app", folder)
        if version.startswith("v2"):
            spec = _typed(spec, name)
        else:
            spec = {key: value for key, value in spec.items() if key not in ("uid", "version")}
    if version == "v1beta1" and group == "dashboard.grafana.app":
        spec = _filled(spec)
    return spec, annotations


def _typed(spec: dict[str, Any], name: str) -> dict[str, Any]:
    """The second generation is read into objects with fixed fields, and checked. Seen: `compile.dialect.grafana_v2`
    says the same of the real server's own description of its API, and scenarios hold it against the server."""
    if spec.get("cursorSync") not in ("Off", "Crosshair", "Tooltip"):
        said = f'DashboardSpec.cursorSync: Invalid value: conflicting values "Off" and "{spec.get("cursorSync") or ""}"'
        raise _failure(422, f'Dashboard.dashboard.grafana.app "{name}" is invalid: [{said}]', "Invalid")
    return grafana_v2.settled(grafana_v2.known(spec, "v2beta1"), "v2beta1")


@route("POST", _AT + "(?:dashboards|folders)", modern_only=True)
def _create_one(state: State, request: Request) -> tuple[int, Any]:
    kept = _kept(state, request, "create")
    group, version = request.groups[:2]
    name = request.body["metadata"]["name"]
    spec, annotations = _check(state, request, name)
    if name in kept:
        plural = _OBJECTS[group][0]
        said = f'{plural}.{group} "{name}" already exists'
        raise _failure(409, said, "AlreadyExists", group=group, kind=plural, name=name)
    author = f"user:{request.account.uid}"
    if request.one("dryRun") == "All":
        tried: dict[str, Any] = {}
        body = _shown(state, group, version, _store(state, tried, name, spec, annotations, author, version), read=False)  # fmt: skip
        for field in ("labels", "resourceVersion"):
            del body["metadata"][field]
        del body["metadata"]["annotations"]["grafana.app/createdBy"]
        return 201, body
    message = annotations.get("grafana.app/message", "")
    granted = annotations.pop("grafana.app/grant-permissions", "")
    if group == "dashboard.grafana.app" and not annotations.get("grafana.app/folder") and not granted:
        state.ungranted.add(name)
    stored = _store(state, kept, name, spec, annotations, author, version, message)
    return 201, _shown(state, group, version, stored, read=False)


@route("PUT", _AT + "(?:dashboards|folders)/([^/]+)", modern_only=True)
def _replace_one(state: State, request: Request) -> tuple[int, Any]:
    kept = _kept(state, request, "write")
    group, version, _, name = request.groups
    lock = request.body["metadata"].get("resourceVersion")
    stored = kept.get(name)
    if stored is None and lock:
        raise _failure(500, "resourceVersion should not be set on objects to be created")  # seen
    if stored is not None and lock and lock != stored["rv"]:
        plural = _OBJECTS[group][0]
        said = (f'Operation cannot be fulfilled on {plural}.{group} "{name}": the object has been modified; '
                f"please apply your changes to the latest version and try again")  # fmt: skip
        raise _failure(409, said, "Conflict", group=group, kind=plural, name=name)
    spec, annotations = _check(state, request, name)
    if group == "folder.grafana.app":
        _refuse_circle(state, name, annotations.get("grafana.app/folder", ""))
    author, message = f"user:{request.account.uid}", annotations.get("grafana.app/message", "")
    before, status = stored["rv"] if stored else "", request.body.get("status")
    if stored is not None and version == "v1beta1" and group == "dashboard.grafana.app":
        stored["spec"] = None  # the generation rises, whatever is sent
    labels = request.body["metadata"].get("labels") or {}
    labels = {key: value for key, value in labels.items() if not key.startswith("grafana.app/")}
    if stored is not None and stored["api"] != version:
        status = _conversion(stored["api"])  # seen: what the write made of the object before stays with it
    written = _store(state, kept, name, spec, annotations, author, version, message, labels, status)
    body = _shown(state, group, version, written, read=False)
    if written["rv"] == before:
        del body["metadata"]["resourceVersion"]
    return (200 if stored else 201), body


def _refuse_circle(state: State, name: str, parent: str) -> None:
    """Seen."""
    while parent in state.folders:
        if parent == name:
            said = "cannot move folder under its own descendant, this would create a circular reference"
            raise _failure(500, said)
        parent = _folder_uid(state.folders[parent])


@route("DELETE", _AT + "(?:dashboards|folders)/([^/]+)", modern_only=True)
def _delete_one(state: State, request: Request) -> tuple[int, Any]:
    kept = _kept(state, request, "delete")
    group, _, _, name = request.groups
    stored = kept.get(name)
    if stored is None:
        raise _missing(group, name)
    lock = (
        (json.loads(request.raw).get("preconditions") or {}).get("resourceVersion") if request.raw else None
    )
    if lock and lock != stored["rv"]:
        said = (f'Operation cannot be fulfilled on {_OBJECTS[group][1]}.{group} "{name}": the ResourceVersion in '
                f"the precondition ({lock}) does not match the ResourceVersion in record ({stored['rv']}). "
                f"The object might have been modified")  # fmt: skip
        raise _failure(409, said, "Conflict", group=group, kind=_OBJECTS[group][1], name=name)  # seen
    if group == "folder.grafana.app" and (_children(state, name) or _holds_more(state, name)):
        raise _failure(
            400, "Folder cannot be deleted: folder is not empty", "BadRequest", uid="folder.not-empty"
        )
    del kept[name]
    if group == "dashboard.grafana.app" and _MANAGER not in stored["own"]:
        state.trash[name] = stored
    details = {"group": group, "kind": _OBJECTS[group][0], "name": name, "uid": stored["uid"]}
    return 200, {
        "apiVersion": "v1",
        "details": details,
        "kind": "Status",
        "metadata": {},
        "status": "Success",
    }
