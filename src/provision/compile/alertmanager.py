"""Routes, receivers, inhibitions, time intervals and global settings of Alertmanager to definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provision.author import AlertmanagerGlobal, Inhibit, Receiver, Route, TimeInterval
from provision.author.place import Written
from provision.compile.kinds import ALERTMANAGER, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL
from provision.model import Definition, Place, encode

Locate = Callable[[Written], Place | None]


def compile_route(path: str, route: Route, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one route with its children. Without matchers it is the root; otherwise its key ends
    in `#`, and the collector puts a number behind it."""
    key = f"{path}#" if route.matchers else "root"
    return [Definition(ROUTE, key, encode(route_body(route)), place)]


def route_body(route: Route) -> dict[str, Any]:
    """A route as Alertmanager writes it; what it inherits is left out."""
    body = {
        "receiver": route.receiver,
        "matchers": list(route.matchers),
        "group_by": list(route.group_by),
        "group_wait": route.group_wait,
        "group_interval": route.group_interval,
        "repeat_interval": route.repeat_interval,
        "continue": route.continue_ or None,
        "mute_time_intervals": list(route.mute_time_intervals),
        "active_time_intervals": list(route.active_time_intervals),
        "routes": [route_body(child) for child in route.routes],
    }
    return {key: value for key, value in body.items() if value not in (None, [])}


def compile_receiver(_path: str, receiver: Receiver, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one receiver."""
    body: dict[str, Any] = {"name": receiver.name}
    if receiver.webhooks:
        body["webhook_configs"] = [
            {**({"url": hook.url} if hook.url is not None else {"url_file": hook.url_file}),
             "send_resolved": hook.send_resolved, **hook.extra}
            for hook in receiver.webhooks
        ]  # fmt: skip
    if receiver.emails:
        body["email_configs"] = [
            {"to": mail.to, "send_resolved": mail.send_resolved, **mail.extra} for mail in receiver.emails
        ]
    for integration, configs in receiver.configs.items():
        body[integration] = [*body.get(integration, []), *(dict(config) for config in configs)]
    return [Definition(RECEIVER, receiver.name, encode(body), place)]


def compile_inhibit(path: str, inhibit: Inhibit, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one inhibition; the collector puts a number behind its key."""
    body: dict[str, Any] = {
        "source_matchers": list(inhibit.source),
        "target_matchers": list(inhibit.target),
    }
    if inhibit.equal:
        body["equal"] = list(inhibit.equal)
    return [Definition(INHIBIT, f"{path}#", encode(body), place)]


def compile_time_interval(
    _path: str, interval: TimeInterval, place: Place, _locate: Locate
) -> list[Definition]:
    """The definition of one time interval."""
    body = {"name": interval.name, "time_intervals": [dict(part) for part in interval.intervals]}
    return [Definition(TIME_INTERVAL, interval.name, encode(body), place)]


def compile_global(
    _path: str, settings: AlertmanagerGlobal, place: Place, _locate: Locate
) -> list[Definition]:
    """The definition of the global settings."""
    named = {
        "resolve_timeout": settings.resolve_timeout,
        "smtp_smarthost": settings.smtp_smarthost,
        "smtp_from": settings.smtp_from,
    }
    body = {
        "global": {**{key: value for key, value in named.items() if value is not None}, **settings.extra},
        "templates": list(settings.templates),
    }
    return [Definition(ALERTMANAGER, "global", encode(body), place)]
