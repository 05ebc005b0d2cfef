"""Where an edit goes: into the source if that is JSON, else into a patch beside it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Final

import orjson

from provision.compile import jsontext
from provision.compile.jsonpatching import make_patch
from provision.compile.patches import FORMAT, find_patches, name_of
from provision.errors import ProvisionError
from provision.model import JSON, decode
from provision.ship.pull.edit import Edit
from provision.ship.pull.files import SourceFile, exactly
from provision.tools.writing import write_beside

_ROOM: Final = "dashboards"


def take_over(root: Path, edit: Edit) -> tuple[str, list[str]]:
    """Write an edit into the project: what was written, relative to its root (empty for nothing), and what was
    removed.

    Raises:
        ProvisionError: something can't be written or is in the way.
    """
    path = edit.definition.place.path
    old = [each for each in find_patches(root) if each.endswith(f"/{name_of(edit.definition.key)}")]
    is_json = path.startswith(f"{_ROOM}/") and path.endswith(".json")
    to, content = _json(root, edit) if is_json else _patch(edit, old)
    gone = [each for each in old if each != to or content is None]
    if is_json and to != path:
        gone.append(path)
    try:
        if content is not None:
            write_beside(root / to, content)
        for each in gone:
            (root / each).unlink()
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=str(root / to)) from None
    return (to if content is not None else ""), gone


def _patch(edit: Edit, old: list[str]) -> tuple[str, bytes | None]:
    definition = edit.definition
    patch = make_patch(decode(definition.body), edit.body)
    folders = PurePosixPath(definition.place.path).parent.parts
    sound = folders[:1] == (_ROOM,) and not any(name.startswith(("_", ".")) for name in folders)
    beside = "/".join(folders) if sound else _ROOM
    to = old[0] if old else f"{beside}/{name_of(definition.key)}"
    document = {"format": FORMAT, "kind": definition.kind, "key": definition.key, "patch": patch}
    return to, orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n" if patch else None


def _json(root: Path, edit: Edit) -> tuple[str, bytes | None]:
    """The source's new content, in the file's own order and wrapping; a dashboard in another folder is moved."""
    path, before = edit.definition.place.path, decode(edit.definition.body)
    if not make_patch(before, edit.body):
        return path, None
    held = jsontext.read(path, (root / path).read_bytes())
    value = _rewrapped(held, edit.body["spec"])
    if edit.body.get("exact") and not before.get("exact"):
        bare = SourceFile(path, edit.body["spec"], edit.definition.kind, edit.definition.key)
        value = exactly(bare).value
    to = path
    if edit.body["folder"] != before["folder"]:
        to = "/".join(part for part in (_ROOM, edit.body["folder"], PurePosixPath(path).name) if part)
        if (root / to).exists():
            raise ProvisionError(
                "is there already, and the dashboard was moved into its folder",
                where=to,
                remedy="rename one of them",
            )
    return to, orjson.dumps(_ordered(value, held), option=orjson.OPT_INDENT_2) + b"\n"


def _rewrapped(file: Any, spec: JSON) -> JSON:
    """`spec` in the place of the one in a file (see `compile.normalize.json_dashboard`)."""
    inner = file.get("dashboard")
    if isinstance(inner, dict) and "panels" not in file and "rows" not in file:
        return {**file, "dashboard": _rewrapped(inner, spec)}
    return {**file, "spec": spec} if isinstance(file.get("apiVersion"), str) and "kind" in file else spec


def _ordered(value: JSON, like: JSON) -> JSON:
    """`value` with its keys in the order of `like`, new ones last."""
    if isinstance(value, dict) and isinstance(like, dict):
        names = [*(name for name in like if name in value), *(name for name in value if name not in like)]
        return {name: _ordered(value[name], like.get(name)) for name in names}
    if isinstance(value, list) and isinstance(like, list):
        return [_ordered(item, like[at] if at < len(like) else None) for at, item in enumerate(value)]
    return value
