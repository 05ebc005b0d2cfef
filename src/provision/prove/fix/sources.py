"""A source of any form with its expressions corrected where they stand literally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from provision.promql.edits import Corrected
from provision.prove.fix.python import Rewritten, rewritten_python
from provision.prove.fix.texts import rewritten_json, rewritten_yaml

Rewrite = Callable[[str, Sequence[tuple[str, Corrected]]], Rewritten]

_FORMS: Final[Mapping[str, Rewrite]] = {
    "py": rewritten_python,
    "json": rewritten_json,
    "yml": rewritten_yaml,
    "yaml": rewritten_yaml,
    "rules": rewritten_yaml,
}


def rewritten(path: str, source: str, wanted: Sequence[tuple[str, Corrected]]) -> Rewritten:
    """A source with its changes, and which of them were made.

    Args:
        path: its ending says what it is.
        source: its text, with the line ends that it has.
        wanted: the expressions as it makes them, and what they become.
    """
    form = _FORMS.get(path.rpartition(".")[2])
    return Rewritten(source, frozenset()) if form is None else form(source, wanted)
