"""Two bodies of one kind to their changes: who compares what, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from provision.compile import kinds
from provision.diff.dashboards_v2 import body_changes
from provision.diff.filetext import file_changes
from provision.diff.grafana_alerting import CONTACT_POINT, POLICY
from provision.diff.grafana_alerting import RULE_GROUP as GRAFANA_RULE_GROUP
from provision.diff.hidden import cover, uncovered
from provision.diff.leaves import MISSING, PLAIN, Handler, Shape, change, leaves
from provision.diff.panels import panel_changes
from provision.diff.routing import CONFIG, ROUTE
from provision.diff.rules import RULE_FILE, group_changes
from provision.diff.scraping import DATASOURCE, PROMETHEUS
from provision.diff.stacks import STACK
from provision.model import Change, decode


def diff_bodies(kind: str, before: bytes | None, after: bytes | None) -> tuple[Change, ...]:
    """Every change between two bodies; none when the bytes are equal, at least one when they aren't.

    Args:
        kind: of a definition or of a resource; an unknown kind is compared field by field.
        before, after: canonical bytes, of a `file` its literal bytes; None when there is none, which makes one
            change of all that comes or goes.
    """
    if before == after:
        return ()
    if before is None or after is None:
        body = [MISSING if side is None else _decoded(kind, side) for side in (before, after)]
        return (uncovered(change(kind, *body)),)
    if kind == "file":
        return tuple(uncovered(found) for found in file_changes(before, after))
    old, new = _decoded(kind, before), _decoded(kind, after)
    found = tuple(_BODIES.get(kind, _by(PLAIN))("", old, new))
    # A comparison that knows a body well may take for the same what isn't: then the one that knows nothing speaks.
    return tuple(uncovered(each) for each in found or leaves("", old, new))


def _decoded(kind: str, body: bytes) -> Any:
    return body.decode(errors="replace") if kind == "file" else cover(decode(body))


def _by(shape: Shape) -> Callable[[str, Any, Any], Iterator[Change]]:
    return lambda path, before, after: leaves(path, before, after, shape)


def _model(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from panel_changes(path, before, after)
    else:
        yield from leaves(path, before, after)


_BODIES: Final[dict[str, Handler]] = {
    kinds.DASHBOARD: body_changes,
    kinds.RULE_GROUP: _by(
        Shape({("group",): "", ("index",): "position in its file"}, {("group",): group_changes})
    ),
    kinds.DATASOURCE: _by(DATASOURCE),
    kinds.LIBRARY_PANEL: _by(Shape({("model",): "", ("folderUid",): "folder"}, {("model",): _model})),
    kinds.GRAFANA_RULE_GROUP: _by(GRAFANA_RULE_GROUP),
    kinds.CONTACT_POINT: _by(CONTACT_POINT),
    kinds.POLICY: _by(POLICY),
    kinds.FOLDER: _by(Shape({("parentUid",): "parent"})),
    kinds.ROUTE: _by(ROUTE),
    kinds.STACK: _by(STACK),
    "rule-file": _by(RULE_FILE),
    "prometheus-config": _by(PROMETHEUS),
    "alertmanager-config": _by(CONFIG),
}
"""A kind that is missing here is compared field by field."""
