"""Types of integrations that a Grafana doesn't have: it refuses such a contact point only when it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provision.compile.kinds import CONTACT_POINT
from provision.diff import title_of_action
from provision.errors import ServerRefused
from provision.model import Action, decode
from provision.ship.target.grafana_server import Server


def unknown(server: Server, actions: Sequence[Action]) -> Iterator[str]:
    """A sentence for each contact point and type of its integrations that the server doesn't list; none where it
    lists nothing. One GET where contact points are written, else none."""
    written = [action for action in actions if action.kind == CONTACT_POINT and action.after is not None]
    if not written:
        return
    try:
        known = server.client.alerting.integration_types()
    except ServerRefused:  # it tells nobody, or not yet or any more; then the write says it
        return
    spelled = {each.casefold() for each in known}
    for action in written:
        types = (str(one["type"]) for one in decode(action.after or b"")["integrations"])
        for asked in dict.fromkeys(types):
            if asked.casefold() not in spelled:
                yield (
                    f"{title_of_action(action)}: this Grafana has no integration of the type {asked!r}; name one of "
                    f"{', '.join(sorted(known, key=str.casefold))}"
                )
