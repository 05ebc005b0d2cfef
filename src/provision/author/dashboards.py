"""What dashboards stand on: data sources and folders; and dashboards written as plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provision.author.place import Written, written
from provision.author.secrets import Secret


class JsonDashboard(dict[str, Any]):
    """A dashboard written as Grafana's own JSON; marks a plain dictionary as one."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder that a subdirectory of `dashboards/` becomes. Without one, its title is made of the
    directory's name and its uid of the directory's path. Stands in any source of that directory.

    Attributes:
        title: what Grafana shows.
        uid: at most 40 characters of `[A-Za-z0-9_-]`; none: derived from the path.
    """

    title: str
    uid: str | None = None
    where: Written = written()


@dataclass(frozen=True, slots=True)
class Datasource:
    """A Grafana data source.

    Attributes:
        name: unique in an organisation.
        uid: what dashboards refer to; at most 40 characters of `[A-Za-z0-9_-]`.
        url: as Grafana's server reaches it.
        type: the plugin's id.
        access: `proxy` (Grafana's server asks) or `direct` (the browser asks).
        default: whether it is the organisation's default.
        json_data: the plugin's settings, such as `{"timeInterval": "15s"}`.
        secure: the plugin's secrets by name, by reference.
        basic_auth_user: turns basic authentication on; the password is the secret `basicAuthPassword`.
        user, database: of a database; the password is the secret `password`.
    """

    name: str
    uid: str
    url: str
    type: str = "prometheus"
    access: str = "proxy"
    default: bool = False
    json_data: Mapping[str, Any] = field(default_factory=dict)
    secure: Mapping[str, Secret] = field(default_factory=dict)
    basic_auth_user: str | None = None
    user: str = ""
    database: str = ""
    where: Written = written()
