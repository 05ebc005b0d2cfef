"""The comment at the top of a file for Prometheus or Alertmanager: who made it, of what, and what was sent.

The mark is one line of JSON, so that any project's name fits; it names the file, so that a copy of a file under
another name isn't taken for ours.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence

import orjson

from provision.model import Mark, Place, Resource, digest

_MARK = b"# provision: "
_WRITTEN = b"# Made by provision"
_LINES = 20
_NAMED = 3


def header(resource: Resource, owner: str) -> str:
    """The header's text for `provision.compile.yamltext.writing.render`."""
    mark = {"base": digest(resource.body), "file": resource.key, "owner": owner}
    return (
        f"{_made_of(resource.places)}\nprovision: {orjson.dumps(mark, option=orjson.OPT_SORT_KEYS).decode()}"
    )


def marked(text: bytes, resource: Resource, owner: str) -> bytes:
    """A file as it is, with a header that carries the mark of `owner` in the place of whatever header it had.

    Args:
        resource: its body is what the file holds.
    """
    lines = text.removeprefix(codecs.BOM_UTF8).splitlines(keepends=True)
    top = next((at for at, line in enumerate(lines) if not line.startswith(b"#")), len(lines))
    kept = [line for line in lines[:top] if not line.startswith((_MARK, _WRITTEN))]
    comment = "".join(f"# {line}\n" for line in header(resource, owner).splitlines())
    return comment.encode() + b"".join([*kept, *lines[top:]])


def read_mark(text: bytes, key: str) -> Mark | None:
    """The mark in the comment at the top of a file that is called `key`; None when it has none, or another
    file's."""
    for line in text.split(b"\n", _LINES)[:_LINES]:
        if not line.startswith(b"#"):
            return None
        if line.startswith(_MARK):
            try:
                said = orjson.loads(line.removeprefix(_MARK))
                return Mark(str(said["owner"]), str(said["base"])) if said["file"] == key else None
            except (orjson.JSONDecodeError, KeyError, TypeError):
                return None
    return None


def _made_of(places: Sequence[Place]) -> str:
    # Without lines: a file must not change when a line is added above what it is made of.
    paths = sorted({place.path for place in places})
    if not paths:
        return "Made by provision: an edit here is a conflict at the next push."
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"Made by provision. Edit {', '.join(paths[:_NAMED])}{more} instead: an edit here is a conflict at the next push."
