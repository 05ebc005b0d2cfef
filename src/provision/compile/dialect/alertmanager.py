"""Definitions to what Alertmanager reads: alertmanager.yml with its route tree, as a resource and as bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provision.compile.dialect.header import header, read_mark
from provision.compile.dialect.versions import NewerField, Version, each, newer, version_setting
from provision.compile.kinds import ALERTMANAGER, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL
from provision.compile.yamltext.reading import load
from provision.compile.yamltext.writing import render, settled
from provision.errors import ProvisionError
from provision.model import JSON, Definition, Mark, Resource, decode, encode
from provision.project import Project

CONFIG: Final = "alertmanager-config"
CONFIG_KEY: Final = "root"
LATEST: Final[Version] = (0, 33, 0)
"""The newest Alertmanager whose fields are in the tables below."""

# The first version that knows a field, from Alertmanager's CHANGELOG.
_TIME_INTERVALS: Final[Version] = (0, 24, 0)
_ROUTE_FIELDS: dict[str, Version] = {
    "matchers": (0, 22, 0),
    "mute_time_intervals": (0, 22, 0),
    "active_time_intervals": (0, 24, 0),
}
_RECEIVER_FIELDS: dict[str, Version] = {
    "sns_configs": (0, 23, 0),
    "telegram_configs": (0, 24, 0),
    "discord_configs": (0, 25, 0),
    "webex_configs": (0, 25, 0),
    "msteams_configs": (0, 26, 0),
    "msteamsv2_configs": (0, 28, 0),
    "jira_configs": (0, 28, 0),
    "rocketchat_configs": (0, 28, 0),
    "incidentio_configs": (0, 29, 0),
    "mattermost_configs": (0, 30, 0),
    "labels": (0, 33, 0),
}
_INTEGRATION_FIELDS: dict[str, dict[str, Version]] = {
    "webhook_configs": {"url_file": (0, 26, 0), "timeout": (0, 28, 0)},
    "email_configs": {
        "auth_password_file": (0, 25, 0),
        "threading": (0, 30, 0),
        "auth_secret_file": (0, 31, 0),
    },
    "slack_configs": {"api_url_file": (0, 22, 0), "timeout": (0, 30, 0)},
    "pagerduty_configs": {
        "routing_key_file": (0, 25, 0),
        "service_key_file": (0, 25, 0),
        "timeout": (0, 30, 0),
    },
    "telegram_configs": {"bot_token_file": (0, 26, 0), "chat_id_file": (0, 31, 0)},
    "discord_configs": {"webhook_url_file": (0, 27, 0)},
    "msteams_configs": {"webhook_url_file": (0, 27, 0)},
}
_INHIBIT_FIELDS: dict[str, Version] = {
    "source_matchers": (0, 22, 0),
    "target_matchers": (0, 22, 0),
    "name": (0, 30, 0),
}
_GLOBAL_FIELDS: dict[str, Version] = {
    "slack_api_url_file": (0, 22, 0),
    "opsgenie_api_key_file": (0, 24, 0),
    "smtp_auth_password_file": (0, 25, 0),
    "victorops_api_key_file": (0, 25, 0),
    "smtp_auth_secret_file": (0, 31, 0),
    "telegram_bot_token_file": (0, 31, 0),
    "wechat_api_secret_file": (0, 31, 0),
    "mattermost_webhook_url_file": (0, 32, 0),
}


@dataclass(frozen=True, slots=True)
class AlertmanagerDialect:
    """What one Alertmanager understands."""

    version: Version = LATEST

    @classmethod
    def of(cls, project: Project) -> AlertmanagerDialect:
        """The dialect of the setting `alertmanager_version`, such as "0.25"; without one, the newest we know.

        Raises:
            UsageError: the setting isn't a version.
        """
        return cls(version_setting(project, "alertmanager_version", LATEST))


def shape(
    definitions: Sequence[Definition], dialect: AlertmanagerDialect = AlertmanagerDialect()
) -> Resource | None:
    """alertmanager.yml as a resource; None when no source says anything about it.

    The route with the key `root` is the root; the others become its last children, in the order of the sources'
    paths and lines.

    Raises:
        ProvisionError: there is no root route.
    """
    used = [definition for definition in definitions if definition.kind in _KINDS]
    if not used:
        return None
    body: dict[str, JSON] = {"route": _tree(_of(used, ROUTE))}
    for definition in _of(used, ALERTMANAGER):
        body.update({key: value for key, value in decode(definition.body).items() if value})
    intervals = "time_intervals" if dialect.version >= _TIME_INTERVALS else "mute_time_intervals"
    for field, found in (
        ("receivers", sorted(_of(used, RECEIVER), key=lambda receiver: receiver.key)),
        ("inhibit_rules", _of(used, INHIBIT)),
        (intervals, sorted(_of(used, TIME_INTERVAL), key=lambda interval: interval.key)),
    ):
        if found:
            body[field] = [decode(definition.body) for definition in found]
    places = tuple(dict.fromkeys(definition.place for definition in sorted(used, key=_in_order)))
    return Resource(CONFIG, CONFIG_KEY, encode(settled(body)), places)


def is_whole(definitions: Sequence[Definition]) -> bool:
    """Whether there is a root route, and a receiver of each name that routes lead to."""
    routes = [decode(found.body) for found in definitions if found.kind == ROUTE]
    receivers = {found.key for found in definitions if found.kind == RECEIVER}
    named = {name for route in routes for name in _receivers(route)}
    return named <= receivers and any(found.kind == ROUTE and found.key == _ROOT for found in definitions)


def _receivers(route: JSON) -> Iterator[str]:
    if isinstance(route, dict):
        if isinstance(route.get("receiver"), str):
            yield route["receiver"]
        for child, _ in each(route.get("routes"), ""):
            yield from _receivers(child)


def too_new(definition: Definition, dialect: AlertmanagerDialect) -> tuple[NewerField, ...]:
    """The fields of a definition that the dialect's version refuses."""
    body, version = decode(definition.body), dialect.version
    if definition.kind == ROUTE:
        return tuple(_newer_in_route(body, version, ""))
    if definition.kind == RECEIVER:
        return tuple(_newer_in_receiver(body, version, ""))
    if definition.kind == INHIBIT:
        return tuple(newer(_INHIBIT_FIELDS, body, version))
    if definition.kind == ALERTMANAGER:
        return tuple(newer(_GLOBAL_FIELDS, body.get("global"), version, "/global"))
    return ()


def too_new_in_config(body: bytes, dialect: AlertmanagerDialect) -> tuple[NewerField, ...]:
    """The same for the whole alertmanager.yml."""
    config, version = decode(body), dialect.version
    found = [*_newer_in_route(config.get("route"), version, "/route")]
    for receiver, at in each(config.get("receivers"), "/receivers"):
        found.extend(_newer_in_receiver(receiver, version, at))
    for inhibit, at in each(config.get("inhibit_rules"), "/inhibit_rules"):
        found.extend(newer(_INHIBIT_FIELDS, inhibit, version, at))
    found.extend(newer(_GLOBAL_FIELDS, config.get("global"), version, "/global"))
    found.extend(newer({"time_intervals": _TIME_INTERVALS}, config, version))
    return tuple(found)


def config_bytes(resource: Resource, owner: str) -> bytes:
    """alertmanager.yml, with a header that carries the mark of `owner`."""
    return render(decode(resource.body), header=header(resource, owner))


def read_config(text: bytes) -> tuple[bytes, Mark | None]:
    """The body (canonical bytes) and the mark of an alertmanager.yml, ours or not.

    Raises:
        ProvisionError: it isn't YAML, or not a mapping.
    """
    document = load(text, "alertmanager.yml")
    if not isinstance(document, dict | None):
        raise ProvisionError("is not a configuration of Alertmanager", where="alertmanager.yml")
    return encode(document or {}), read_mark(text, CONFIG_KEY)


_ROOT: Final = "root"
_KINDS = frozenset({ALERTMANAGER, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL})


def _tree(routes: Sequence[Definition]) -> dict[str, JSON]:
    roots = [route for route in routes if route.key == _ROOT]
    if not roots:
        raise ProvisionError(
            "Alertmanager needs a root route and there is none",
            remedy="add a module-level Route(receiver=…) without matchers under provisioning/",
        )
    root: dict[str, JSON] = decode(roots[0].body)
    children = [decode(route.body) for route in routes if route.key != _ROOT]
    if children:
        root["routes"] = [*root.get("routes", []), *children]
    return root


def _of(definitions: Sequence[Definition], kind: str) -> list[Definition]:
    return sorted((definition for definition in definitions if definition.kind == kind), key=_in_order)


def _in_order(definition: Definition) -> tuple[str, int, int, str]:
    number = definition.key.rpartition("#")[2]
    position = int(number) if number.isdigit() else 0
    return definition.place.path, definition.place.line or 0, position, definition.key


def _newer_in_route(route: JSON, version: Version, pointer: str) -> Iterator[NewerField]:
    yield from newer(_ROUTE_FIELDS, route, version, pointer)
    children = route.get("routes") if isinstance(route, dict) else None
    for child, at in each(children, f"{pointer}/routes"):
        yield from _newer_in_route(child, version, at)


def _newer_in_receiver(receiver: JSON, version: Version, pointer: str) -> Iterator[NewerField]:
    yield from newer(_RECEIVER_FIELDS, receiver, version, pointer)
    for integration, fields in _INTEGRATION_FIELDS.items():
        configs = receiver.get(integration) if isinstance(receiver, dict) else None
        for config, at in each(configs, f"{pointer}/{integration}"):
            yield from newer(fields, config, version, at)
