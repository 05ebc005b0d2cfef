"""JSON files under provisioning/: `{"kind": KIND, "spec": {…}}`, where the spec is the body of a definition of that
kind (`provision.compile.kinds`) with its key. `provision pull --all` writes such files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from provision.author import plain_secrets
from provision.compile import jsontext
from provision.compile.dashboards import folder_definition
from provision.compile.grafana import check_uid, named
from provision.compile.keys import uid_of
from provision.compile.kinds import (
    CONTACT_POINT,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    OF_SOME_DATASOURCES,
    POLICY,
    TEMPLATE,
)
from provision.errors import Problem, did_you_mean
from provision.model import Definition, Place, encode

Spec = dict[str, Any]

_LEAVE_OUT: Final = "begin the file's name with _ if it is there for other sources to read"
_ROOT: Final = "root"


def from_file(path: str, content: bytes) -> tuple[list[Definition], list[Problem]]:
    """The definition of a JSON file under provisioning/."""
    try:
        document = jsontext.read(path, content)
        kind, spec = _unwrapped(document)
        return [_READERS[kind](spec, Place(path, 1))], []
    except jsontext.JsonError as error:
        return [], [error.problem]
    except (ValueError, TypeError) as error:
        return [], [Problem(path, 1, str(error))]


def _unwrapped(document: object) -> tuple[str, Spec]:
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
        raise ValueError(f'not a resource: expected {{"kind": …, "spec": {{…}}}}; {_LEAVE_OUT}')  # noqa: TRY004  # a wrong value to authors
    kind = document["kind"]
    if kind not in _READERS:
        known = ", ".join(sorted(_READERS))
        where = "; dashboards lie under dashboards/" if kind == "dashboard" else ""
        raise ValueError(f"a resource of kind {kind!r} can't stand here{where}; the kinds are {known}")
    if not isinstance(document.get("spec"), dict):
        raise ValueError(f"the spec of this {kind} must be an object")  # noqa: TRY004
    return kind, document["spec"]


def _folder(spec: Spec, place: Place) -> Definition:
    path = _path(named(spec.get("path"), "a folder's path"), "path")
    title = named(spec.get("title"), "a folder's title")
    return folder_definition(path, title, spec.get("uid"), place, _text(spec, "description"))


def _datasource(spec: Spec, place: Place) -> Definition:
    check_uid(spec.get("uid"))
    body = {
        "name": named(spec.get("name"), "a data source"),
        "uid": spec["uid"],
        "type": named(spec.get("type"), "a data source's type"),
        "url": _text(spec, "url"),
        "access": _text(spec, "access") or "proxy",
        "isDefault": bool(spec.get("isDefault")),
        "jsonData": _object(spec, "jsonData"),
        "basicAuth": bool(spec.get("basicAuth")),
        "basicAuthUser": _text(spec, "basicAuthUser"),
        "secure": _references(spec, "data source"),
    }
    others = {name: value for name, value in spec.items() if name not in body}
    for name in others:
        if name not in OF_SOME_DATASOURCES:
            meant = did_you_mean(name, (*body, *OF_SOME_DATASOURCES), "take it out")
            raise ValueError(f"data source {body['name']!r} has no field {name!r}; {meant}")
    return Definition(DATASOURCE, spec["uid"], encode({**others, **body}), place)


def _library_panel(spec: Spec, place: Place) -> Definition:
    name = named(spec.get("name"), "a library panel")
    uid = spec.get("uid") or uid_of("library", name)
    check_uid(uid)
    model = _object(spec, "model")
    if not isinstance(model.get("type"), str):
        raise ValueError(f"library panel {name!r}: its model must be a panel with a type")  # noqa: TRY004
    body = {"folder": _path(_text(spec, "folder"), "folder"), "name": name, "model": model}
    return Definition(LIBRARY_PANEL, uid, encode(body), place)


def _template(spec: Spec, place: Place) -> Definition:
    name = named(spec.get("name"), "a message template")
    text = named(spec.get("template"), f"message template {name!r}: template")
    return Definition(TEMPLATE, name, encode({"name": name, "template": text}), place)


def _mute_timing(spec: Spec, place: Place) -> Definition:
    name = named(spec.get("name"), "a mute timing")
    body = {"name": name, "time_intervals": _objects(spec, "time_intervals")}
    return Definition(MUTE_TIMING, name, encode(body), place)


def _contact_point(spec: Spec, place: Place) -> Definition:
    name = named(spec.get("name"), "a contact point")
    body = {"name": name, "integrations": [_integration(one, name) for one in _objects(spec, "integrations")]}
    return Definition(CONTACT_POINT, name, encode(body), place)


def _integration(one: Spec, name: str) -> Spec:
    kind = named(one.get("type"), f"contact point {name!r}: an integration's type")
    settings = _object(one, "settings")
    plain_secrets.refuse_settings(kind, settings)
    body = {
        "type": kind,
        "settings": settings,
        "disableResolveMessage": bool(one.get("disableResolveMessage")),
        "secure": _references(one, f"contact point {name!r}, {kind}"),
    }
    if one.get("uid") is None:
        return body
    check_uid(one["uid"])
    return {**body, "uid": one["uid"]}


def _policy(spec: Spec, place: Place) -> Definition:
    root = spec.get("root")
    if root is not None and not isinstance(root, dict):
        raise ValueError("the root of the policies must be an object or null")
    return Definition(POLICY, _ROOT, encode({"root": root, "routes": _objects(spec, "routes")}), place)


def _rule_group(spec: Spec, place: Place) -> Definition:
    title = named(spec.get("title"), "a rule group's title")
    folder = _path(named(spec.get("folder"), f"rule group {title!r}: folder"), "folder")
    interval = spec.get("interval")
    if isinstance(interval, bool) or not isinstance(interval, int):
        what = f"interval must be a whole number of seconds, not {interval!r}"
        raise ValueError(f"rule group {title!r}: {what}")  # noqa: TRY004
    body = {"folder": folder, "title": title, "interval": interval, "rules": _objects(spec, "rules")}
    return Definition(GRAFANA_RULE_GROUP, f"{folder}/{title}", encode(body), place)


_READERS: Final[Mapping[str, Callable[[Spec, Place], Definition]]] = {
    FOLDER: _folder,
    DATASOURCE: _datasource,
    LIBRARY_PANEL: _library_panel,
    TEMPLATE: _template,
    MUTE_TIMING: _mute_timing,
    CONTACT_POINT: _contact_point,
    POLICY: _policy,
    GRAFANA_RULE_GROUP: _rule_group,
}

_SOURCES: Final = ("env", "file", "server")


def _references(spec: Spec, where: str) -> Spec:
    secure = _object(spec, "secure")
    for name, found in secure.items():
        known = (
            isinstance(found, dict) and found.get("source") in _SOURCES and isinstance(found.get("name"), str)
        )
        if not known or not isinstance(found.get("version", ""), str):
            # What stands there may be the secret itself: it isn't shown.
            raise ValueError(
                f'{where}: secure: {name} must say where the secret is found, as in {{"source": "env", "name": '
                f'"VARIABLE"}}; "source" is one of {", ".join(_SOURCES)}'
            )
    return secure


def _path(path: str, name: str) -> str:
    """A folder's path as under dashboards/."""
    parts = path.split("/")
    if path and any(not part or part in (".", "..") for part in parts):
        raise ValueError(f"{name} must be a path of folders such as team/shop, not {path!r}")
    return path


def _text(spec: Spec, name: str) -> str:
    value = spec.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be a text")
    return value or ""


def _object(spec: Spec, name: str) -> Spec:
    value = spec.get(name)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{name} must be an object")
    return value or {}


def _objects(spec: Spec, name: str) -> list[Spec]:
    value = spec.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{name} must be a list of objects")
    return value
