"""Routes, receivers, inhibitions, time intervals and global settings of Alertmanager to definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provision.author import AlertmanagerGlobal, Email, Inhibit, Receiver, Route, TimeInterval, Webhook
from provision.author.place import Written
from provision.compile.kinds import ALERTMANAGER, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL
from provision.compile.values import each, free, mapping, texts
from provision.model import Definition, Place, encode

Locate = Callable[[Written], Place | None]


def compile_route(path: str, route: Route, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one route with its children. Without matchers it is the root; otherwise its key ends
    in `#`, and the collector puts a number behind it.

    Raises:
        ValueError, TypeError: a field isn't of its form.
    """
    key = f"{path}#" if route.matchers else "root"
    return [Definition(ROUTE, key, encode(route_body(route)), place)]


def route_body(route: Route) -> dict[str, Any]:
    """A route as Alertmanager writes it; what it inherits is left out."""
    body = {
        "receiver": route.receiver,
        "matchers": texts(route.matchers, "matchers"),
        "group_by": texts(route.group_by, "group_by"),
        "group_wait": route.group_wait,
        "group_interval": route.group_interval,
        "repeat_interval": route.repeat_interval,
        "continue": route.continue_ or None,
        "mute_time_intervals": texts(route.mute_time_intervals, "mute_time_intervals"),
        "active_time_intervals": texts(route.active_time_intervals, "active_time_intervals"),
        "routes": [route_body(child) for child in each(route.routes, Route, "routes")],
    }
    return {key: value for key, value in body.items() if value not in (None, [])}


def compile_receiver(_path: str, receiver: Receiver, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one receiver.

    Raises:
        ValueError, TypeError: a field isn't of its form.
    """
    if not isinstance(receiver.name, str) or not receiver.name:
        raise ValueError(f"a receiver's name must be a text that isn't empty, not {receiver.name!r}")
    body: dict[str, Any] = {"name": receiver.name}
    hooks = each(receiver.webhooks, Webhook, "webhooks")
    mails = each(receiver.emails, Email, "emails")
    if hooks:
        body["webhook_configs"] = [
            {**({"url": hook.url} if hook.url is not None else {"url_file": hook.url_file}),
             "send_resolved": hook.send_resolved, **mapping(hook.extra, "extra")}
            for hook in hooks
        ]  # fmt: skip
    if mails:
        body["email_configs"] = [
            {"to": mail.to, "send_resolved": mail.send_resolved, **mapping(mail.extra, "extra")}
            for mail in mails
        ]
    for integration, configs in mapping(receiver.configs, "configs").items():
        if not integration.endswith("_configs"):
            raise ValueError(
                f"configs: Alertmanager's integrations end in _configs, such as slack_configs, unlike {integration!r}"
            )
        if not isinstance(configs, list) or not all(isinstance(config, dict) for config in configs):
            raise TypeError(f"configs: {integration} must be a list of mappings")
        body[integration] = [*body.get(integration, []), *configs]
    return [Definition(RECEIVER, receiver.name, encode(body), place)]


def compile_inhibit(path: str, inhibit: Inhibit, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one inhibition; the collector puts a number behind its key."""
    body: dict[str, Any] = {
        "source_matchers": texts(inhibit.source, "source"),
        "target_matchers": texts(inhibit.target, "target"),
    }
    if inhibit.equal:
        body["equal"] = texts(inhibit.equal, "equal")
    return [Definition(INHIBIT, f"{path}#", encode(body), place)]


def compile_time_interval(
    _path: str, interval: TimeInterval, place: Place, _locate: Locate
) -> list[Definition]:
    """The definition of one time interval."""
    body = {"name": interval.name, "time_intervals": free(interval.intervals, "intervals")}
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
        "global": {
            **{key: value for key, value in named.items() if value is not None},
            **mapping(settings.extra, "extra"),
        },
        "templates": texts(settings.templates, "templates"),
    }
    return [Definition(ALERTMANAGER, "global", encode(body), place)]
