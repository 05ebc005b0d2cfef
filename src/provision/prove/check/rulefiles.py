"""Rule files as promtool reads them fast: JSON is YAML too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

_UNPRINTABLE = re.compile("[\x7f-\x9f\ufeff\ufffe\uffff]")


def rule_file(groups: Sequence[Mapping[str, Any]]) -> bytes:
    """The bytes of a rule file with these groups, one value a line."""
    text = orjson.dumps({"groups": groups}, option=orjson.OPT_INDENT_2).decode()
    # YAML reads these only when they are escaped.
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()
