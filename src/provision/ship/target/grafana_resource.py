"""Folders and dashboards on the resource API (`/apis`).

The mark is Grafana's own: annotations that name a manager (`kubectl`, the kind for tools), its id (the project),
the source and a checksum (the digest of what was sent). Grafana's page keeps them when it saves a change, and
the classic API removes them. Every write is locked by `resourceVersion`. A dashboard without them may have been
pushed before Grafana had this API: then the mark of the classic API holds, until the next write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from provision.client.grafana import Api
from provision.compile.dialect.grafana import canonical
from provision.compile.keys import slug
from provision.compile.kinds import DASHBOARD, FOLDER
from provision.errors import ProvisionError
from provision.model import Action, Live, Mark, Verb, decode, digest, encode
from provision.ship.target import grafana_classic, grafana_splice, grafana_v2
from provision.ship.target.grafana_history import PUT_BACK, former_mark, standing
from provision.ship.target.grafana_server import (
    FILES,
    FILES_FIXED,
    READERS,
    Keeper,
    Server,
    at_once,
    changed_meanwhile,
    setting_to_write,
)

FOLDERS: Final = "folder.grafana.app"
_VERSIONS: Final = 100
"""Versions of a dashboard among which the one that was sent last is looked for."""

_FEW: Final = 8
"""So many that aren't in the lists are looked for one by one rather than asking what the account may see."""

_EVERYTHING: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "dashboards": ("dashboards:read", frozenset({"dashboards:*", "folders:*"})),
    "folders": ("folders:read", frozenset({"folders:*"})),
}
"""The action and the scopes of who sees all there is."""

_MANAGER: Final = "kubectl"
_FILES: Final = "classic-file-provisioning"

_FOLDER: Final = "grafana.app/folder"
_MANAGED_BY: Final = "grafana.app/managedBy"
_MANAGER_ID: Final = "grafana.app/managerId"
_CHECKSUM: Final = "grafana.app/sourceChecksum"
_ALLOWS_EDITS: Final = "grafana.app/managerAllowsEdits"
_GRANT: Final = "grafana.app/grant-permissions"
"""Asks for the permissions on a new dashboard that the classic API gives to whoever creates one; isn't stored."""
_MESSAGE: Final = "grafana.app/message"
_OF_THE_SERVER: Final = frozenset({
    _MESSAGE, "grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp",
    "grafana.app/deprecatedInternalID",
})  # fmt: skip
"""Annotations and labels that nobody sends."""

_CONVERTED: Final = "it is stored in the second generation's schema, and what is read of it is a conversion"

_Item = dict[str, Any]


def dashboards() -> Keeper:
    """How dashboards are kept."""
    return _keeper(
        _dashboard_api,
        live_dashboard,
        _dashboard_spec,
        lambda uid, title: f"/d/{uid}/{slug(title)}",
        lambda server, uid: former_mark(server.client, _dashboard_api(server, False), uid, _MANAGER),
    )


def folders() -> Keeper:
    """How folders are kept."""
    return _keeper(
        lambda server, _: _folder_api(server),
        live_folder,
        _folder_spec,
        lambda uid, _: f"/dashboards/f/{uid}",
    )


def dashboard_names(server: Server) -> Iterator[str]:
    """The uids of all dashboards, whoever manages them."""
    return _names(server, _dashboard_api(server, False))


def versions(server: Server, key: str) -> Iterator[Live]:
    """A dashboard's versions, newest first, without what an undone push has written."""
    items = server.client.history(_dashboard_api(server, False), key, _VERSIONS)
    return map(live_dashboard, standing(items))


def all_folders(server: Server) -> Iterator[Live]:
    """All folders, whoever manages them."""
    return (live_folder(item) for items in server.client.pages(_folder_api(server)) for item in items)


def folder_names(server: Server) -> Iterator[str]:
    """The uids of all folders, whoever manages them."""
    return _names(server, _folder_api(server))


def _names(server: Server, api: Api) -> Iterator[str]:
    return (item["metadata"]["name"] for items in server.client.pages(api) for item in items)


def live_dashboard(item: _Item) -> Live:
    """A dashboard as the resource API shows it; one of the second generation has its schema in its body."""
    name, annotations = item["metadata"]["name"], item["metadata"].get("annotations") or {}
    version = str(item.get("apiVersion") or "").rpartition("/")[2]
    body: dict[str, Any] = {"folderUid": _folder_of(annotations)}
    if version.startswith("v2"):
        body |= {"schema": version, "spec": item["spec"]}
    else:
        body["spec"] = {**item["spec"], "uid": name}
        stored = grafana_v2.stored_version(item)
        if stored.startswith("v2"):  # a server that has no version to read it by shows only a conversion
            body["storedVersion"] = stored
    live = _live(DASHBOARD, item, body, str(item["spec"].get("title") or ""))
    return replace(live, fixed=live.fixed or _CONVERTED) if "storedVersion" in body else live


def live_folder(item: _Item) -> Live:
    """A folder as the resource API shows it."""
    spec, annotations = item["spec"], item["metadata"].get("annotations") or {}
    body = {
        "title": spec.get("title") or "",
        "parentUid": _folder_of(annotations),
        "description": spec.get("description") or "",
    }
    return _live(FOLDER, item, body, body["title"])


def _keeper(
    api: Callable[[Server, bool], Api],
    live: Callable[[_Item], Live],
    spec: Callable[[Any], tuple[str, Any]],
    page: Callable[[str, str], str],
    former: Callable[[Server, str], Mark | None] = lambda *_: None,
) -> Keeper:
    def read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
        missing = set(wanted)
        converted: set[str] = set()
        classic: set[str] = set()
        unmarked: list[Live] = []

        def told(item: _Item) -> Iterator[Live]:
            found = _with_setting(server, item, live(item))
            if found.mark is None:
                unmarked.append(found)
            else:
                yield found

        for items in server.client.pages(api(server, False)):
            for position, item in enumerate(items):
                name = item["metadata"]["name"]
                if _may_be_classic(item):
                    missing.discard(name)
                    classic.add(name)
                elif name in wanted or _is_ours(item):
                    missing.discard(name)
                    if grafana_v2.is_converted(server, item):
                        converted.add(name)
                    else:
                        yield from told(item)
                items[position] = {}  # a page of large dashboards is large: only what is yielded is kept
        for item in grafana_v2.originals(server, converted):
            yield from told(item)
        yield from at_once(unmarked, lambda found: remembered(server, found), READERS)
        if len(missing) > _FEW and _lists_all(server, api(server, False)):
            missing.clear()
        for found in at_once(sorted(missing | classic), lambda key: one(server, key), READERS):
            if found is not None and (found.key in wanted or found.mark is not None):
                yield found

    def one(server: Server, key: str) -> Live | None:
        item = server.client.get(api(server, False), key)
        if item is not None and grafana_v2.is_converted(server, item):
            item = grafana_v2.original(server, key)
        if item is None:
            return None
        if _may_be_classic(item):
            return replace(live(item), mark=grafana_classic.mark_of(server, key, item["spec"]))
        return remembered(server, _with_setting(server, item, live(item)))

    def remembered(server: Server, found: Live) -> Live:
        return replace(found, mark=former(server, found.key)) if found.mark is None else found

    def write(server: Server, action: Action, owner: str) -> None:
        if action.verb is Verb.DELETE:
            server.client.remove(api(server, False), action.key, _lock(server, action, one))
            return
        assert action.desired is not None
        second, folder_uid, content, former_metadata = _content(action, spec)
        at = api(server, second)
        metadata: dict[str, Any] = {"name": action.key, **former_metadata}
        if action.former is None:
            metadata["annotations"] = _annotations(server, action, owner, folder_uid)
        if action.live is None:
            if at.plural == "dashboards" and not folder_uid:
                # Only an administrator would ever see it again; in a folder the folder's permissions hold.
                metadata["annotations"] = {**metadata.get("annotations", {}), _GRANT: "default"}
            server.client.create(at, grafana_splice.request(at, metadata, content))
            return
        metadata["resourceVersion"] = _lock(server, action, one)
        server.client.replace(at, action.key, grafana_splice.request(at, metadata, content))

    return Keeper(True, None, read, one, write, page)


def _lists_all(server: Server, api: Api) -> bool:
    """Whether what isn't in the lists isn't there. For a while they leave out what an account has just created that
    sees it only by a permission on it alone; one that sees everything is shown everything at once (seen on 12.4)."""
    action, scopes = _EVERYTHING[api.plural]
    return scopes <= set((server.client.permissions() or {}).get(action, ()))


def _content(
    action: Action, spec: Callable[[Any], tuple[str, Any]]
) -> tuple[bool, str, bytes, dict[str, Any]]:
    """Whether it is of the second generation, the folder, the spec as it is sent, and what is put back beside it."""
    assert action.desired is not None
    cut = grafana_splice.pieces(action.desired.body) if action.former is None else None
    if cut is not None:
        return False, cut.folder_uid, cut.spec, {}
    desired = decode(action.desired.body)
    folder_uid, content = spec(desired)
    beside = {} if action.former is None else _put_back(action.former, content)
    return "schema" in desired, folder_uid, encode(content), beside


def _lock(server: Server, action: Action, one: Callable[[Server, str], Live | None]) -> str:
    """The resourceVersion to write against. Grafana forgets to show it after an update that changed nothing;
    then the resource is looked at once more."""
    assert action.live is not None
    if action.live.lock:
        return action.live.lock
    now = one(server, action.key)
    if now is None or now.body != action.live.body:
        raise changed_meanwhile()
    return now.lock


def _dashboard_api(server: Server, second: bool) -> Api:
    return grafana_v2.api(server, server.dialect.v2_api if second else server.dialect.dashboard_api)


def _folder_api(server: Server) -> Api:
    version = server.dialect.folder_api
    assert version is not None
    return Api(FOLDERS, version, "folders", "Folder", server.dialect.namespace)


def _dashboard_spec(body: Any) -> tuple[str, Any]:
    return body["folderUid"], {name: value for name, value in body["spec"].items() if name != "uid"}


def _folder_spec(body: Any) -> tuple[str, Any]:
    return body["parentUid"], {name: value for name, value in body.items() if name != "parentUid"}


def _annotations(server: Server, action: Action, owner: str, folder_uid: str) -> dict[str, str]:
    assert action.desired is not None
    if not owner:
        raise ProvisionError("the project has no name to mark it with")
    annotations = {
        _MANAGED_BY: _MANAGER,
        _MANAGER_ID: owner,
        _CHECKSUM: digest(action.desired.body),
        _MESSAGE: f"provision: {owner}",
    }
    if action.desired.places:
        annotations["grafana.app/sourcePath"] = action.desired.places[0].path
    if folder_uid:
        annotations[_FOLDER] = folder_uid
    if not server.locked:
        annotations[_ALLOWS_EDITS] = "true"
    return annotations


def _put_back(former: Live, content: dict[str, Any]) -> dict[str, Any]:
    """The metadata that a former state had; its tags are put into `content`, the classic API's mark among them."""
    beside = decode(former.beside)
    tags = beside.pop("tags", None)
    message = PUT_BACK
    if tags is not None:
        content["tags"] = tags
        if former.mark is not None:
            message = f"provision: {former.mark.owner} {former.mark.base}"
    return {**beside, "annotations": {**beside["annotations"], _MESSAGE: message}}


def _live(kind: str, item: _Item, body: Any, title: str) -> Live:
    metadata = item["metadata"]
    annotations = metadata.get("annotations") or {}
    mark = _mark(annotations)
    beside = {
        "annotations": {name: value for name, value in annotations.items() if name not in _OF_THE_SERVER},
        "labels": {
            name: v for name, v in (metadata.get("labels") or {}).items() if name not in _OF_THE_SERVER
        },
    }
    if _may_be_classic(item):
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


def _mark(annotations: Mapping[str, str]) -> Mark | None:
    """Whoever manages it: another manager's kind stands before its name, so that it is never taken for us."""
    manager = annotations.get(_MANAGED_BY)
    if not manager:
        return None
    if manager == _FILES:
        return Mark(FILES, "")
    name = annotations.get(_MANAGER_ID) or ""
    return Mark(
        name if manager == _MANAGER else f"{manager} {name}".strip(), annotations.get(_CHECKSUM) or ""
    )


def _is_ours(item: _Item) -> bool:
    """Whether it carries a mark of this toolkit, whatever the project: the checksum names its scheme."""
    annotations = item["metadata"].get("annotations") or {}
    return annotations.get(_MANAGED_BY) == _MANAGER and (annotations.get(_CHECKSUM) or "").startswith("v1:")


def _with_setting(server: Server, item: _Item, found: Live) -> Live:
    """The same, and why its mark is out of date where the project's setting is no longer what it says."""
    annotations = item["metadata"].get("annotations") or {}
    if annotations.get(_MANAGED_BY) != _MANAGER:
        return found
    return replace(found, outdated=setting_to_write(server, saves=annotations.get(_ALLOWS_EDITS) == "true"))


def _may_be_classic(item: _Item) -> bool:
    """Whether nobody manages it, but it has the tag that marks a dashboard on the classic API."""
    annotations = item["metadata"].get("annotations") or {}
    return not annotations.get(_MANAGED_BY) and grafana_classic.is_tagged(item["spec"])


def _folder_of(annotations: Mapping[str, str]) -> str:
    folder = annotations.get(_FOLDER) or ""
    return "" if folder == "general" else folder
