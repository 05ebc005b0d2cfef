"""The stand-in's contact points, notification policies, mute timings and message templates."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from support.grafana_standin import Request, State, denied, route

_DEFAULT_POLICY = {"group_by": ["grafana_folder", "alertname"], "receiver": "empty"}
_PROVISIONING = "/api/v1/provisioning"


def _may_provision(request: Request) -> None:
    account = request.account
    granular = account.may("alert.notifications:write") and account.may("alert.provisioning.provenance:write")
    if not granular and not account.may("alert.provisioning:write", "alert.notifications.provisioning:write"):
        denied(
            "any of alert.provisioning:write, alert.notifications.provisioning:write, all of "
            "alert.notifications:write, alert.provisioning.provenance:write"
        )


def _error(status: int, message: str, identity: str, **extra: Any) -> tuple[int, Any]:
    body = {"message": message, "messageId": identity, "statusCode": status}
    return status, body | ({"extra": extra} if extra else {})


def _provenance(request: Request) -> dict[str, str]:
    return {} if request.headers.get("x-disable-provenance") else {"provenance": "api"}


def _may_change(found: dict[str, Any], request: Request) -> tuple[int, Any] | None:
    """Seen: what was written without the header can't be written, or deleted, with it."""
    if found.get("provenance") and request.headers.get("x-disable-provenance"):
        said = ("Resource with provenance status 'api' cannot be managed via API that handles resources with "
                "provenance status 'none'. You must use appropriate API to manage this resource")  # fmt: skip
        extra = {"SourceProvenance": "api", "TargetProvenance": "none"}
        return _error(403, said, "alerting.notifications.invalidProvenance", **extra)
    return None


# ── contact points ───────────────────────────────────────────────────────────

_SECRET = {
    "webhook": {"authorization_credentials", "password", "hmacConfig.secret"},
    "slack": {"url", "token"},
    "email": set(),
}
_REQUIRED = {"webhook": "url", "email": "addresses", "slack": "recipient"}


def _shown(contact: dict[str, Any]) -> dict[str, Any]:
    """Seen: secret settings come back redacted."""
    return {**contact, "settings": _redacted(contact["settings"], _SECRET[contact["type"]])}


def _redacted(settings: dict[str, Any], secret: set[str], within: str = "") -> dict[str, Any]:
    return {
        name: _redacted(value, secret, f"{within}{name}.")
        if isinstance(value, dict)
        else ("[REDACTED]" if within + name in secret else value)
        for name, value in settings.items()
    }


@route("GET", "/api/alert-notifiers", modern_only=True)
def _types(_: State, __: Request) -> tuple[int, Any]:
    """Seen on 12.4.0: everybody who is signed in may read it, and has these among 23."""
    kinds = ("LINE", "discord", *_REQUIRED, "opsgenie", "pagerduty", "teams", "telegram")
    return 200, [{"type": kind, "name": kind.title(), "options": []} for kind in kinds]


@route("GET", f"{_PROVISIONING}/contact-points", modern_only=True)
def _contacts(state: State, _: Request) -> tuple[int, Any]:
    return 200, [_shown(contact) for contact in state.alerting["contacts"].values()]


@route("GET", f"{_PROVISIONING}/contact-points/export", modern_only=True)
def _export_contacts(state: State, request: Request) -> tuple[int, Any]:
    if request.one("decrypt") and not request.account.may("alert.provisioning.secrets:read"):
        denied("alert.provisioning.secrets:read")
    name = request.one("name")
    found = [one for one in state.alerting["contacts"].values() if not name or one["name"] == name]
    points = [{"orgId": 1, "name": one["name"], "receivers": [one]} for one in found]
    return 200, {"apiVersion": 1, "contactPoints": points}


def _invalid(asked: dict[str, Any]) -> tuple[int, Any] | None:
    wrong = "invalid object specification: "
    if asked["type"] not in _REQUIRED:
        return 400, {"message": f"{wrong}unknown integration type: {asked['type']}"}
    required = _REQUIRED[asked["type"]]
    if required not in asked["settings"]:
        said = (
            f'failed to validate integration "{asked["name"]}" (UID {asked["uid"]}) of type "{asked["type"]}"'
        )
        return 400, {"message": f"{wrong}{said}: required field '{required}' is not specified"}
    return None


@route("POST", f"{_PROVISIONING}/contact-points", modern_only=True)
def _create_contact(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    asked, contacts = request.body, state.alerting["contacts"]
    if asked["type"] in _REQUIRED and asked["uid"] in contacts:
        name = contacts[asked["uid"]]["name"]
        said = (f"Receiver configuration with UID '{asked['uid']}' already exists in contact point '{name}'. "
                f"Please use unique identifiers for receivers across all contact points.")  # fmt: skip
        identity = "alerting.notifications.contact-points.uidInUse"
        return _error(409, said, identity, Name=name, UID=asked["uid"])
    refused = _invalid(asked)
    if refused is not None:
        return refused
    stored = {"disableResolveMessage": False, **asked} | _provenance(request)
    contacts[asked["uid"]] = stored
    _of_one_provenance(state, stored)
    return 202, {name: value for name, value in _shown(stored).items() if name != "provenance"}


@route("PUT", f"{_PROVISIONING}/contact-points/([^/]+)", modern_only=True)
def _update_contact(state: State, request: Request) -> tuple[int, Any]:
    """Seen: the settings are replaced; what is `[REDACTED]` stays, but within another setting it is taken to the
    letter."""
    _may_provision(request)
    asked, contacts, uid = request.body, state.alerting["contacts"], request.groups[0]
    if uid not in contacts:
        return 404, {"message": f"object not found: contact point with uid '{uid}' not found"}
    before = contacts[uid]
    if before.get("provenance") and not _provenance(request):
        return 500, {"message": "cannot change provenance from 'api' to ''"}
    refused = _invalid(asked)
    if refused is not None:
        return refused
    settings = {
        name: before["settings"].get(name) if value == "[REDACTED]" else value
        for name, value in asked["settings"].items()
    }
    contacts[uid] = {"disableResolveMessage": False, **asked, "uid": uid, "settings": settings} | _provenance(
        request
    )
    _of_one_provenance(state, contacts[uid])
    return 202, {"message": "contactpoint updated"}


def _of_one_provenance(state: State, written: dict[str, Any]) -> None:
    """Seen: all integrations of a contact point have the provenance of the one that was written last."""
    provenance = {"provenance": written["provenance"]} if "provenance" in written else {}
    for contact in state.alerting["contacts"].values():
        if contact["name"] == written["name"]:
            contact.pop("provenance", None)
            contact.update(provenance)


def _receivers(policy: dict[str, Any]) -> set[str]:
    found = {policy["receiver"]} if policy.get("receiver") else set()
    return found.union(*(_receivers(route) for route in policy.get("routes") or ()))


@route("DELETE", f"{_PROVISIONING}/contact-points/([^/]+)", modern_only=True)
def _delete_contact(state: State, request: Request) -> tuple[int, Any]:
    """Seen: one that isn't there is deleted, too, and all but the last of a contact point that is in use."""
    _may_provision(request)
    contacts, policy = state.alerting["contacts"], state.alerting["policies"] or _DEFAULT_POLICY
    found = contacts.get(request.groups[0])
    last = found is not None and sum(other["name"] == found["name"] for other in contacts.values()) == 1
    if found is not None and last and found["name"] in _receivers(policy):
        said = "Contact point is currently referenced by a notification policy."
        return _error(409, said, "alerting.notifications.contact-points.referenced")
    told = [
        (rule.get("notification_settings") or {}).get("receiver") for rule in state.alerting["rules"].values()
    ]
    if found is not None and last and found["name"] in told:
        said = "Contact point is currently used in the notification settings of one or many alert rules."
        return _error(409, said, "alerting.notifications.contact-points.used-by-rule")
    contacts.pop(request.groups[0], None)
    return 202, {"message": "contactpoint deleted"}


# ── policies ─────────────────────────────────────────────────────────────────


@route("GET", f"{_PROVISIONING}/policies", modern_only=True)
def _policies(state: State, _: Request) -> tuple[int, Any]:
    return 200, state.alerting["policies"] or _DEFAULT_POLICY


def _settled(route: dict[str, Any]) -> dict[str, Any]:
    """Seen: what is empty or false is left out, and matchers are sorted."""
    result = {name: value for name, value in route.items() if value not in (None, [], "", False)}
    if "object_matchers" in result:
        result["object_matchers"] = sorted(result["object_matchers"])
    if "routes" in result:
        result["routes"] = [_settled(child) for child in result["routes"]]
    return result


def _muted(policy: dict[str, Any]) -> set[str]:
    found = {*(policy.get("mute_time_intervals") or ()), *(policy.get("active_time_intervals") or ())}
    return found.union(*(_muted(route) for route in policy.get("routes") or ()))


@route("PUT", f"{_PROVISIONING}/policies", modern_only=True)
def _put_policies(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    refused = _may_change(state.alerting["policies"] or {}, request)
    if refused is not None:
        return refused
    known = {contact["name"] for contact in state.alerting["contacts"].values()} | {"empty"}
    wrong = [f"receiver '{name}' does not exist" for name in sorted(_receivers(request.body) - known)]
    wrong += [
        f"mute time interval '{name}' does not exist"
        for name in sorted(_muted(request.body) - state.alerting["mutes"].keys())
    ]
    if wrong:
        said = f"Invalid format of the submitted route: {wrong[0]}. Correct the payload and try again."
        return _error(400, said, "alerting.notifications.routes.invalidFormat", Error=wrong[0])
    state.alerting["policies"] = _settled(request.body) | _provenance(request)
    return 202, {"message": "policies updated"}


@route("DELETE", f"{_PROVISIONING}/policies", modern_only=True)
def _reset_policies(state: State, _: Request) -> tuple[int, Any]:
    state.alerting["policies"] = None
    return 202, _DEFAULT_POLICY


# ── mute timings ─────────────────────────────────────────────────────────────

_MUTE = f"{_PROVISIONING}/mute-timings/([^/]+)"
_CONFLICT = "alerting.notifications.conflict"


def _bad_times(asked: dict[str, Any]) -> bool:
    return not all(
        re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", time)
        for interval in asked["time_intervals"]
        for times in interval.get("times") or ()
        for time in times.values()
    )


def _timing(asked: dict[str, Any], request: Request) -> dict[str, Any]:
    body = {"name": asked["name"], "time_intervals": asked["time_intervals"]}
    return body | {"version": _digest(body)} | _provenance(request)


@route("GET", f"{_PROVISIONING}/mute-timings", modern_only=True)
def _mutes(state: State, _: Request) -> tuple[int, Any]:
    return 200, list(state.alerting["mutes"].values())


@route("GET", _MUTE, modern_only=True)
def _get_mute(state: State, request: Request) -> tuple[int, Any]:
    found = state.alerting["mutes"].get(request.groups[0])
    return (
        _error(404, "NotFound", "alerting.notifications.time-intervals.notFound")
        if found is None
        else (200, found)
    )


@route("POST", f"{_PROVISIONING}/mute-timings", modern_only=True)
def _create_mute(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    asked, mutes = request.body, state.alerting["mutes"]
    if asked["name"] in mutes:
        said = "Time interval with this name already exists. Use a different name or update existing one."
        return _error(400, said, "alerting.notifications.time-intervals.nameExists")
    if _bad_times(asked):
        return 400, {"message": "bad request data"}
    mutes[asked["name"]] = _timing(asked, request)
    return 201, mutes[asked["name"]]


@route("PUT", _MUTE, modern_only=True)
def _put_mute(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    asked, mutes, name = request.body, state.alerting["mutes"], request.groups[0]
    if name not in mutes:
        return _error(404, "NotFound", "alerting.notifications.time-intervals.notFound")
    if asked.get("version") and asked["version"] != mutes[name]["version"]:
        return _error(409, "Conflict", _CONFLICT)
    refused = _may_change(mutes[name], request)
    if refused is not None:
        return refused
    if _bad_times(asked):
        return 400, {"message": "bad request data"}
    mutes[name] = _timing(asked, request)
    return 202, mutes[name]


@route("DELETE", _MUTE, modern_only=True)
def _delete_mute(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    mutes, name = state.alerting["mutes"], request.groups[0]
    if name not in mutes:
        return 204, None
    if request.one("version") not in ("", mutes[name]["version"]):
        return _error(409, "Conflict", _CONFLICT)
    refused = _may_change(mutes[name], request)
    if refused is not None:
        return refused
    if name in _muted(state.alerting["policies"] or {}):
        return _error(409, "Conflict", "alerting.notifications.time-intervals.used", UsedByRoutes=True)
    del mutes[name]
    return 204, None


# ── message templates ────────────────────────────────────────────────────────


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


_TEMPLATE = f"{_PROVISIONING}/templates/([^/]+)"
_NO_TEMPLATE = "alerting.notifications.templates.notFound"


@route("PUT", _TEMPLATE, modern_only=True)
def _put_template(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    name, text, templates = request.groups[0], request.body["template"], state.alerting["templates"]
    version = request.body.get("version")
    if version and name not in templates:
        return _error(404, "NotFound", _NO_TEMPLATE)
    if version and version != templates[name]["version"]:
        return _error(409, "Conflict", _CONFLICT)
    refused = _may_change(templates.get(name) or {}, request)
    if refused is not None:
        return refused
    if text.count("{{") != text.count("}}"):
        said = "Template is in invalid format. Correct the payload and try again."
        failure = "invalid template: template: :1: unclosed action"
        return _error(400, said, "alerting.notifications.templates.invalidFormat", Error=failure)
    if "define" not in text:
        text = f'{{{{ define "{name}" }}}}\n  {text}\n{{{{ end }}}}'  # seen
    templates[name] = {"name": name, "template": text, "version": _digest(text)} | _provenance(request)
    return 202, templates[name]


@route("GET", _TEMPLATE, modern_only=True)
def _get_template(state: State, request: Request) -> tuple[int, Any]:
    found = state.alerting["templates"].get(request.groups[0])
    return _error(404, "NotFound", _NO_TEMPLATE) if found is None else (200, found)


@route("GET", f"{_PROVISIONING}/templates", modern_only=True)
def _templates(state: State, _: Request) -> tuple[int, Any]:
    return 200, list(state.alerting["templates"].values()) or b"null"  # seen


@route("DELETE", _TEMPLATE, modern_only=True)
def _delete_template(state: State, request: Request) -> tuple[int, Any]:
    _may_provision(request)
    templates, name = state.alerting["templates"], request.groups[0]
    if name not in templates:
        return 204, None
    if request.one("version") not in ("", templates[name]["version"]):
        return _error(409, "Conflict", _CONFLICT)
    refused = _may_change(templates[name], request)
    if refused is not None:
        return refused
    del templates[name]
    return 204, None
