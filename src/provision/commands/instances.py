"""The Grafanas that a command is pointed at: by flags, the environment or `[tool.provision.grafana]`, in that order.

| `grafana` is | it names |
| --- | --- |
| a URL, or a list of them | Grafanas that share the credentials of the environment |
| a table with `url` | one Grafana with settings of its own |
| a table of tables | instances by name; settings beside them hold for all of them |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from provision.client.endpoint import Endpoint
from provision.commands.access import credentials_of, organisation_of, text_of, transport_in
from provision.commands.options import Servers
from provision.commands.transport import Transport, transport_of
from provision.errors import UsageError, did_you_mean
from provision.project import Project

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What an instance may be called."""

SETTINGS: Final = frozenset((
    "url", "organisation", "datasource", "token_env", "token_file", "user", "user_env", "password_env",
    "password_file", "ca_file", "client_cert", "client_key", "proxy", "proxy_env", "headers",
))  # fmt: skip
"""What the table of an instance may hold; docs/fleets.md says what each means."""

_PLAIN_SECRETS: Final = frozenset(("token", "password", "api_key", "apikey", "secret"))


@dataclass(frozen=True, slots=True)
class Instance:
    """One organisation of one Grafana, before anything is asked of it.

    Attributes:
        name: what the settings or the flag call it; empty when nobody gave it a name.
        datasource: name or uid of the data source that its dashboards are bound to.
    """

    name: str
    endpoint: Endpoint
    datasource: str | None = None


def instances(servers: Servers, project: Project, environ: Mapping[str, str]) -> tuple[Instance, ...]:
    """The Grafanas that flags, or else the environment, or else the settings name, each once.

    Raises:
        UsageError: a name, a setting, a credential or an address can't be used.
    """
    transport = transport_of(servers, environ)
    default = servers.datasource or project.setting("datasource", str, "") or None
    settings = dict(_configured(project))
    if servers.grafana:
        chosen = [_flagged(given, settings) for given in servers.grafana]
    elif url := environ.get("GRAFANA_URL") or environ.get("GRAFANA_SERVER"):
        chosen = [("", {"url": url})]
    else:
        chosen = (
            list(settings.items()) if isinstance(project.settings.get("grafana"), dict) else _plain(project)
        )
    found = [
        each
        for name, table in chosen
        for each in _by_organisation(_instance(name, table, project, environ, transport), servers.org)
    ]
    found = [replace(each, datasource=servers.datasource or each.datasource or default) for each in found]
    return tuple(each for position, each in enumerate(found) if each not in found[:position])


def _by_organisation(instance: Instance, organisations: tuple[int, ...]) -> Iterator[Instance]:
    """The instance in each organisation that `--org` names, or in its own."""
    if not organisations:
        yield instance
    for number in dict.fromkeys(organisations):
        called = f"{instance.name}/org-{number}".lstrip("/") if len(set(organisations)) > 1 else instance.name
        yield replace(instance, name=called, endpoint=instance.endpoint.in_organisation(number))


def _flagged(given: str, settings: Mapping[str, Mapping[str, Any]]) -> tuple[str, Mapping[str, Any]]:
    """What `--grafana` says: an instance of the settings by its name, `NAME=URL`, or a URL."""
    if given in settings:
        return given, settings[given]
    name, equals, url = given.partition("=")
    if equals and NAME.fullmatch(name):
        return name, {"url": url}
    if settings and NAME.fullmatch(given):
        known = ", ".join(sorted(settings))
        raise UsageError(f"there is no instance {given!r}", remedy=f"give a URL or one of: {known}")
    if NAME.fullmatch(given):
        raise UsageError(
            f"{given!r} is neither a URL nor an instance of the settings",
            remedy="write http://HOST:PORT or https://HOST, or add it to the table [tool.provision.grafana]",
        )
    return "", {"url": given}


def _plain(project: Project) -> list[tuple[str, Mapping[str, Any]]]:
    listed = project.setting("grafana", (str, list), [])
    urls = [listed] if isinstance(listed, str) else listed
    if not all(isinstance(url, str) for url in urls):
        raise UsageError("[tool.provision] grafana must be a URL or a list of URLs", where=_file(project))
    return [("", {"url": _without_credentials(url, "grafana", project)}) for url in urls if url]


def _configured(project: Project) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The instances of the `grafana` table by name; the name is empty for a table that is one itself."""
    table = project.settings.get("grafana")
    if not isinstance(table, dict):
        return
    shared = {key: value for key, value in table.items() if key in SETTINGS}
    named = {key: value for key, value in table.items() if key not in SETTINGS}
    if not named or "url" in shared:
        _require_known("grafana", table, project)
        _without_credentials(table.get("url"), "grafana", project)
        yield "", table
        return
    for name, value in named.items():
        own = {"url": value} if isinstance(value, str) else value
        if not isinstance(own, dict):
            _require_known("grafana", {name: value}, project)
        if not NAME.fullmatch(name):
            raise UsageError(
                f"[tool.provision] grafana: {name!r} can't be the name of an instance",
                where=_file(project),
                remedy="use letters, digits, '.', '_' and '-'",
            )
        _require_known(f"grafana.{name}", own, project)
        _without_credentials(own.get("url"), f"grafana.{name}", project)
        yield name, _overlaid(shared, own)


def _overlaid(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """An instance's settings over those of all. Credentials of its own take the place of all the shared ones, so
    that a shared token never wins over an instance's user."""
    if any(key.startswith(("token", "user", "password")) for key in own):
        shared = {k: v for k, v in shared.items() if not k.startswith(("token", "user", "password"))}
    if "proxy" in own or "proxy_env" in own:
        shared = {key: value for key, value in shared.items() if not key.startswith("proxy")}
    return {**shared, **own}


def _without_credentials(url: object, name: str, project: Project) -> object:
    if isinstance(url, str) and "@" in url:
        raise UsageError(
            f"[tool.provision] {name}: a URL with credentials in it, which don't belong there",
            where=_file(project),
            remedy="name the variables that hold them: token_env, or user_env and password_env",
        )
    return url


def _require_known(name: str, table: Mapping[str, Any], project: Project) -> None:
    for key in table:
        if key in SETTINGS:
            continue
        remedy = did_you_mean(key, SETTINGS, f"it may have {', '.join(sorted(SETTINGS))}")
        if key in _PLAIN_SECRETS:
            remedy = (
                "a secret doesn't belong there: name the variable or file that holds it, such as token_env"
            )
        raise UsageError(
            f"[tool.provision] {name} has no setting {key!r}", where=_file(project), remedy=remedy
        )


def _instance(
    name: str, table: Mapping[str, Any], project: Project, environ: Mapping[str, str], flags: Transport
) -> Instance:
    where = f"{_file(project)}: grafana{f'.{name}' if name else ''}"
    url = text_of(table, "url", where)
    if not url:
        raise UsageError("there is no url", where=where, remedy="add url = 'https://…'")
    endpoint = (
        transport_in(table, environ, project.root, where)
        .under(flags)
        .endpoint(
            environ,
            "GRAFANA",
            url,
            organisation=organisation_of(table, where),
            credentials=credentials_of(table, environ, project.root, where),
        )
    )
    return Instance(name, endpoint, text_of(table, "datasource", where) or None)


def _file(project: Project) -> str:
    return str(project.root / "pyproject.toml")
