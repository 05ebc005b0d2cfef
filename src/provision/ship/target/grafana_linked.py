"""Library panels that dashboards show and nobody has: Grafana takes such a dashboard, and shows an error in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provision.compile.dialect.grafana_around import panels_used
from provision.compile.kinds import DASHBOARD, LIBRARY_PANEL
from provision.diff import title_of_action
from provision.model import Action, decode
from provision.ship.target.grafana_server import READERS, Server, at_once


def unlinked(server: Server, actions: Sequence[Action]) -> Iterator[str]:
    """A sentence for each dashboard that shows a library panel which neither `actions` write nor the server has.
    One request for each such panel."""
    written = {action.key for action in actions if action.kind == LIBRARY_PANEL and action.after is not None}
    shown: dict[str, list[Action]] = {}
    for action in actions:
        if action.kind == DASHBOARD and action.after is not None and b'"libraryPanel"' in action.after:
            for uid in set(panels_used(decode(action.after)["spec"])) - written:
                shown.setdefault(uid, []).append(action)
    looked = at_once(sorted(shown), lambda uid: (uid, server.client.library.panel(uid)), READERS)
    for uid in sorted(uid for uid, found in looked if found is None):
        for action in shown[uid]:
            yield (
                f"{title_of_action(action)}: it shows the library panel {uid!r}, and there is none that the credentials may "
                f"see; define it, or unlink the panel"
            )
