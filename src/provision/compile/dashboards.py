"""Dashboards of every kind an author may write, and the folders they lie in, to definitions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from provision.author import Folder, JsonDashboard
from provision.author.place import Written
from provision.compile import jsontext
from provision.compile.keys import UID, folder_of, inside, uid_of
from provision.compile.kinds import DASHBOARD, FOLDER, GRAFANA_RULE_GROUP, LIBRARY_PANEL
from provision.errors import Problem
from provision.model import Definition, Place, decode, encode

if TYPE_CHECKING:
    from provision.compile.normalize import SecondGeneration

Locate = Callable[[Written], Place | None]

GENERAL = "general"
"""The uid by which Grafana means no folder at all."""


def is_dashboard(value: object) -> bool:
    """Whether it is a dashboard: grafanalib's, a foundation-sdk builder or model, or marked JSON."""
    return isinstance(value, JsonDashboard) or _is_grafanalib(value) or _is_sdk(value)


def title_of(value: object) -> str:
    """The title by which dashboards in one list are told apart; empty for what has none."""
    if isinstance(value, dict):
        return str(value.get("title") or "")
    title = getattr(value, "title", None)
    return title if isinstance(title, str) else ""


def compile_dashboard(path: str, suffix: tuple[str, ...], value: object, place: Place) -> list[Definition]:
    """The definition of one dashboard. Its uid is the author's, or else made of the path and the name it is
    assigned to; a dashboard named `dashboard` has the path alone.

    Raises:
        ValueError: it can't become a dashboard of a modern Grafana, or its uid isn't one.
    """
    from provision.compile import normalize

    if normalize.is_v2(value):
        return [_second(path, _own(suffix), normalize.from_v2(value), place)]
    if isinstance(value, JsonDashboard):
        spec = normalize.from_json(dict(value))
    elif _is_grafanalib(value):
        spec = normalize.from_grafanalib(value)
    else:
        spec = normalize.from_sdk(value)
    return [_definition(path, _own(suffix), spec, place)]


def copies(path: str, made: Sequence[tuple[tuple[str, ...], Definition]]) -> frozenset[int]:
    """The ids of definitions that are another one of the same source once more: a builder beside what it built, a
    dashboard beside what `auto_panel_ids` made of it. The one that is named `dashboard` is kept, else the first; a
    manifest, which gives a builder its uid, rather than the builder.

    Args:
        made: the dashboards of one source, each with what tells it apart there.
    """
    if len(made) < 2:
        return frozenset()
    kept: dict[bytes, tuple[bool, Definition]] = {}
    doubles: set[int] = set()
    derived_uids = {id(definition): uid_of(*inside(path), *_own(suffix)) for suffix, definition in made}
    manifests = {one.body for _, one in made if b'"schema"' in one.body and one.key != derived_uids[id(one)]}
    for suffix, definition in made:
        body = decode(definition.body)
        uid = definition.key
        body["spec"].pop("uid", None)
        derived = uid == derived_uids[id(definition)]
        if derived and "schema" in body and definition.body in manifests:
            doubles.add(id(definition))
            continue
        content = encode([body, None if derived else uid])
        chosen = suffix == ("dashboard",)
        earlier = kept.get(content)
        if earlier is None or (chosen and not earlier[0]):
            kept[content] = (chosen, definition)
        if earlier is not None:
            doubles.add(id(definition if kept[content][1] is earlier[1] else earlier[1]))
    return frozenset(doubles)


def compile_folder(path: str, folder: Folder, place: Place, _: Locate) -> list[Definition]:
    """The definition of the folder that the source's directory becomes.

    Raises:
        ValueError: the source lies in no subdirectory, or the uid isn't one.
    """
    directory = folder_of(path)
    if not directory:
        raise ValueError("a Folder stands in a source of the subdirectory of dashboards/ that it describes")
    return [folder_definition(directory, folder.title, folder.uid, place)]


def folders_for(definitions: Iterable[Definition], more: Iterable[str] = ()) -> list[Definition]:
    """The folders that `definitions` lack: one for each directory that holds a dashboard, for each that a library
    panel or a rule group of Grafana lies in, and their parents, unless a source describes it. The title is made of
    the directory's name.

    Args:
        more: paths of further ones.
    """
    given = list(definitions)
    described = {definition.key for definition in given if definition.kind == FOLDER}
    wanted: dict[str, Place] = {}
    asked = [(_folder_around(one), one) for one in given]
    # What lies elsewhere than in that directory is itself what asks for the folder.
    elsewhere = [(path, one.place) for path, one in asked if not _is_directory_of(one, path)]
    here = [path for path, one in asked if _is_directory_of(one, path)]
    for path, place in (*((path, None) for path in (*here, *more)), *elsewhere):
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            directory = "/".join(parts[:depth])
            if directory:
                wanted.setdefault(directory, place or Place(f"dashboards/{directory}"))
    return [
        folder_definition(directory, _title(directory.rsplit("/", 1)[-1]), None, place)
        for directory, place in sorted(wanted.items())
        if directory not in described
    ]


def _is_directory_of(definition: Definition, folder: str) -> bool:
    """Whether the folder is the directory under `dashboards/` that a definition was written in or describes."""
    path = definition.place.path
    return definition.kind in (DASHBOARD, FOLDER) or (
        path.startswith("dashboards/") and folder_of(path) == folder
    )


def _folder_around(definition: Definition) -> str:
    """The path of the folder that a definition lies in or describes; empty for none."""
    if definition.kind in (LIBRARY_PANEL, GRAFANA_RULE_GROUP):
        return str(decode(definition.body)["folder"])
    if definition.kind == FOLDER:
        return definition.key
    return folder_of(definition.place.path) if definition.kind == DASHBOARD else ""


def from_file(path: str, content: bytes) -> tuple[list[Definition], list[Problem]]:
    """The dashboard of a JSON file, taken over as it is."""
    from provision.compile import normalize

    try:
        spec = jsontext.read(path, content)
    except jsontext.JsonError as error:
        return [], [error.problem]
    if not isinstance(spec, dict):
        return [], [Problem(path, 1, f"not a dashboard: expected a JSON object; {_LEAVE_OUT}", other=True)]
    try:
        if _is_exact(spec):
            return [_exact(path, spec, Place(path, 1))], []
        if normalize.is_v2(spec):
            return [_second(path, (), normalize.from_v2(spec), Place(path, 1))], []
        return [_definition(path, (), normalize.from_json(spec), Place(path, 1))], []
    except (ValueError, TypeError) as error:
        what = str(error)
        if what.startswith("not a dashboard"):
            return [], [Problem(path, 1, f"{what}; {_LEAVE_OUT}", other=True)]
        return [], [Problem(path, 1, what)]


EXACT = "provision/exact"
"""The annotation of a resource that is taken over to the letter: what a server holds, though no author should write
it so, is pulled like this."""


def _is_exact(file: dict[str, Any]) -> bool:
    metadata, spec = file.get("metadata"), file.get("spec")
    return (
        isinstance(metadata, dict)
        and isinstance(spec, dict)
        and isinstance(metadata.get("name"), str)
        and isinstance(metadata.get("annotations"), dict)
        and metadata["annotations"].get(EXACT) == "true"
    )


_LEAVE_OUT = "begin the file's name with _ if it is there for other sources to read"


def _own(suffix: tuple[str, ...]) -> tuple[str, ...]:
    """What of a dashboard's name in its source goes into its uid."""
    own = tuple(part for part in suffix if part)
    return own[1:] if own[:1] == ("dashboard",) else own


def _definition(path: str, own: tuple[str, ...], spec: dict[str, Any], place: Place) -> Definition:
    uid = _named(path, own, spec.get("uid"), spec)
    body = encode({"folder": folder_of(path), "spec": {**spec, "uid": uid}})
    return Definition(DASHBOARD, uid, body, place)


def _exact(path: str, file: dict[str, Any], place: Place) -> Definition:
    uid = _named(path, (), file["metadata"]["name"], file["spec"])
    version = str(file.get("apiVersion")).rpartition("/")[2]
    second = {"schema": version} if version.startswith("v2") else {}
    spec = file["spec"] if second else {**file["spec"], "uid": uid}
    body = {"folder": folder_of(path), "exact": True, **second, "spec": spec}
    return Definition(DASHBOARD, uid, encode(body), place)


def _second(path: str, own: tuple[str, ...], made: SecondGeneration, place: Place) -> Definition:
    uid = _named(path, own, made.uid, made.spec)
    body = encode({"folder": folder_of(path), "schema": made.schema, "spec": made.spec})
    return Definition(DASHBOARD, uid, body, place)


def _named(path: str, own: tuple[str, ...], said: Any, spec: dict[str, Any]) -> str:
    """The uid of a dashboard, once that and its title have proved to be ones."""
    uid = said or uid_of(*inside(path), *own)
    if not isinstance(uid, str) or not UID.fullmatch(uid):
        raise ValueError(f"uid {uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")
    title = spec.get("title")
    if not isinstance(title, str) or not title.strip():
        raise ValueError("a dashboard needs a title, and this one has none")
    return uid


def folder_definition(
    directory: str, title: str, uid: str | None, place: Place, description: str = ""
) -> Definition:
    """The definition of the folder at a path as under dashboards/.

    Raises:
        ValueError: the uid isn't one, or is Grafana's own.
    """
    parts = directory.split("/")
    if uid is not None and not UID.fullmatch(uid):
        raise ValueError(f"uid {uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")
    if uid == GENERAL:
        raise ValueError(f"the uid {GENERAL!r} is Grafana's own, for dashboards that lie in no folder")
    own = uid or uid_of(*parts)
    body = {
        "uid": own if own != GENERAL else uid_of(*parts, "folder"),
        "title": title,
        "parent": "/".join(parts[:-1]),
        **({"description": description} if description else {}),
    }
    return Definition(FOLDER, directory, encode(body), place)


def _title(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _is_grafanalib(value: object) -> bool:
    core = sys.modules.get("grafanalib.core")
    return core is not None and isinstance(value, core.Dashboard)


def _is_sdk(value: object) -> bool:
    """A builder of a dashboard, or a built one, of any schema generation (`dashboard`, `dashboardv2…`), or a
    manifest of one of the second."""
    kind = type(value)
    parts = kind.__module__.split(".")
    if parts[0] != "grafana_foundation_sdk":
        return False
    if kind.__name__ == "Manifest":
        from provision.compile import normalize

        return normalize.is_v2(value)
    return parts[-1].startswith("dashboard") and kind.__name__ == "Dashboard"
