"""Names of files and folders made of titles that people gave: safe on every system, and none twice."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_LONGEST_BYTES: Final = 80
_UNSAFE: Final = re.compile(r"[^\w.]+")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What Windows keeps for devices."""


class Names:
    """The names that were given so far, by folder; no two differ only in upper and lower case."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()

    def name(self, folder: str, title: str, key: str) -> str:
        """A name for what has that title, within `folder`.

        Args:
            key: what tells it apart from others of the same title.
        """
        plain = _safe(title) or _safe(key)
        if not plain or (folder.casefold(), plain.casefold()) in self._taken:
            mark = hashlib.sha256(key.encode()).hexdigest()[:8]
            plain = f"{plain}-{mark}".lstrip("-")
        self._taken.add((folder.casefold(), plain.casefold()))
        return plain


def _safe(title: str) -> str:
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", title))
    text = text.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip("-._")
    return f"{text}-" if _RESERVED.fullmatch(text) else text
