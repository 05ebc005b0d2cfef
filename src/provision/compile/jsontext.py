"""The text of a JSON file, or what is wrong with it and at which line."""

from __future__ import annotations

import codecs

import orjson

from provision.compile.hints import hint
from provision.errors import Problem
from provision.model import JSON


class JsonError(Exception):
    """A file isn't JSON; `problem` says why and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read(path: str, content: bytes) -> JSON:
    """What a JSON file holds, whatever editor wrote it.

    Args:
        path: relative to the project's root, for messages.

    Raises:
        JsonError: it isn't JSON.
    """
    try:
        return orjson.loads(_utf8(content))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise JsonError(Problem(path, line, f"isn't {error.encoding.upper()}: {error.reason}")) from None
    except orjson.JSONDecodeError as error:
        known = hint(content.decode("utf-8", "replace"))
        what = f"not valid JSON: {error.msg} (column {error.colno})" + (f"; {known}" if known else "")
        raise JsonError(Problem(path, error.lineno, what)) from None


def _utf8(content: bytes) -> str:
    """The text without the mark that Windows' editors put before it, from UTF-16 if they wrote that."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")
