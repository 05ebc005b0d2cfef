"""Alertmanager's receivers, routes and time intervals to Grafana's contact points, policies and mute timings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from provision.compile.dialect.grafana_matchers import object_matchers
from provision.compile.dialect.grafana_remarks import Said

Body = dict[str, Any]

_TYPES: Final[Mapping[str, str]] = {
    "discord_configs": "discord", "jira_configs": "jira", "msteams_configs": "teams", "msteamsv2_configs": "teams",
    "opsgenie_configs": "opsgenie", "pagerduty_configs": "pagerduty", "pushover_configs": "pushover",
    "slack_configs": "slack", "sns_configs": "sns", "telegram_configs": "telegram", "victorops_configs": "victorops",
    "webex_configs": "webex", "wechat_configs": "wecom",
}  # fmt: skip
"""Integrations of Alertmanager and what Grafana calls its own of that kind."""

FOLDER_LABEL: Final = "grafana_folder"
"""The label by which Grafana says in which folder an alert's rule lies."""

_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_INHERITED: Final = ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")


def contact_point(receiver: Body) -> tuple[Body, tuple[Said, ...]]:
    """The body of a `contact-point` definition, and what can't be carried over of the receiver."""
    name = receiver["name"]
    found: list[Body] = []
    said: list[Said] = []
    for kind, configs in receiver.items():
        if not kind.endswith("_configs"):
            continue
        for number, config in enumerate(configs):
            at = f"/{kind}/{number}"
            if kind == "webhook_configs":
                found.append(_webhook(config, name, at, said))
            elif kind == "email_configs":
                found.append(_email(config, name, at, said))
            else:
                theirs = _TYPES.get(kind, kind.removesuffix("_configs"))
                said.append(
                    _not_carried(at, kind, "its secrets lie on the Alertmanager's machine", name, theirs)
                )
    return {"name": name, "integrations": found}, tuple(said)


def _webhook(config: Body, name: str, at: str, said: list[Said]) -> Body:
    settings: Body = {"url": config.get("url")}
    known = {"url", "send_resolved", "max_alerts"}
    if config.get("max_alerts"):
        settings["maxAlerts"] = str(config["max_alerts"])
    if "url_file" in config:
        why = "the file lies on the Alertmanager's machine"
        said.append(_not_carried(f"{at}/url_file", "url_file", why, name, "webhook"))
    for field in sorted(config.keys() - known - {"url_file"}):
        said.append(
            _not_carried(f"{at}/{field}", field, "Grafana's webhook has no such setting", name, "webhook")
        )
    return _integration("webhook", settings, config)


def _email(config: Body, name: str, at: str, said: list[Said]) -> Body:
    addresses = [part.strip() for part in str(config.get("to") or "").split(",") if part.strip()]
    for field in sorted(config.keys() - {"to", "send_resolved"}):
        why = "on a Grafana mail is set up in its own configuration"
        said.append(_not_carried(f"{at}/{field}", field, why, name, "email"))
    return _integration("email", {"addresses": ";".join(addresses), "singleEmail": True}, config)


def _integration(kind: str, settings: Body, config: Body) -> Body:
    resolved = config.get("send_resolved", kind != "email")  # Alertmanager's own defaults
    return {"type": kind, "settings": settings, "disableResolveMessage": not resolved, "secure": {}}


def _not_carried(at: str, field: str, why: str, name: str, kind: str) -> Said:
    remedy = f"write ContactPoint({name!r}, [Integration({kind!r}, …)]), which takes the receiver's place on a Grafana"
    return Said("error", at, f"receiver {name!r}: {field} can't be carried over to Grafana: {why}", remedy)


def policy_root(root: Body | None) -> Body | None:
    """The root as Grafana writes it, without its routes; None for none."""
    if not root:
        return None
    return {name: value for name, value in root.items() if name in _INHERITED}


def top_routes(root: Body | None, others: Sequence[Body], folders: Sequence[str] | None) -> list[Body]:
    """The routes that lie below a Grafana's root: the project's own ones; or where that root isn't the project's, one
    that stands for the project's root, and takes the alerts of its folders and nobody else's.

    Args:
        root: the project's root with its children, if it has one.
        others: the routes that stand alone.
        folders: what Grafana puts into the label `grafana_folder` of the project's alerts; None: the root of the
            tree is the project's.

    Raises:
        ValueError: a matcher isn't one.
    """
    listed = [_route(route) for route in ((root or {}).get("routes") or ())] + [
        _route(route) for route in others
    ]
    if folders is None or not root:
        return listed
    if not folders:
        return []
    ours = {**(policy_root(root) or {}), "object_matchers": [_one_of(folders)]}
    return [{**ours, "routes": listed} if listed else ours]


def _one_of(folders: Sequence[str]) -> list[str]:
    if len(folders) == 1:
        return [FOLDER_LABEL, "=", folders[0]]
    return [FOLDER_LABEL, "=~", "|".join(_SPECIAL.sub(r"\\\g<0>", title) for title in folders)]


def _route(route: Body) -> Body:
    matchers = object_matchers(route)
    if matchers is None:
        wrong = ", ".join(map(str, route.get("matchers") or ()))
        raise ValueError(f"the matchers {wrong} of a route can't be read")
    result = {
        name: value
        for name, value in route.items()
        if name not in ("matchers", "match", "match_re", "routes")
    }
    if matchers:
        result["object_matchers"] = matchers
    children = [_route(child) for child in route.get("routes") or ()]
    return {**result, "routes": children} if children else result
