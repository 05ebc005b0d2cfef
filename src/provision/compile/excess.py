"""What is too much in a JSON or YAML file: such a file would take the memory of the process that reads it, or end it."""

from __future__ import annotations

import re
from typing import Final

LARGEST_BYTES: Final = 64 * 2**20
_MOST_VALUES: Final = 5_000_000
"""Of the file, whatever it is; of YAML, whose values take more memory, `yamltext` reads fewer. A dashboard of a thousand
panels has some 30,000."""
_DEEPEST: Final = 4_000
"""Brackets in one another: libyaml recurses, and would end the process."""


def excess(content: bytes) -> str:
    """What is too much in a file, as a message; empty when it can be read."""
    if len(content) > LARGEST_BYTES:
        return too_large(len(content))
    opened = content.count(b"[") + content.count(b"{")
    if opened + content.count(b",") > _MOST_VALUES:
        return f"has more than {_MOST_VALUES:,} values; such files aren't read"
    is_deep = opened > _DEEPEST and _depth_exceeded(content)
    return "nested too deeply" if is_deep or b"- " * _DEEPEST in content else ""


def too_large(size: int) -> str:
    """The message for a file of that many bytes."""
    return f"has {size >> 20} MiB; files of more than {LARGEST_BYTES >> 20} MiB aren't read"


def _depth_exceeded(content: bytes) -> bool:
    depth = 0
    for bracket in re.finditer(rb"[\[\]{}]", content):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > _DEEPEST:
            return True
    return False
