"""Message templates and mute timings: named, locked by `version` where Grafana has one (11.2 and later), and looked
at once more where it hasn't.

What was written so that Grafana's page may not change it can't be made changeable again, only deleted: it stays
as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import MUTE_TIMING, TEMPLATE
from provision.errors import NotAllowed, ProvisionError, ServerRefused
from provision.model import Action, Live, Mark, decode
from provision.ship.target.grafana_server import FILES, Keeper, Server, changed_meanwhile, setting_to_write

_Found = dict[str, Any]

FILE: Final = "file"
"""The provenance of what Grafana reads from a file."""


def mark_of_provenance(found: Mapping[str, Any]) -> Mark | None:
    """The mark of what Grafana itself reads from a file; none for all else."""
    return Mark(FILES, "") if found.get("provenance") == FILE else None


def to_be_locked(server: Server, provenance: str) -> str:
    """Why something has to be written anew that Grafana lets nobody set free once it is locked; empty for no reason.

    Args:
        provenance: as Grafana says it; empty when its page may change it.
    """
    return "" if provenance else setting_to_write(server, saves=True)


def templates() -> Keeper:
    """How message templates are kept."""
    return _keeper(
        TEMPLATE,
        lambda server: server.client.alerting.templates(),
        lambda server, name: server.client.alerting.template(name),
        _write_template,
        "/alerting/notifications?tab=templates",
    )


def mute_timings() -> Keeper:
    """How mute timings are kept."""
    return _keeper(
        MUTE_TIMING,
        lambda server: server.client.alerting.mute_timings(),
        lambda server, name: server.client.alerting.mute_timing(name),
        _write_mute_timing,
        "/alerting/routes?tab=time_intervals",
    )


def _keeper(
    kind: str,
    listed: Callable[[Server], Iterable[_Found]],
    named: Callable[[Server, str], _Found | None],
    write: Callable[[Server, Action, str, bool], None],
    page: str,
) -> Keeper:
    def read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
        try:
            yield from (_live(server, kind, found) for found in listed(server) if found["name"] in wanted)
        except NotAllowed:
            if wanted:
                raise

    def one(server: Server, key: str) -> Live | None:
        found = named(server, key)
        return None if found is None else _live(server, kind, found)

    def carry_out(server: Server, action: Action, _: str) -> None:
        version, _, provenance = action.live.lock.partition(" ") if action.live else ("", "", "")
        if not version:
            now = one(server, action.key)
            if (None if now is None else now.body) != action.before:
                raise changed_meanwhile()
        write(server, action, version, not provenance)

    # One at a time: Grafana keeps them all in one object, and refuses what was written beside another.
    return Keeper(False, 1, read, one, carry_out, lambda *_: page)


def _live(server: Server, kind: str, found: _Found) -> Live:
    name, provenance = found["name"], found.get("provenance") or ""
    lock = f"{found.get('version') or ''} {provenance}"
    return Live(
        kind,
        name,
        canonical(kind, found),
        mark_of_provenance(found),
        lock,
        name,
        outdated=to_be_locked(server, provenance),
    )


def _write_template(server: Server, action: Action, version: str, free: bool) -> None:
    alerting = server.client.alerting
    if action.after is None:
        alerting.delete_template(action.key, version, editable=free)
        return
    body = {"template": decode(action.after)["template"], "version": version}
    alerting.put_template(action.key, body, editable=free and not server.locked)


def _write_mute_timing(server: Server, action: Action, version: str, free: bool) -> None:
    alerting = server.client.alerting
    if action.after is None:
        _delete_mute_timing(server, action, version, free)
        return
    body, editable = decode(action.after), free and not server.locked
    if action.live is None:
        alerting.create_mute_timing(body, editable=editable)
    else:
        alerting.update_mute_timing(action.key, {**body, "version": version}, editable=editable)


def _delete_mute_timing(server: Server, action: Action, version: str, free: bool) -> None:
    """Grafana says `Conflict` of one that was changed and of one that is in use."""
    try:
        server.client.alerting.delete_mute_timing(action.key, version, editable=free)
    except ServerRefused as error:
        if error.status != 409:
            raise
        found = server.client.alerting.mute_timing(action.key)
        if found is None or str(found.get("version") or "") != version:
            raise changed_meanwhile() from None
        raise ProvisionError(
            "a notification policy or an alert rule still refers to it", remedy="take it out there first"
        ) from None
