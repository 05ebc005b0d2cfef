"""Requests and answers of dashboards, put together and recognised as bytes.

A push of thousands would decode each dashboard to leave one field out, encode it, decode it for its title, and
decode the answer, which nobody looks at. Canonical bytes have their keys in order, and a quotation mark within a text
has a backslash before it, so the few that are wanted are found at the end. Whatever isn't written as expected is None
here, and is decoded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.client.grafana_resource import Api
from provision.model import JSON, decode, encode

_HEAD = re.compile(rb'\{"folderUid":("[^"\\]*"),"spec":')
_TITLE = b'"title":"'
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_UID = re.compile(rb',"uid":"[^"\\]*"')


@dataclass(frozen=True, slots=True)
class Pieces:
    """The body of a dashboard of the classic schema.

    Attributes:
        spec: canonical bytes without the field `uid`, which the resource API keeps elsewhere.
    """

    folder_uid: str
    title: str
    spec: bytes


def pieces(body: bytes) -> Pieces | None:
    """The pieces of canonical bytes, or None where they can't be told without decoding."""
    head, start = _HEAD.match(body), body.rfind(_TITLE)
    if head is None or start < 0:
        return None
    title = _TEXT.match(body, start + len(_TITLE) - 1)
    if title is None:
        return None
    # Two objects are closed at the end and none before, so this is the title of the spec and no panel's.
    tail = body[title.end() :]
    if not tail.endswith(b"}}") or any(mark in tail[:-2] for mark in (b"{", b"}", b"[", b"]", b"\\")):
        return None
    uids = list(_UID.finditer(tail))
    if len(uids) != 1:
        return None
    rest = tail[: uids[0].start()] + tail[uids[0].end() : -1]
    return Pieces(decode(head[1]), decode(title[0]), body[head.end() : title.end()] + rest)


def request(api: Api, metadata: JSON, spec: bytes) -> bytes:
    """The body of a request that writes an object of the resource API, from the bytes of its spec."""
    head = encode({"apiVersion": f"{api.group}/{api.version}", "kind": api.kind, "metadata": metadata})
    return b"".join((head[:-1], b',"spec":', spec, b"}"))
