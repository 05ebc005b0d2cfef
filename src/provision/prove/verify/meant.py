"""What was probably meant by a name that isn't there."""

from __future__ import annotations

from collections.abc import Collection

from provision.prove.check.estate import suggestion


def meant(name: str, known: Collection[str]) -> str:
    """`did you mean "…"?` for the known name that is most like it; empty when none is."""
    return suggestion(name, known)
