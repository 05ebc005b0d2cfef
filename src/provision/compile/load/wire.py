"""What crosses the boundary between the loader and its workers, as bytes.

A message is a small JSON value and a blob. The blob of an answer holds definitions: a JSON header and then their
bodies as they are, so that a body is never encoded twice and the cache can keep the blob untouched.
"""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from provision.errors import Problem
from provision.model import Definition, Place

READY = "ready"
"""What a worker says when it has begun."""

BUG = "bug in a worker: "
"""How the last words of a worker begin that failed by itself."""

_LENGTHS = struct.Struct("<IQ")
_HEADER = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a worker has to know before its first source.

    Attributes:
        root: the project's root, absolute.
        environment: the environment's name.
        limit: how long one source may run, in seconds.
        variables: pickled, because TOML knows values that JSON doesn't.
    """

    root: str
    environment: str
    limit: float
    variables: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one source.

    Attributes:
        problems: what is wrong with it.
        inputs: (kind, path, state) of what it read; see `inputs`.
        variables: the names of the variables it read.
        repeatable: whether running it again is sure to give the same, as far as one can know.
        blob: its definitions, packed.
    """

    problems: tuple[Problem, ...] = ()
    inputs: tuple[tuple[str, str, str], ...] = ()
    variables: tuple[str, ...] = ()
    repeatable: bool = False
    blob: bytes = b""


def encode_setting(setting: Setting) -> bytes:
    """The message that carries the setting."""
    return message(None, [pickle.dumps(setting)])


def decode_setting(_: None, blob: bytes) -> Setting:
    """The setting that a message carried."""
    setting: Setting = pickle.loads(blob)  # noqa: S301  # from the loader itself
    return setting


def encode_answer(answer: Answer) -> bytes:
    """The message that carries the answer."""
    problems = [
        [_clean(problem.path), problem.line, _clean(problem.message), _clean(problem.code)]
        for problem in answer.problems
    ]
    meta = [problems, [[kind, _clean(path), state] for kind, path, state in answer.inputs],
            answer.variables, answer.repeatable]  # fmt: skip
    return message(meta, [answer.blob])


def decode_answer(meta: list[Any], blob: bytes) -> Answer:
    """The answer that a message carried."""
    problems, inputs, variables, repeatable = meta
    return Answer(
        tuple(Problem(*problem) for problem in problems),
        tuple((kind, path, state) for kind, path, state in inputs),
        tuple(variables),
        repeatable,
        blob,
    )


def message(meta: object, blobs: Iterable[bytes] = ()) -> bytes:
    """A message: a JSON value, and blobs that arrive joined."""
    head = orjson.dumps(meta)
    body = b"".join(blobs)
    return b"".join((_LENGTHS.pack(len(head), len(body)), head, body))


def write(fd: int, data: bytes) -> None:
    """Write all of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


class Incoming:
    """The messages that arrive on a file descriptor, which may be blocking or not."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = bytearray()

    def read(self) -> bool:
        """Take what is there; false when the other side has closed."""
        chunk = os.read(self._fd, 1 << 16)
        self._buffer += chunk
        return bool(chunk)

    def take(self) -> tuple[Any, bytes] | None:
        """The next message that has arrived whole."""
        if len(self._buffer) < _LENGTHS.size:
            return None
        head, body = _LENGTHS.unpack_from(self._buffer)
        start = _LENGTHS.size
        end = start + head + body
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            meta = orjson.loads(view[start : start + head])
            blob = bytes(view[start + head : end])
        del self._buffer[:end]
        return meta, blob

    def wait(self) -> tuple[Any, bytes] | None:
        """The next message, waited for; None when the other side has closed."""
        while (taken := self.take()) is None:
            if not self.read():
                return None
        return taken


def pack(definitions: Sequence[Definition]) -> bytes:
    """Definitions as one blob."""
    header = orjson.dumps(
        [
            [
                definition.kind,
                definition.key,
                len(definition.body),
                definition.place.path,
                definition.place.line,
                [[pointer, place.path, place.line] for pointer, place in definition.parts],
            ]
            for definition in definitions
        ]
    )
    return b"".join((_HEADER.pack(len(header)), header, *(definition.body for definition in definitions)))


def unpack(blob: bytes | memoryview) -> list[Definition]:
    """The definitions in a blob; none in an empty one.

    Raises:
        ValueError, struct.error: it isn't a blob of definitions.
    """
    if not blob:
        return []
    (size,) = _HEADER.unpack_from(blob)
    at = _HEADER.size + size
    definitions = []
    with memoryview(blob) as view:
        for kind, key, length, path, line, parts in orjson.loads(view[_HEADER.size : at]):
            definitions.append(
                Definition(
                    kind,
                    key,
                    bytes(view[at : at + length]),
                    Place(path, line),
                    tuple((pointer, Place(part, number)) for pointer, part, number in parts),
                )
            )
            at += length
    return definitions


def _clean(text: str | None) -> Any:
    """Text that can be written as UTF-8: what came from undecodable bytes is escaped."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()
