"""Alertmanager's HTTP API: what it is, the configuration in force, the alerts it holds, and its reload."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provision.client.probe import expect
from provision.client.session import Session
from provision.discretion import without_values
from provision.errors import NotAllowed, ServerRefused

_RELOAD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Status:
    """What an Alertmanager says of itself.

    Attributes:
        version: such as `0.25.0`; empty for a build that doesn't know.
        config: the configuration in force as YAML, with every default written out and most secrets hidden. May
            still hold secrets, such as a webhook's address: not for messages.
    """

    version: str
    config: str


@dataclass(frozen=True, slots=True)
class HeldAlert:
    """An alert that it holds.

    Attributes:
        state: `active`, `suppressed` or `unprocessed`.
        receivers: the names of the receivers it is routed to.
        starts_at, ends_at: as RFC 3339.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    receivers: tuple[str, ...]
    starts_at: str
    ends_at: str


class Alertmanager:
    """One Alertmanager."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        return self.session.endpoint.url

    def status(self) -> Status:
        """Its version and the configuration in force.

        Raises:
            Unreachable: it doesn't answer, or isn't an Alertmanager.
        """
        said = expect(self.session, "Alertmanager")
        return Status(str(said["versionInfo"].get("version", "")), str(said["config"]["original"]))

    def ready(self) -> bool:
        """Whether it has started."""
        return self.session.request("GET", "/-/ready", allow={404, 503}).status == 200

    def config_hash(self) -> float | None:
        """What its metric `alertmanager_config_hash` says: of which bytes the configuration in force was read
        (`hash_of`). None when its metrics can't be read or don't say."""
        answer = self.session.request(
            "GET", "/metrics", allow={401, 403, 404}, headers={"Accept": "text/plain"}
        )
        match = re.search(rb"^alertmanager_config_hash(?:\{[^}\n]*\})? (\S+)$", answer.body, re.MULTILINE)
        return float(match[1]) if answer.status == 200 and match else None

    def alerts(self, matchers: Iterable[str] = ()) -> tuple[HeldAlert, ...]:
        """The alerts it holds, those that all the matchers (`severity="page"`) select."""
        found: list[Mapping[str, Any]] = self.session.request(
            "GET", "/api/v2/alerts", params={"filter": list(matchers) or None}
        ).json()
        return tuple(
            HeldAlert(
                labels=one["labels"],
                annotations=one["annotations"],
                state=one["status"]["state"],
                receivers=tuple(receiver["name"] for receiver in one["receivers"]),
                starts_at=one["startsAt"],
                ends_at=one["endsAt"],
            )
            for one in found
        )

    def reload(self) -> None:
        """Have it read its configuration again; returns when it has.

        Raises:
            NotAllowed: something before it doesn't pass reloads on.
            ServerRefused: it can't load it; what was in force stays in force.
        """
        answer = self.session.request(
            "POST", "/-/reload", allow={403, 404, 405, 500}, timeout_seconds=_RELOAD_SECONDS
        )
        if answer.status < 300:
            return
        if answer.status == 500:
            said = answer.body.decode(errors="replace").strip().removeprefix("failed to reload config: ")
            raise ServerRefused(
                f"it could not reload: {without_values(said)[:500]}", status=500, where=self.url
            )
        raise NotAllowed(
            "POST /-/reload isn't allowed",
            status=answer.status,
            where=self.url,
            remedy="allow it in the proxy before it",
        )


def hash_of(text: bytes) -> float:
    """The value of `alertmanager_config_hash` once `text` is in force: the first 48 bits of its MD5, little-endian
    (Alertmanager, config/coordinator.go)."""
    return float(int.from_bytes(hashlib.md5(text, usedforsecurity=False).digest()[:6], "little"))
