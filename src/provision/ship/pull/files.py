"""What is live as JSON sources: the way of `shape` backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from provision.compile.dashboards import EXACT
from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER, GRAFANA_RULE_GROUP, LIBRARY_PANEL, POLICY
from provision.model import JSON, Live, decode
from provision.ship.pull.names import Names

RULE_FILE: Final = "rule-file"
_GROUP: Final = "dashboard.grafana.app"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One source.

    Attributes:
        path: relative to the project's root.
        value: the JSON that stands in it.
        kind, key: the resource that it makes.
    """

    path: str
    value: JSON
    kind: str
    key: str

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return orjson.dumps(self.value, option=orjson.OPT_INDENT_2) + b"\n"


def folder_paths(folders: Iterable[Live]) -> dict[str, str]:
    """The path under dashboards/ for each folder of a Grafana, by uid: made of titles."""
    bodies = {found.key: decode(found.body) for found in sorted(folders, key=lambda found: found.key)}
    names, paths = Names(), dict[str, str]()

    def path(uid: str, below: tuple[str, ...] = ()) -> str:
        if uid not in paths:
            above = str(bodies[uid].get("parentUid") or "")
            known = above in bodies and above not in below
            folder = path(above, (*below, uid)) if known else ""
            name = names.name(folder, str(bodies[uid]["title"]), uid)
            paths[uid] = f"{folder}/{name}" if folder else name
        return paths[uid]

    for uid in bodies:
        path(uid)
    return paths


def source_files(live: Iterable[Live], paths: Mapping[str, str]) -> list[SourceFile]:
    """A JSON source for each resource that there is one for.

    Args:
        paths: the path of each folder by uid, as `folder_paths` makes them.
    """
    names = Names()
    made = []
    for found in sorted(live, key=lambda found: (found.kind, found.key)):
        body = decode(found.body)
        if found.kind == DASHBOARD:
            folder = paths.get(body["folderUid"], body["folderUid"])
            name = names.name(f"dashboards/{folder}", found.title, found.key)
            path = "/".join(part for part in ("dashboards", folder, f"{name}.json") if part)
            made.append(SourceFile(path, _dashboard(found.key, body), found.kind, found.key))
        elif found.kind == RULE_FILE:
            made.append(SourceFile(f"rules/{found.key}", body, found.kind, found.key))  # JSON is YAML, too
        elif found.kind in _SPECS:
            folder = f"provisioning/grafana/{found.kind}"
            name = names.name(folder, (found.kind != POLICY and found.title) or found.key, found.key)
            spec = _SPECS[found.kind](found, body, paths)
            value = {"kind": found.kind, "spec": spec}
            made.append(SourceFile(f"{folder}/{name}.json", value, found.kind, found.key))
    return made


def _dashboard(uid: str, body: dict[str, Any]) -> JSON:
    """As Grafana exports one; the second generation has no other form than that of a resource."""
    if "schema" not in body:
        return body["spec"]
    version = f"{_GROUP}/{body['schema']}"
    return {"apiVersion": version, "kind": "Dashboard", "metadata": {"name": uid}, "spec": body["spec"]}


def exactly(file: SourceFile) -> SourceFile:
    """The source of a dashboard that is taken over to the letter, also where a source would be put right."""
    plain = file.value
    if not is_resource(plain):
        plain = {"apiVersion": f"{_GROUP}/v0alpha1", "kind": "Dashboard", "spec": plain}
    metadata = {"name": file.key, "annotations": {EXACT: "true"}}
    return SourceFile(file.path, {**plain, "metadata": metadata}, file.kind, file.key)


def is_exact(file: SourceFile) -> bool:
    """Whether it is one of these already."""
    return is_resource(file.value) and "annotations" in file.value["metadata"]


def is_resource(value: JSON) -> bool:
    """Whether a dashboard's JSON has the form of a resource, and not that of its spec alone."""
    return "apiVersion" in value and isinstance(value.get("spec"), dict)


Spec = dict[str, Any]


def _folder(found: Live, body: Spec, paths: Mapping[str, str]) -> Spec:
    spec = {"path": paths[found.key], "uid": found.key, "title": body["title"]}
    return {**spec, "description": body["description"]} if body.get("description") else spec


def _in_folder(found: Live, body: Spec, paths: Mapping[str, str]) -> Spec:
    rest = {name: value for name, value in body.items() if name != "folderUid"}
    own = {"uid": found.key} if found.kind == LIBRARY_PANEL else {}
    return {**own, "folder": paths.get(body["folderUid"], body["folderUid"]), **rest}


def _as_it_is(_found: Live, body: Spec, _paths: Mapping[str, str]) -> Spec:
    return body


def _policy(_found: Live, body: Spec, _paths: Mapping[str, str]) -> Spec:
    return {"root": body.get("root"), "routes": body["routes"]}


_SPECS: Final[Mapping[str, Callable[[Live, Spec, Mapping[str, str]], Spec]]] = {
    FOLDER: _folder,
    DATASOURCE: _as_it_is,
    LIBRARY_PANEL: _in_folder,
    "template": _as_it_is,
    "mute-timing": _as_it_is,
    "contact-point": _as_it_is,
    POLICY: _policy,
    GRAFANA_RULE_GROUP: _in_folder,
}
