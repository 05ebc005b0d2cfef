"""Carrying out one action on a Grafana, and telling what came of it in a sentence.

A write is tried again only where Grafana says that it did nothing (`database is locked`), or where it was sent twice
and met itself. Where the answer was
lost, or a second try meets what the first one did, the resource is read: if it is as it should be, the write was
done, whatever was heard of it; if it can't be read, or only part of the write was done, the outcome says that.
"""

from __future__ import annotations

import time
from typing import Final, Literal

from provision.client.endpoint import ORGANISATION
from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.errors import NotAllowed, ProvisionError, ServerRefused, Unreachable
from provision.model import JSON, Action, Live, Mark, Outcome, Verb, decode, digest
from provision.ship.target.grafana_pending import references_of
from provision.ship.target.grafana_server import FILES, Keeper, Server
from provision.ship.target.grafana_splice import pieces
from provision.ship.unexpected import unexpected

_PAUSES_SECONDS: Final = (0.1, 0.4, 1.6, 6.4)


def carry_out(server: Server, keeper: Keeper, action: Action, owner: str) -> Outcome:
    """Carry out an action; a failure is an outcome."""
    started = time.perf_counter()
    failure = _attempt(server, keeper, action, owner)
    seconds = time.perf_counter() - started
    if failure is not None:
        error, traces = failure
        told = sentence(error, action) if isinstance(error, ProvisionError) else unexpected(error)
        return Outcome(
            action,
            "failed",
            f"{told}{_TRACES[traces] if isinstance(error, ProvisionError) else ''}",
            seconds=seconds,
            left_behind=traces != "none",
            not_allowed=isinstance(error, NotAllowed) and told != _FILES,
            remedy=told.partition("; ")[2] if isinstance(error, ProvisionError) else "",
        )
    url = "" if action.verb is Verb.DELETE else link(server, keeper, action)
    return Outcome(action, "done", url=url, seconds=seconds)


def link(server: Server, keeper: Keeper, action: Action) -> str:
    """Where people look at the resource; in an organisation that isn't the first, or was asked for, the link says
    which: a browser is in one of its own."""
    after = action.after or b"{}"
    cut = pieces(after)
    if cut is not None:
        title = cut.title
    else:
        body = decode(after)
        title = body.get("spec", body).get("title") or ""
    space = server.dialect.namespace
    asked = server.client.session.endpoint.headers.get(ORGANISATION, "")
    organisation = space.removeprefix("org-") if space.startswith("org-") else asked
    suffix = f"?orgId={organisation}" if organisation else ""
    return f"{server.url}{keeper.page(action.key, title)}{suffix}"


_Traces = Literal["none", "some", "unknown"]
"""What a write that failed has left on the server."""

_TRACES: Final[dict[_Traces, str]] = {
    "none": "",
    "some": "; part of it was written, so push again",
    "unknown": "; it may have been written all the same, so plan again to see",
}

_Failure = tuple[Exception, _Traces]


def _attempt(server: Server, keeper: Keeper, action: Action, owner: str) -> _Failure | None:
    """None when it is done, else why not."""
    live = action.live
    if live is not None and live.mark is not None and live.mark.owner == FILES:
        # The resource API would take the change, until Grafana reads the file again.
        return ProvisionError(_FILES), "none"
    unsure = False
    for pause in (*_PAUSES_SECONDS, None):
        began = server.pace.clock()
        try:
            keeper.write(server, action, owner)
        except ProvisionError as error:
            if _is_busy(error) or (isinstance(error, ServerRefused) and error.status in (429, 503)):
                server.pace.refused(began)
            if (_is_busy(error) or _met_itself(error)) and pause is not None:
                unsure = True
                server.sleep(pause)
                continue
            return (
                _aftermath(server, keeper, action, owner, error)
                if unsure or _is_open(error)
                else (error, "none")
            )
        except Exception as error:  # noqa: BLE001  # told as a failure, so that the others are reported
            return error, "unknown"
        server.pace.took(began)
        return None
    raise AssertionError("the last attempt returns")  # pragma: no cover


def _met_itself(error: ProvisionError) -> bool:
    """Whether a request was sent twice and met what it had done the first time. Done once more as a whole, a write of
    several requests goes on from there."""
    return isinstance(error, ServerRefused) and error.repeated and error.status in (404, 409, 412)


def _is_open(error: ProvisionError) -> bool:
    """Whether an error leaves open what the server did: the answer was lost, or comes from a gateway; the session
    may have sent the write twice, as a 503 with Retry-After is no promise that nothing was done; or it was the second
    of two writes."""
    if isinstance(error, Unreachable):
        return error.sent
    return isinstance(error, ServerRefused)


def _aftermath(
    server: Server, keeper: Keeper, action: Action, owner: str, error: ProvisionError
) -> _Failure | None:
    """What the server holds after a write that may have been done: None when it is what it was to bring about."""
    try:
        now = keeper.one(server, action.key)
    except ProvisionError:
        refused = isinstance(error, ServerRefused) and error.status < 500
        return error, "none" if refused else "unknown"
    if _is_done(keeper, action, owner, now):
        return None
    # A lock that fails says that somebody else was there.
    theirs = isinstance(error, ServerRefused) and error.status in (409, 412)
    if not theirs and _is_half_done(keeper, action, now):
        return error, "some"
    return error, "unknown" if _is_unseen(action) else "none"


def _is_done(keeper: Keeper, action: Action, owner: str, now: Live | None) -> bool:
    """Whether this is what the action was to bring about."""
    if action.verb is Verb.DELETE or now is None:
        return now is None and action.verb is Verb.DELETE
    was = action.live
    same_mark = not keeper.marked or (was is not None and now.mark == was.mark)
    if was is not None and same_mark and (now.body, now.lock) == (was.body, was.lock):
        return False  # only the mark was to change, or a secret
    if was is not None and not keeper.marked and was.body == action.after:
        return False  # only a secret was to change
    wanted = Mark(owner, digest(action.after or b"")) if keeper.marked else now.mark
    if action.former is not None:
        wanted = action.former.mark
    return now.mark == wanted and now.body == action.after


def _is_half_done(keeper: Keeper, action: Action, now: Live | None) -> bool:
    """Whether this is neither what it was nor what somebody else has made of it meanwhile."""
    if now is None or now.body == action.before:
        return False
    if action.after is None:
        return True
    if action.kind == DATASOURCE and _but_default(now.body) == _but_default(action.after):
        return True  # the first one was made the default, and that wasn't put right
    return not keeper.marked or now.mark is None or now.mark.base in ("", digest(action.after))


def _but_default(datasource: bytes) -> JSON:
    return {**decode(datasource), "isDefault": None}


def _is_unseen(action: Action) -> bool:
    """Whether a write changes what can't be read: secrets of a contact point, which has no version."""
    if action.kind != CONTACT_POINT or action.before is None or action.after is None:
        return False
    return action.before == action.after or references_of(action.before) != references_of(action.after)


def _is_busy(error: ProvisionError) -> bool:
    said = ("database is locked", "database table is locked")
    return isinstance(error, ServerRefused) and error.status >= 500 and any(one in error.what for one in said)


def sentence(error: ProvisionError, action: Action) -> str:
    """Why the action failed, and what to do about it."""
    if isinstance(error, ServerRefused):
        if error.status == 409 and action.kind == DATASOURCE and action.live is None:
            name = decode(action.after or b"{}").get("name", "")
            return (
                f"another data source has the name {name!r} or this uid; rename one of them, "
                f"or bind the dashboards to it with --datasource"
            )
        answer = error.what.partition(": ")[2].lower()
        for statuses, said, told in _KNOWN:
            if error.status in statuses and said in answer:
                return told
        if error.status in (409, 412) and action.live is not None:
            return _MEANWHILE
        if error.status in (409, 412):
            return "it is there already, made by somebody else meanwhile; plan again to see what it holds"
    return f"{error.what}; {error.remedy}" if error.remedy else error.what


_MEANWHILE: Final = "somebody changed it meanwhile, so it was left alone; plan again to see what changed"
_FILES: Final = (
    "Grafana reads it from a file on its own machine and lets nobody else change it; "
    "change it there, or give yours another uid"
)

_KNOWN: Final[tuple[tuple[frozenset[int], str, str], ...]] = (
    (frozenset({400, 403, 409}), "provisioned", _FILES),
    (frozenset({403}), "read-only", _FILES),
    (frozenset({412}), "same name in the folder", "its folder holds another dashboard of this title; rename one of them"),
    (frozenset({409, 412}), "with the same name already exists", "its folder holds something else of this title; rename one of them"),
    (frozenset({409, 412}), "has been modified", _MEANWHILE),
    (frozenset({409, 412}), "might have been modified", _MEANWHILE),
    (frozenset({409, 412}), "changed by someone else", _MEANWHILE),
    (frozenset({409, 412}), "updated by someone else", _MEANWHILE),
    (frozenset({409}), "referenced by", "a notification policy or an alert rule still sends to it; change that first"),
    (frozenset({400}), "not empty", "the folder still holds something; move or delete that first"),
    (frozenset({400, 404}), "folder", "its folder is no longer there; plan again"),
    (frozenset({500}), "objects to be created", "it is no longer there; plan again"),
    (frozenset({404}), "", "it is no longer there; plan again"),
    (frozenset({500, 503}), "locked", "Grafana's database stayed locked; try again when it has less to do"),
)  # fmt: skip
"""(statuses, what the answer says in lower case, what is told); the first that fits."""

ALERTING: Final = (TEMPLATE, MUTE_TIMING, CONTACT_POINT, POLICY, GRAFANA_RULE_GROUP)
"""What there is only where Grafana's own alerting is."""

KINDS: Final = (FOLDER, DATASOURCE, LIBRARY_PANEL, DASHBOARD, *ALERTING)
"""In the order they are written."""
