"""The default data source: who becomes it takes it from another one, unasked and without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provision.compile.kinds import DATASOURCE
from provision.diff import title_of_action
from provision.model import Action, decode
from provision.ship.target.grafana_server import Server


def replaced(server: Server, actions: Sequence[Action]) -> Iterator[str]:
    """A sentence for each data source that would become the default instead of one that `actions` don't write: undoing
    them would leave the organisation without one. Sends GETs only."""
    asked = [action for action in actions if action.kind == DATASOURCE]
    becoming = [action for action in asked if _is_default(action.after) and not _is_default(action.before)]
    if not becoming:
        return
    written = {action.key for action in asked}
    for found in server.client.datasources():
        if found.get("isDefault") and found["uid"] not in written:
            for action in becoming:
                yield (
                    f"{title_of_action(action)}: it becomes the default instead of {found['name']!r}, and that could not be "
                    f"put back"
                )


def _is_default(body: bytes | None) -> bool:
    return body is not None and bool(decode(body).get("isDefault"))
