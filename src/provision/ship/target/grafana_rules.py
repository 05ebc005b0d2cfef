"""Groups of Grafana's own alert and recording rules.

All of them are read in one answer of the ruler, which alone says what an interval is and who may change what.
Grafana takes a group as a whole and locks nothing: it is read again just before it is written. A rule whose uid is
in another group would silently be moved out of it: that is refused unless the other group is the project's, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from provision.author.durations import seconds
from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import GRAFANA_RULE_GROUP
from provision.diff import title_of_action
from provision.errors import NotAllowed, ProvisionError, ServerRefused
from provision.model import Action, Live, decode, encode
from provision.ship.target.grafana_named import mark_of_provenance
from provision.ship.target.grafana_server import Keeper, Server, changed_meanwhile, setting_to_write

_Any = dict[str, Any]

_TRIES: Final = 4

_AS_IN_RULER: Final = ("uid", "title", "condition", "data", "notification_settings", "record")
_IN_RULER: Final[Mapping[str, str]] = {
    "noDataState": "no_data_state",
    "execErrState": "exec_err_state",
    "isPaused": "is_paused",
    "missingSeriesEvalsToResolve": "missing_series_evals_to_resolve",
}
"""A field of the provisioning API → what the ruler calls it."""

_BESIDE: Final = ("for", "keep_firing_for", "annotations", "labels")


def rule_groups() -> Keeper:
    """How groups of rules are kept."""
    return Keeper(False, None, _read, _one, _write, lambda *_: "/alerting/list")


def key_of(folder: str, title: str) -> str:
    """The key of a group: uids of folders have no slash."""
    return f"{folder}/{title}"


def _read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    try:
        groups = server.client.alerting.rule_groups()
    except NotAllowed:
        if wanted:
            raise
        return
    for group in groups:
        if not group["rules"]:
            continue
        folder = str(group["rules"][0]["grafana_alert"].get("namespace_uid") or "")
        key = key_of(folder, group["name"])
        for rule in group["rules"]:
            server.book.rules[str(rule["grafana_alert"].get("uid"))] = key
        if key in wanted:
            yield _live_in_ruler(server, key, folder, group)


def _live_in_ruler(server: Server, key: str, folder: str, group: _Any) -> Live:
    body = {
        "folderUid": folder,
        "title": group["name"],
        "interval": round(seconds(group["interval"])),
        "rules": [_rule(rule) for rule in group["rules"]],
    }
    marks = [mark_of_provenance(rule["grafana_alert"]) for rule in group["rules"]]
    mark = next((found for found in marks if found is not None), None)
    # The page saves a group only as a whole.
    saves = not all(rule["grafana_alert"].get("provenance") for rule in group["rules"])
    outdated = setting_to_write(server, saves=saves)
    content = canonical(GRAFANA_RULE_GROUP, body)
    return Live(GRAFANA_RULE_GROUP, key, content, mark, "", group["name"], outdated=outdated)


def _rule(rule: _Any) -> _Any:
    """A rule of the ruler as the provisioning API writes it."""
    alert = rule["grafana_alert"]
    found = {name: alert.get(name) for name in _AS_IN_RULER}
    found |= {name: alert.get(theirs) for name, theirs in _IN_RULER.items()}
    return found | {name: rule.get(name) for name in _BESIDE}


def _one(server: Server, key: str) -> Live | None:
    folder, _, title = key.partition("/")
    found = server.client.alerting.rule_group(folder, title)
    if found is None:
        return None
    body = {"folderUid": folder, "title": title, "interval": found["interval"], "rules": found["rules"]}
    marks = [mark_of_provenance(rule) for rule in found["rules"]]
    mark = next((one for one in marks if one is not None), None)
    return Live(GRAFANA_RULE_GROUP, key, canonical(GRAFANA_RULE_GROUP, body), mark, "", title)


def _write(server: Server, action: Action, _: str) -> None:
    for tries_left in reversed(range(_TRIES)):
        try:
            _try(server, action)
        except ServerRefused as error:
            # Another group that is written beside this one has moved one of its rules: nothing was done.
            if error.status != 409 or "optimistic locking" not in error.what or not tries_left:
                raise
        else:
            return


def _try(server: Server, action: Action) -> None:
    folder, _, title = action.key.partition("/")
    now = _one(server, action.key)
    if not _is_as_planned(server, action, now):
        raise changed_meanwhile()
    # A rule that another group is about to take is left to it: deleted here first, it would lose its state.
    leaving = _leaving(server, action.key, now)
    if action.after is None:
        if leaving:
            raise ProvisionError(
                f"its rule {leaving[0].get('title')!r} was to move to another group, and hasn't",
                remedy="see what came of that one, and push again",
            )
        if now is not None:
            server.client.alerting.delete_rule_group(folder, title)
        return
    wanted = decode(action.after)
    rules = [*wanted["rules"], *leaving]
    body = {
        "title": title,
        "folderUid": folder,
        "interval": wanted["interval"],
        "rules": [_sent(rule, folder, title) for rule in rules],
    }
    server.client.alerting.put_rule_group(folder, title, body, editable=not server.locked)


def _leaving(server: Server, key: str, now: Live | None) -> list[_Any]:
    """The rules of a group that this push moves to another one, and that are still here."""
    rules = [] if now is None else decode(now.body)["rules"]
    return [rule for rule in rules if server.book.moving.get(rule.get("uid"), key) != key]


def _is_as_planned(server: Server, action: Action, now: Live | None) -> bool:
    """Whether a group is as it was when the plan was made, but for rules that this push has moved elsewhere."""
    if (None if now is None else now.body) == action.before:
        return True
    if action.before is None:
        return False
    planned, moving = decode(action.before), server.book.moving
    left = [rule for rule in planned["rules"] if moving.get(rule.get("uid"), action.key) == action.key]
    if len(left) == len(planned["rules"]):
        return False
    found = [] if now is None else decode(now.body)["rules"]
    gone = {rule.get("uid") for rule in planned["rules"]} - {rule.get("uid") for rule in left}
    # Groups are written beside each other: some may have moved already, and some not yet.
    stayed = [rule for rule in found if rule.get("uid") not in gone]
    return encode(stayed) == encode(left)


def _sent(rule: _Any, folder: str, title: str) -> _Any:
    """A rule with what its one form leaves out and Grafana wants."""
    sent = {"for": "0s", "condition": "", **rule, "folderUID": folder, "ruleGroup": title}
    sent["data"] = [
        {
            "relativeTimeRange": {"from": 0, "to": 0},
            **query,
            "model": {"refId": query.get("refId"), **query["model"]},
        }
        for query in rule.get("data", ())
    ]
    return sent


def stolen(server: Server, actions: Sequence[Action]) -> tuple[str, ...]:
    """A sentence for each group with a rule whose uid is in a group that isn't the project's."""
    own = server.book.keys(GRAFANA_RULE_GROUP, server.owner)
    said = []
    for action in actions:
        if action.kind != GRAFANA_RULE_GROUP or action.after is None:
            continue
        for rule in decode(action.after)["rules"]:
            there = server.book.rules.get(str(rule.get("uid")), action.key)
            if there != action.key and there not in own:
                said.append(
                    f"{title_of_action(action)}: the rule {rule.get('title')!r} has the uid {rule['uid']!r}, which is "
                    f"that of a rule in {there}, and would be moved out of there; give it another uid"
                )
    return tuple(said)
