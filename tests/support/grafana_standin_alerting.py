"""The stand-in's alert rules and annotations. Grafana 9.0 was recorded with its alerting off."""

from __future__ import annotations

import re
from typing import Any, Final

from support.grafana_standin import Request, State, denied, now, route

ACTIONS = {"alert.provisioning:write"}
_SET_STATUS = "alert.provisioning.provenance:write"
_ZERO = "0001-01-01T00:00:00Z"
_PROVISIONING = "/api/v1/provisioning"


def _error(status: int, message: str, identity: str, **extra: Any) -> tuple[int, Any]:
    body = {"message": message, "messageId": identity, "statusCode": status}
    return status, body | ({"extra": extra} if extra else {})


def _may_provision(request: Request) -> None:
    granular = request.account.may("alert.rules:create") and request.account.may(_SET_STATUS)
    if not granular and not request.account.may("alert.provisioning:write", "alert.rules.provisioning:write"):
        denied(
            "any of alert.provisioning:write, alert.rules.provisioning:write, all of alert.rules:create, "
            "alert.provisioning.provenance:write"
        )


# ── rules ────────────────────────────────────────────────────────────────────


def _rule(state: State, asked: dict[str, Any], provenance: str, *, stored: bool = True) -> dict[str, Any]:
    """A rule with what Grafana fills in; a group's PUT echoes the rules without what the store adds."""
    data = []
    for query in asked["data"]:
        defaults = {"intervalMs": 1000, "maxDataPoints": 43200} if stored else {}
        data.append(
            {**query, "queryType": query.get("queryType", ""), "model": {**defaults, **query["model"]}}
        )
    filled = {
        "isPaused": False, "keep_firing_for": "0s", "notification_settings": None, "record": None, **asked,
        "data": data, "id": state.count("rule") if stored else 0, "updated": now() if stored else _ZERO,
    }  # fmt: skip
    return filled | ({"provenance": provenance} if provenance and stored else {})


@route("POST", f"{_PROVISIONING}/alert-rules", modern_only=True)
def _create_rule(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    asked, rules = request.body, state.alerting["rules"]
    if not re.fullmatch(r"(\d+[smhdw])+|0", str(asked.get("for", "0"))):
        return 400, {"message": "bad request data"}
    if asked["folderUID"] not in state.folders:
        return 400, {"message": "invalid alert rule: folder does not exist"}
    if asked["uid"] in rules:
        failure = "UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid"
        said = f"Failed to save alert rule '{asked['uid']}' in organization 1 due to conflict: {failure}"
        return _error(409, said, "alerting.alert-rule.conflict", Error=failure, OrgID=1, RuleUID=asked["uid"])
    rules[asked["uid"]] = _rule(state, asked, "api")
    state.alerting["intervals"].setdefault((asked["folderUID"], asked["ruleGroup"]), 60)
    return 201, rules[asked["uid"]]


@route("GET", f"{_PROVISIONING}/alert-rules", modern_only=True)
def _list_rules(state: State, _: Request) -> tuple[int, Any]:
    return 200, list(state.alerting["rules"].values())


_GROUP = f"{_PROVISIONING}/folder/([^/]+)/rule-groups/([^/]+)"


@route("PUT", _GROUP, modern_only=True)
def _put_group(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    folder, group = request.groups
    asked, rules = request.body, state.alerting["rules"]
    if asked["interval"] % 10:
        said = f"interval ({asked['interval']}s) should be non-zero and divided exactly by scheduler interval: 10"
        return 400, {"message": f"invalid alert rule: {said}"}
    if folder not in state.folders:
        return 400, {"message": "invalid alert rule: folder does not exist"}  # seen
    known = {found["name"] for found in state.alerting["contacts"].values()} | {"empty"}
    for rule in asked["rules"]:
        receiver = (rule.get("notification_settings") or {}).get("receiver")
        if receiver and receiver not in known:
            return 400, {"message": f"invalid alert rule\nreceiver {receiver} does not exist"}  # seen
    for uid in [
        uid for uid, rule in rules.items() if (rule["folderUID"], rule["ruleGroup"]) == (folder, group)
    ]:
        del rules[uid]
    provenance = "" if request.headers.get("x-disable-provenance") else "api"
    for rule in asked["rules"]:
        uid = rule.get("uid") or f"rule{state.count('rule uid')}"
        rules.pop(uid, None)  # seen: a rule of another group moves
        sent = {**rule, "uid": uid, "folderUID": folder, "ruleGroup": group}
        rules[uid] = _rule(state, sent, provenance)
    state.alerting["intervals"][folder, group] = asked["interval"]
    echoed = [_rule(state, rule, "", stored=False) for rule in asked["rules"]]
    return 200, {"folderUid": folder, "interval": asked["interval"], "rules": echoed, "title": group}


@route("GET", _GROUP, modern_only=True)
def _get_group(state: State, request: Request) -> tuple[int, Any]:
    folder, group = request.groups
    found = [
        rule
        for rule in state.alerting["rules"].values()
        if (rule["folderUID"], rule["ruleGroup"]) == (folder, group)
    ]
    if not found:
        return _error(404, "NotFound", "alerting.alert-rule.notFound")
    interval = state.alerting["intervals"][folder, group]
    shown = [{name: value for name, value in rule.items() if name != "provenance"} for rule in found]
    return 200, {
        "folderUid": folder,
        "interval": interval,
        "rules": shown,
        "title": group,
    }  # seen: no provenance


@route("DELETE", _GROUP, modern_only=True)
def _delete_group(state: State, request: Request) -> tuple[int, Any]:
    folder, group = request.groups
    rules = state.alerting["rules"]
    found = [uid for uid, rule in rules.items() if (rule["folderUID"], rule["ruleGroup"]) == (folder, group)]
    if not found:
        return _error(404, "NotFound", "alerting.alert-rule.notFound")  # seen
    for uid in found:
        del rules[uid]
    return 204, None


@route("DELETE", f"{_PROVISIONING}/alert-rules/([^/]+)", modern_only=True)
def _delete_rule(state: State, request: Request) -> tuple[int, Any]:
    state.alerting["rules"].pop(request.groups[0], None)
    return 204, None


_RULER: Final = {
    "title": "title", "condition": "condition", "data": "data", "updated": "updated", "uid": "uid",
    "folderUID": "namespace_uid", "ruleGroup": "rule_group", "noDataState": "no_data_state",
    "execErrState": "exec_err_state", "provenance": "provenance", "isPaused": "is_paused", "record": "record",
    "notification_settings": "notification_settings",
    "missingSeriesEvalsToResolve": "missing_series_evals_to_resolve",
}  # fmt: skip


@route("GET", "/api/ruler/grafana/api/v1/rules", modern_only=True)
def _ruler(state: State, _: Request) -> tuple[int, Any]:
    """Seen: every group of every folder, by the folder's path, with the interval as a duration."""
    by_folder: dict[str, dict[str, Any]] = {}
    for rule in state.alerting["rules"].values():
        folder, group = rule["folderUID"], rule["ruleGroup"]
        seconds = state.alerting["intervals"][folder, group]
        title = state.folders[folder]["spec"]["title"] if folder in state.folders else folder
        groups = by_folder.setdefault(title, {})
        name = (folder, group)
        groups.setdefault(
            name,
            {"name": group, "interval": f"{seconds}s" if seconds % 60 else f"{seconds // 60}m", "rules": []},
        )
        alert = {theirs: rule[ours] for ours, theirs in _RULER.items() if rule.get(ours) is not None}
        beside = {
            part: rule[part] for part in ("for", "keep_firing_for", "labels", "annotations") if part in rule
        }
        more = {"intervalSeconds": seconds, "version": 1, "guid": rule["uid"], "metadata": {}}
        groups[name]["rules"].append({"expr": "", **beside, "grafana_alert": alert | more})
    return 200, {title: list(groups.values()) for title, groups in by_folder.items()}


# ── annotations ──────────────────────────────────────────────────────────────


@route("POST", "/api/annotations")
def _annotate(state: State, request: Request) -> tuple[int, Any]:
    state.alerting["annotations"].append(request.body)
    return 200, {"id": len(state.alerting["annotations"]), "message": "Annotation added"}
