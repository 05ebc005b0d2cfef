"""No offset reaches further back than what the server keeps."""

from __future__ import annotations

from collections.abc import Iterator

from provision.author.durations import shown
from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.retention import retention_seconds

ID = "promql-offset"


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Selectors that look for what was deleted long ago. An offset that a variable stands for is five minutes here."""
    if "offset" not in expression.plain.lower():
        return
    retention = retention_seconds(estate.project)
    found = facts_of(expression) if retention else None
    if retention is None or found is None:
        return
    offsets = {each.offset_seconds: each for each in reversed(found.timed)}
    for offset in sorted(each for each in offsets if each > retention):
        yield said(
            estate, ID, "error", expression,
            f"offset {shown(offset)} finds nothing: Prometheus keeps {shown(retention)}",
            "compare with less long ago, or record what is to be kept longer", node=offsets[offset],
        )  # fmt: skip
