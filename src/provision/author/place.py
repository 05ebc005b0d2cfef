"""Where an author wrote a value: the caller's file and line, taken when the value is made."""

from __future__ import annotations

import sys
from dataclasses import field
from typing import Any

Written = tuple[str, int]
"""(file name as Python knows it, line counted from 1)."""


def caller() -> Written:
    """The place that called the constructor from which this is called as a default factory."""
    frame = sys._getframe(2)  # 0 is this function, 1 the generated __init__, 2 the author's code
    return frame.f_code.co_filename, frame.f_lineno


def written() -> Any:
    """The dataclass field that holds the place; it takes no part in equality or in repr."""
    return field(default_factory=caller, compare=False, repr=False, kw_only=True)
