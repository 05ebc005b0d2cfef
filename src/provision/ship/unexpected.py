"""A failure that nobody foresaw, told as a sentence, so that it ends one action and not the report of the others."""

from __future__ import annotations

import traceback
from pathlib import Path


def unexpected(error: Exception) -> str:
    """What happened and where in the program. The exception's own words are left out: they may hold a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"this is a bug in provision ({type(error).__name__}{place}), and it may have been written all the same; "
        f"plan again to see, and please report it"
    )
