"""Who is told of an alert, and when: routes, receivers, inhibitions and time intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provision.author import plain_secrets
from provision.author.durations import check
from provision.author.place import Written, written


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that alerts are posted to.

    Attributes:
        url: where to; or
        url_file: a file on the Alertmanager's machine that holds the address, when the address is a secret.
        send_resolved: whether it is told of recoveries too.
        extra: further fields of a `webhook_config`.
    """

    url: str | None = None
    url_file: str | None = None
    send_resolved: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("Webhook: give either url or url_file")
        plain_secrets.refuse("Webhook", self.extra)


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address that alerts are sent to.

    Attributes:
        to: the address.
        send_resolved: whether it is told of recoveries too.
        extra: further fields of an `email_config`; a password only as `auth_password_file`.
    """

    to: str
    send_resolved: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "auth_password" in self.extra:
            raise ValueError("Email: a password is given as auth_password_file, never as auth_password")
        plain_secrets.refuse("Email", self.extra)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A named set of places that alerts are delivered to.

    Attributes:
        name: what routes refer to.
        webhooks, emails: where to.
        configs: any other integrations, as Alertmanager names them: `{"slack_configs": [{…}]}`; secrets only as
            `…_file` where Alertmanager knows one.
    """

    name: str
    webhooks: Sequence[Webhook] = ()
    emails: Sequence[Email] = ()
    configs: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    where: Written = written()

    def __post_init__(self) -> None:
        if isinstance(self.configs, Mapping):
            plain_secrets.refuse(f"receiver {self.name!r}", self.configs)


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the routing tree. The one module-level route without matchers is the root; any other
    module-level route is a child of the root, in the order of the sources' paths and lines.

    Attributes:
        receiver: the name of the receiver; none: the parent's.
        matchers: such as `severity="page"`; all must hold.
        group_by: labels by which alerts are put into one notification; `("...",)` for all.
        group_wait, group_interval, repeat_interval: Prometheus durations; none: the parent's.
        continue_: whether the siblings after it are tried too.
        routes: its children.
        mute_time_intervals, active_time_intervals: names of time intervals.
    """

    receiver: str | None = None
    matchers: Sequence[str] = ()
    group_by: Sequence[str] = ()
    group_wait: str | None = None
    group_interval: str | None = None
    repeat_interval: str | None = None
    continue_: bool = False
    routes: Sequence[Route] = ()
    mute_time_intervals: Sequence[str] = ()
    active_time_intervals: Sequence[str] = ()
    where: Written = written()

    def __post_init__(self) -> None:
        check(
            f"route to {self.receiver!r}",
            group_wait=self.group_wait,
            group_interval=self.group_interval,
            repeat_interval=self.repeat_interval,
        )


@dataclass(frozen=True, slots=True)
class Inhibit:
    """Alerts that keep others quiet.

    Attributes:
        source: matchers of the alerts that silence.
        target: matchers of the alerts that are silenced.
        equal: labels that must be the same in both.
    """

    source: Sequence[str]
    target: Sequence[str]
    equal: Sequence[str] = ()
    where: Written = written()


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """A named time interval for routes.

    Attributes:
        name: what routes refer to.
        intervals: as Alertmanager's `time_interval` writes them: `{"weekdays": ["saturday"], …}`.
    """

    name: str
    intervals: Sequence[Mapping[str, Any]]
    where: Written = written()


@dataclass(frozen=True, slots=True)
class AlertmanagerGlobal:
    """The settings of an Alertmanager; a project has at most one.

    Attributes:
        resolve_timeout: after how long an alert without an end is over, a Prometheus duration.
        smtp_smarthost: `host:port` of the mail server.
        smtp_from: the sender's address.
        extra: further fields of `global`; passwords only as `…_file`.
        templates: paths of template files, relative to `alertmanager.yml`.
    """

    resolve_timeout: str | None = None
    smtp_smarthost: str | None = None
    smtp_from: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    templates: Sequence[str] = ()
    where: Written = written()

    def __post_init__(self) -> None:
        check("AlertmanagerGlobal", resolve_timeout=self.resolve_timeout)
        plain_secrets.refuse("AlertmanagerGlobal", self.extra)
