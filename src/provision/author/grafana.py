"""What only a Grafana has: contact points, message templates and library panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provision.author import plain_secrets
from provision.author.place import Written, written
from provision.author.secrets import Secret


@dataclass(frozen=True, slots=True)
class Integration:
    """One way by which a contact point tells people.

    Attributes:
        type: as Grafana names it, such as `slack`, `webhook`, `email` or `pagerduty`.
        settings: as Grafana's provisioning API names them, without secrets.
        secure: the settings that are secrets, by reference: `{"url": Secret.env("SLACK_URL")}`; a setting within
            another is `outer.inner`.
        disable_resolve_message: whether it is told of alerts only, and not of their end.
        uid: at most 40 characters of `[A-Za-z0-9_-]`; none: made of the contact point's name and the type.
    """

    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secure: Mapping[str, Secret] = field(default_factory=dict)
    disable_resolve_message: bool = False
    uid: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.settings, Mapping):
            plain_secrets.refuse_settings(self.type, self.settings)


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """A named set of ways by which people are told, on a Grafana. On one that evaluates the project's rules it
    takes the place of a `Receiver` of the same name.

    Attributes:
        name: what routes refer to.
        integrations: where to; at least one.
    """

    name: str
    integrations: Sequence[Integration]
    where: Written = written()


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Texts for messages of contact points, on a Grafana.

    Attributes:
        name: of the whole, unique in an organisation.
        template: Go templates, each in `{{ define "its.name" }}…{{ end }}`; a text without one is a template of
            the name above.
    """

    name: str
    template: str
    where: Written = written()


@dataclass(frozen=True, slots=True)
class LibraryPanel:
    """A panel that several dashboards show. It lies in the folder of the directory of `dashboards/` that its source
    stands in. A dashboard shows it by a panel with `{"libraryPanel": {"uid": …, "name": …}}`.

    Attributes:
        name: unique in its folder.
        panel: a grafanalib panel, a panel of grafana-foundation-sdk, or Grafana's own JSON.
        uid: at most 40 characters of `[A-Za-z0-9_-]`; none: made of the source's path and the name.
    """

    name: str
    panel: Any
    uid: str | None = None
    where: Written = written()
