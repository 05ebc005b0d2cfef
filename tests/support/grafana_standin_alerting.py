"""The stand-in's alerting, library panels and annotations. Grafana 9.0 was recorded with its alerting off."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from typing import Any

from support.grafana_standin import Request, State, denied, now, old, require, route

ACTIONS = {"alert.rules:create", "alert.provisioning:write", "alert.notifications:read"}
_ZERO = "0001-01-01T00:00:00Z"
_DEFAULT_POLICY = {"group_by": ["grafana_folder", "alertname"], "receiver": "empty"}
_PROVISIONING = "/api/v1/provisioning"


def _error(status: int, message: str, identity: str, **extra: Any) -> tuple[int, Any]:
    body = {"message": message, "messageId": identity, "statusCode": status}
    return status, body | ({"extra": extra} if extra else {})


def _may_provision(request: Request) -> None:
    if not request.account.may("alert.provisioning:write"):
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
    for uid in [
        uid for uid, rule in rules.items() if (rule["folderUID"], rule["ruleGroup"]) == (folder, group)
    ]:
        del rules[uid]
    for rule in asked["rules"]:
        rules[rule["uid"]] = _rule(state, rule, "")
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
    return 200, {"folderUid": folder, "interval": interval, "rules": found, "title": group}


@route("DELETE", _GROUP, modern_only=True)
def _delete_group(state: State, request: Request) -> tuple[int, Any]:
    folder, group = request.groups
    rules = state.alerting["rules"]
    for uid in [
        uid for uid, rule in rules.items() if (rule["folderUID"], rule["ruleGroup"]) == (folder, group)
    ]:
        del rules[uid]
    return 204, None


# ── contact points, policies, mute timings, templates ────────────────────────


@route("GET", f"{_PROVISIONING}/contact-points", modern_only=True)
def _contacts(state: State, _: Request) -> tuple[int, Any]:
    return 200, list(state.alerting["contacts"].values())


@route("POST", f"{_PROVISIONING}/contact-points", modern_only=True)
def _create_contact(state: State, request: Request) -> tuple[int, Any]:
    asked, contacts = request.body, state.alerting["contacts"]
    wrong = "invalid object specification: "
    if asked["type"] != "webhook":
        return 400, {"message": f"{wrong}unknown integration type: {asked['type']}"}
    if asked["uid"] in contacts:
        name = contacts[asked["uid"]]["name"]
        said = (f"Receiver configuration with UID '{asked['uid']}' already exists in contact point '{name}'. "
                f"Please use unique identifiers for receivers across all contact points.")  # fmt: skip
        identity = "alerting.notifications.contact-points.uidInUse"
        return _error(409, said, identity, Name=name, UID=asked["uid"])
    if "url" not in asked["settings"]:
        said = f'failed to validate integration "{asked["name"]}" (UID {asked["uid"]}) of type "webhook"'
        return 400, {"message": f"{wrong}{said}: required field 'url' is not specified"}
    contacts[asked["uid"]] = {"disableResolveMessage": False, **asked}
    return 202, contacts[asked["uid"]]


def _receivers(policy: dict[str, Any]) -> set[str]:
    found = {policy["receiver"]} if policy.get("receiver") else set()
    return found.union(*(_receivers(route) for route in policy.get("routes") or ()))


@route("DELETE", f"{_PROVISIONING}/contact-points/([^/]+)", modern_only=True)
def _delete_contact(state: State, request: Request) -> tuple[int, Any]:
    contacts, policy = state.alerting["contacts"], state.alerting["policies"] or _DEFAULT_POLICY
    if contacts[request.groups[0]]["name"] in _receivers(policy):
        said = "Contact point is currently referenced by a notification policy."
        return _error(409, said, "alerting.notifications.contact-points.referenced")
    del contacts[request.groups[0]]
    return 202, {"message": "contactpoint deleted"}


@route("GET", f"{_PROVISIONING}/policies", modern_only=True)
def _policies(state: State, _: Request) -> tuple[int, Any]:
    return 200, state.alerting["policies"] or _DEFAULT_POLICY


@route("PUT", f"{_PROVISIONING}/policies", modern_only=True)
def _put_policies(state: State, request: Request) -> tuple[int, Any]:
    known = {contact["name"] for contact in state.alerting["contacts"].values()} | {"empty"}
    for name in sorted(_receivers(request.body) - known):
        failure = f"receiver '{name}' does not exist"
        said = f"Invalid format of the submitted route: {failure}. Correct the payload and try again."
        return _error(400, said, "alerting.notifications.routes.invalidFormat", Error=failure)
    state.alerting["policies"] = request.body
    return 202, {"message": "policies updated"}


@route("DELETE", f"{_PROVISIONING}/policies", modern_only=True)
def _reset_policies(state: State, _: Request) -> tuple[int, Any]:
    state.alerting["policies"] = None
    return 202, _DEFAULT_POLICY


@route("POST", f"{_PROVISIONING}/mute-timings", modern_only=True)
def _create_mute(state: State, request: Request) -> tuple[int, Any]:
    asked, mutes = request.body, state.alerting["mutes"]
    if asked["name"] in mutes:
        said = "Time interval with this name already exists. Use a different name or update existing one."
        return _error(400, said, "alerting.notifications.time-intervals.nameExists")
    for interval in asked["time_intervals"]:
        for times in interval.get("times") or ():
            if not all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", time) for time in times.values()):
                return 400, {"message": "bad request data"}
    mutes[asked["name"]] = asked | {"provenance": "api", "version": _digest(asked)}
    return 201, mutes[asked["name"]]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


_TEMPLATE = f"{_PROVISIONING}/templates/([^/]+)"


@route("PUT", _TEMPLATE, modern_only=True)
def _put_template(state: State, request: Request) -> tuple[int, Any]:
    name, text = request.groups[0], request.body["template"]
    if text.count("{{") != text.count("}}"):
        said = "Template is in invalid format. Correct the payload and try again."
        failure = "invalid template: template: :1: unclosed action"
        return _error(400, said, "alerting.notifications.templates.invalidFormat", Error=failure)
    found = {"name": name, "provenance": "api", "template": text, "version": _digest(text)}
    state.alerting["templates"][name] = found
    return 202, found


@route("GET", _TEMPLATE, modern_only=True)
def _get_template(state: State, request: Request) -> tuple[int, Any]:
    return 200, state.alerting["templates"][request.groups[0]]


@route("GET", f"{_PROVISIONING}/templates", modern_only=True)
def _templates(state: State, _: Request) -> tuple[int, Any]:
    return 200, list(state.alerting["templates"].values())


@route("DELETE", _TEMPLATE, modern_only=True)
def _delete_template(state: State, request: Request) -> tuple[int, Any]:
    del state.alerting["templates"][request.groups[0]]
    return 204, None


# ── library panels and annotations ───────────────────────────────────────────


def _element(state: State, stored: dict[str, Any]) -> dict[str, Any]:
    folder = state.folders.get(stored["folderUid"])
    who = {"avatarUrl": "/public/img/user_profile.png", "id": 1, "name": "admin"}
    title = folder["spec"]["title"] if folder else "General"
    meta = {"connectedDashboards": 0, "created": stored["created"], "createdBy": who, "folderName": title,
            "folderUid": stored["folderUid"], "updated": stored["created"], "updatedBy": who}  # fmt: skip
    model = {"description": "", **stored["model"]}
    return {"result": {
        "description": "", "folderId": folder["id"] if folder else 0, "folderUid": stored["folderUid"],
        "id": stored["id"], "kind": stored["kind"], "meta": meta, "model": model, "name": stored["name"],
        "orgId": 1, "type": model["type"], "uid": stored["uid"], "version": stored["version"],
    }}  # fmt: skip


@route("POST", "/api/library-elements")
def _create_element(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "library.panels:create")
    asked, library = copy.deepcopy(request.body), state.alerting["library"]
    if any(asked["uid"] == uid or asked["name"] == kept["name"] for uid, kept in library.items()):
        return 400, old(state, "library element with that name or UID already exists")
    library[asked["uid"]] = asked | {"id": state.count("library"), "version": 1, "created": now()}
    return 200, _element(state, library[asked["uid"]])


@route("GET", "/api/library-elements/([^/]+)")
def _get_element(state: State, request: Request) -> tuple[int, Any]:
    return 200, _element(state, state.alerting["library"][request.groups[0]])


@route("PATCH", "/api/library-elements/([^/]+)")
def _patch_element(state: State, request: Request) -> tuple[int, Any]:
    asked, stored = request.body, state.alerting["library"][request.groups[0]]
    if asked["version"] != stored["version"]:
        return 412, old(state, "the library element has been changed by someone else")
    stored |= {key: asked[key] for key in ("name", "model") if key in asked}
    stored["version"] += 1
    return 200, _element(state, stored)


@route("POST", "/api/annotations")
def _annotate(state: State, request: Request) -> tuple[int, Any]:
    state.alerting["annotations"].append(request.body)
    return 200, {"id": len(state.alerting["annotations"]), "message": "Annotation added"}
