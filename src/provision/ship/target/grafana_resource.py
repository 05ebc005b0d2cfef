"""Folders and dashboards on the resource API (`/apis`), found, read and written.

Every write is locked by `resourceVersion`. A dashboard without the annotations that are a mark may have been pushed
before Grafana had this API: then the mark of the classic API holds, until the next write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from provision.client.grafana_resource import Api
from provision.compile.keys import slug
from provision.model import Action, Live, Mark, Verb
from provision.ship.target import grafana_classic, grafana_splice, grafana_v2
from provision.ship.target.grafana_annotations import GRANT, MANAGER, annotations_of, is_ours, to_send
from provision.ship.target.grafana_history import former_mark, standing
from provision.ship.target.grafana_object import (
    Item,
    Spec,
    content,
    dashboard_spec,
    folder_spec,
    live_dashboard,
    live_folder,
    may_be_classic,
    with_setting,
)
from provision.ship.target.grafana_server import READERS, Keeper, Server, at_once, changed_meanwhile

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


def dashboards() -> Keeper:
    """How dashboards are kept."""
    return _keeper(
        _dashboard_api,
        live_dashboard,
        dashboard_spec,
        lambda uid, title: f"/d/{uid}/{slug(title)}",
        lambda server, uid: former_mark(server.client.resources, _dashboard_api(server, False), uid, MANAGER),
    )


def folders() -> Keeper:
    """How folders are kept."""
    return _keeper(
        lambda server, _: _folder_api(server),
        live_folder,
        folder_spec,
        lambda uid, _: f"/dashboards/f/{uid}",
    )


def dashboard_names(server: Server) -> Iterator[str]:
    """The uids of all dashboards, whoever manages them."""
    return _names(server, _dashboard_api(server, False))


def versions(server: Server, key: str) -> Iterator[Live]:
    """A dashboard's versions, newest first, without what an undone push has written."""
    items = server.client.resources.history(_dashboard_api(server, False), key, _VERSIONS)
    return map(live_dashboard, standing(items))


def all_folders(server: Server) -> Iterator[Live]:
    """All folders, whoever manages them."""
    return (
        live_folder(item) for items in server.client.resources.pages(_folder_api(server)) for item in items
    )


def folder_names(server: Server) -> Iterator[str]:
    """The uids of all folders, whoever manages them."""
    return _names(server, _folder_api(server))


def _names(server: Server, api: Api) -> Iterator[str]:
    return (item["metadata"]["name"] for items in server.client.resources.pages(api) for item in items)


def _keeper(
    api: Callable[[Server, bool], Api],
    live: Callable[[Item], Live],
    spec: Spec,
    page: Callable[[str, str], str],
    former: Callable[[Server, str], Mark | None] = lambda *_: None,
) -> Keeper:
    def read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
        missing = set(wanted)
        converted: set[str] = set()
        classic: set[str] = set()
        unmarked: list[Live] = []

        def told(item: Item) -> Iterator[Live]:
            found = with_setting(server, item, live(item))
            if found.mark is None:
                unmarked.append(found)
            else:
                yield found

        for items in server.client.resources.pages(api(server, False)):
            for position, item in enumerate(items):
                name = item["metadata"]["name"]
                if may_be_classic(item):
                    missing.discard(name)
                    classic.add(name)
                elif name in wanted or is_ours(annotations_of(item)):
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
        item = server.client.resources.get(api(server, False), key)
        if item is not None and grafana_v2.is_converted(server, item):
            item = grafana_v2.original(server, key)
        if item is None:
            return None
        if may_be_classic(item):
            return replace(live(item), mark=grafana_classic.mark_of(server, key, item["spec"]))
        return remembered(server, with_setting(server, item, live(item)))

    def remembered(server: Server, found: Live) -> Live:
        return replace(found, mark=former(server, found.key)) if found.mark is None else found

    def write(server: Server, action: Action, owner: str) -> None:
        if action.verb is Verb.DELETE:
            server.client.resources.remove(api(server, False), action.key, _lock(server, action, one))
            return
        assert action.desired is not None
        second, folder_uid, sent, former_metadata = content(action, spec)
        at = api(server, second)
        metadata: dict[str, Any] = {"name": action.key, **former_metadata}
        if action.former is None:
            metadata["annotations"] = to_send(action, owner, folder_uid, locked=server.locked)
        if action.live is None:
            if at.plural == "dashboards" and not folder_uid:
                # Only an administrator would ever see it again; in a folder the folder's permissions hold.
                metadata["annotations"] = {**metadata.get("annotations", {}), GRANT: "default"}
            server.client.resources.create(at, grafana_splice.request(at, metadata, sent))
            return
        metadata["resourceVersion"] = _lock(server, action, one)
        server.client.resources.replace(at, action.key, grafana_splice.request(at, metadata, sent))

    return Keeper(True, None, read, one, write, page)


def _lists_all(server: Server, api: Api) -> bool:
    """Whether what isn't in the lists isn't there. For a while they leave out what an account has just created that
    sees it only by a permission on it alone; one that sees everything is shown everything at once (seen on 12.4)."""
    action, scopes = _EVERYTHING[api.plural]
    return scopes <= set((server.client.permissions() or {}).get(action, ()))


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
