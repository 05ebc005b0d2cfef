"""Contact points. Grafana writes one integration at a time, so what was half done is recognised by the ledger
(`grafana_pending`) and finished by the next push.

Grafana never gives a secret setting back. It counts as unchanged while Grafana has one and its reference is what
the ledger remembers; so does any other setting that stands behind a reference (`grafana_hidden`). Nothing is locked: a contact point is read again just before it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, Final

from provision.compile.dialect.grafana import canonical
from provision.compile.dialect.grafana_canonical import REDACTED
from provision.compile.kinds import CONTACT_POINT
from provision.errors import NotAllowed, ProvisionError, ServerRefused
from provision.model import Action, Live, Mark, Resource, Verb, decode, digest
from provision.ship.target.grafana_hidden import behind, secret_settings, value_at
from provision.ship.target.grafana_named import FILE, to_be_locked
from provision.ship.target.grafana_pending import fits, references_of
from provision.ship.target.grafana_policies import receivers_in
from provision.ship.target.grafana_secrets import resolve
from provision.ship.target.grafana_server import FILES, Keeper, Server, begun, changed_meanwhile

_Any = dict[str, Any]

_NOT_OURS: Final = ("name", "provenance")


def contact_points() -> Keeper:
    """How contact points are kept."""
    return Keeper(False, 1, _read, _one, _write, lambda *_: "/alerting/notifications")


def _read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    try:
        listed = server.client.alerting.contact_points()
    except NotAllowed:
        if wanted:
            raise
        return
    by_name: dict[str, list[_Any]] = {}
    for found in listed:
        by_name.setdefault(found["name"], []).append(found)
    for name in sorted(wanted & by_name.keys()):
        yield _live(server, name, by_name[name])


def _one(server: Server, key: str) -> Live | None:
    found = _integrations(server, key)
    return _live(server, key, found) if found else None


def _integrations(server: Server, key: str) -> list[_Any]:
    return [found for found in server.client.alerting.contact_points() if found["name"] == key]


def _live(server: Server, name: str, found: list[_Any]) -> Live:
    known = server.book.of(server.owner).secure.get((CONTACT_POINT, name), {})
    body = decode(canonical(CONTACT_POINT, {"name": name, "integrations": found}))
    for integration in body["integrations"]:
        references = known.get(str(integration.get("uid")), {})
        integration["secure"] = {
            setting: references.get(setting, elsewhere)
            for setting, elsewhere in integration["secure"].items()
        }
    from_file = any(one.get("provenance") == FILE for one in found)
    lock = "api" if any(one.get("provenance") for one in found) else ""
    content = behind(canonical(CONTACT_POINT, body), server.book.hidden(server.owner, name))
    mark, outdated = Mark(FILES, "") if from_file else None, to_be_locked(server, lock)
    return Live(CONTACT_POINT, name, content, mark, lock, name, outdated=outdated)


def without_secrets(server: Server, desired: Resource, live: Live | None) -> Live | None:
    """A contact point without the settings that are desired behind a reference; they stay hidden from now on."""
    references = references_of(desired.body)
    server.book.asked[desired.key] = {uid: frozenset(secure) for uid, secure in references.items()}
    if live is None:
        return None
    body = behind(live.body, server.book.hidden(server.owner, desired.key))
    mark = live.mark
    if mark is not None and mark.base == digest(live.body):
        mark = Mark(mark.owner, digest(body))
    return replace(live, body=body, mark=mark)


def _write(server: Server, action: Action, _: str) -> None:
    found = _integrations(server, action.key)
    now = _live(server, action.key, found) if found else None
    if not _is_as_planned(server, action, now):
        raise changed_meanwhile()
    if action.after is None:
        _require_unused(server, action.key)
    if action.verb is Verb.ADOPT:
        _lock(server, action.key, min(found, key=lambda one: len(_unkept(one["settings"]))))
        return
    # All secrets are looked up before the first request.
    for number, request in enumerate(list(_requests(server, action, found, now))):
        with begun() if number else nullcontext():
            request()


def _requests(
    server: Server, action: Action, found: list[_Any], now: Live | None
) -> Iterator[Callable[[], None]]:
    """What has to be sent, integration by integration.

    Raises:
        ProvisionError: a secret can't be found.
    """
    there = {str(one["uid"]): one for one in found}
    alerting = server.client.alerting
    wanted = {one["uid"]: one for one in decode(action.after)["integrations"]} if action.after else {}
    current = {one["uid"]: one for one in decode(now.body)["integrations"]} if now is not None else {}
    again = action.before == action.after  # nothing but its secrets is to be written
    # What was written so that Grafana's page may not change it can't be made changeable again.
    editable = not server.locked and not (now is not None and now.lock)
    for uid, integration in wanted.items():
        if current.get(uid) == integration and not (again and integration.get("secure")):
            continue
        settings, secrets = _settings(server, integration, there.get(uid))
        body = {name: value for name, value in integration.items() if name != "secure"}
        body |= {"name": action.key, "settings": settings}
        if uid in there:
            yield partial(alerting.update_integration, uid, body, editable=editable, secrets=secrets)
        else:
            yield partial(alerting.create_integration, body, editable=editable, secrets=secrets)
    for uid in there:
        if uid not in wanted:
            yield partial(alerting.delete_integration, uid)


def _lock(server: Server, name: str, integration: _Any) -> None:
    """Keep Grafana's page from changing a contact point: all its integrations get that from the one written last. What
    is secret in it is sent as it was read, and stays."""
    body = {field: value for field, value in integration.items() if field != "provenance"}
    secrets = [str(value_at(body["settings"], setting)) for setting in secret_settings(body["settings"])]
    for setting in _unkept(body["settings"]):
        secrets.append(_in_the_clear(server, integration["uid"], integration, ".".join(setting)))
        body["settings"] = _put_in(body["settings"], setting, secrets[-1])
    server.client.alerting.update_integration(
        integration["uid"], {**body, "name": name}, editable=False, secrets=secrets
    )


def _unkept(settings: _Any, within: tuple[str, ...] = ()) -> list[list[str]]:
    """The secrets that Grafana wouldn't keep when these settings are sent back as they were read."""
    found: list[list[str]] = []
    for name, value in settings.items():
        if isinstance(value, dict):
            found += _unkept(value, (*within, name))
        elif value == REDACTED and within:
            found.append([*within, name])
    return found


def _is_as_planned(server: Server, action: Action, now: Live | None) -> bool:
    """Whether it is as it was when the plan was made, or as an earlier try of this very push has left it."""
    if (None if now is None else now.body) == action.before:
        return True
    pending = server.book.of(server.owner).pending.get((CONTACT_POINT, action.key))
    if not pending:
        return False
    return not pending["needed"] if now is None else fits(now, pending)


def _require_unused(server: Server, name: str) -> None:
    """Grafana deletes all integrations of a contact point in use but the last one; so it is asked before."""
    if name in receivers_in(server.client.alerting.policies()):
        raise ProvisionError("a notification policy still sends to it", remedy="change that policy first")
    for group in server.client.alerting.rule_groups():
        for rule in group["rules"]:
            if (rule["grafana_alert"].get("notification_settings") or {}).get("receiver") == name:
                title = rule["grafana_alert"].get("title")
                raise ProvisionError(f"the alert rule {title!r} still sends to it", remedy="change it first")


def _settings(server: Server, integration: _Any, there: _Any | None) -> tuple[_Any, list[str]]:
    """The settings with the secrets in their places, and the secrets.

    Raises:
        ProvisionError: a secret can't be found, or was to stay as it is on a server that has none.
    """
    settings, values = dict(integration["settings"]), []
    for name, reference in integration.get("secure", {}).items():
        path = name.split(".")
        if reference["source"] == "server":
            if not _has(there, path):
                raise ProvisionError(
                    f"its secret {name!r} is to stay as it is on the server, which has none",
                    remedy="say where it is, such as Secret.env(…)",
                )
            value = value_at(there and there["settings"], path)
            if value is None and len(path) > 1:
                value = _in_the_clear(server, integration["uid"], there, name)
            values += [value] if value is not None else []
            value = value or REDACTED
        else:
            value = resolve(server, name, reference)
            values.append(value)
        settings = _put_in(settings, path, value)
    return settings, values


def _in_the_clear(server: Server, uid: str, there: _Any | None, name: str) -> str:
    """A secret within another setting: Grafana keeps none of those in the place of `[REDACTED]` (seen on 12.4), so it is
    read to be sent back.

    Raises:
        ProvisionError: it can't be read.
    """
    remedy = "say where it is, such as Secret.env(…), or push as an administrator, who may read it"
    try:
        found = server.client.alerting.in_the_clear(there["name"]) if there is not None else []
    except (NotAllowed, ServerRefused):
        found = []
    for one in found:
        value = value_at(one["settings"], name.split(".")) if one["uid"] == uid else None
        if isinstance(value, str):
            return value
    raise ProvisionError(
        f"Grafana would forget its secret {name!r} when anything of it is written", remedy=remedy
    )


def _has(integration: Mapping[str, Any] | None, path: list[str]) -> bool:
    value: Any = integration["settings"] if integration is not None else None
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return bool(value)


def _put_in(settings: _Any, path: list[str], value: str) -> _Any:
    head, *rest = path
    if not rest:
        return {**settings, head: value}
    inner = settings.get(head)
    return {**settings, head: _put_in(inner if isinstance(inner, dict) else {}, rest, value)}
