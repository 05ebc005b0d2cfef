"""Grafana's alerting over one session: the provisioning API for writes, the ruler for reading all rules at once.

`editable` sends `X-Disable-Provenance`: what is written without it can't be changed on Grafana's page. Names go
into paths with every character escaped, `/` too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from provision.client.grafana_answers import an_object, objects
from provision.client.session import Session
from provision.model import JSON

_PROVISIONING: Final = "/api/v1/provisioning"
_EDITABLE: Final[Mapping[str, str]] = {"X-Disable-Provenance": "true"}
_ABSENT: Final = frozenset({404})


class Alerting:
    """The alerting of one organisation. Threads may share it. Everything raises Unreachable, NotAllowed or
    ServerRefused as the server answers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ── rules ────────────────────────────────────────────────────────────────

    def rule_groups(self) -> list[dict[str, Any]]:
        """Every group that the credentials may see, in one answer: `{"name", "interval", "rules": [{"for", …,
        "grafana_alert": {"uid", "namespace_uid", …}}]}`, as the ruler writes it."""
        by_folder = self._object(self._get("/api/ruler/grafana/api/v1/rules"))
        return [
            group
            for groups in by_folder.values()
            for group in self._objects(groups, "name", "interval", "rules")
            if self._objects(group["rules"], "grafana_alert")
        ]

    def rule_group(self, folder: str, title: str) -> dict[str, Any] | None:
        """A group as the provisioning API writes it: `{"title", "folderUid", "interval": seconds, "rules"}`, or
        None. It doesn't say what may be changed on Grafana's page."""
        found = self._session.request("GET", _group(folder, title), allow=_ABSENT)
        return None if found.status == 404 else self._object(found.json(), "interval", "rules")

    def put_rule_group(self, folder: str, title: str, body: JSON, *, editable: bool) -> None:
        """Make a group hold just these rules; a rule of another group with one of their uids moves here."""
        self._write("PUT", _group(folder, title), body, editable=editable)

    def delete_rule_group(self, folder: str, title: str) -> None:
        """Delete a group and its rules."""
        self._session.request("DELETE", _group(folder, title))

    # ── who is told ──────────────────────────────────────────────────────────

    def contact_points(self) -> list[dict[str, Any]]:
        """The integrations of all contact points: `{"uid", "name", "type", "settings", "provenance"?}`; secret
        settings are `[REDACTED]`."""
        return self._objects(self._get(f"{_PROVISIONING}/contact-points") or [], "uid", "name", "type")

    def integration_types(self) -> frozenset[str]:
        """The types that an integration of a contact point can have, such as `webhook`. Grafana takes them in any
        case (`Webhook`, seen on 12.4)."""
        return frozenset(str(one["type"]) for one in self._objects(self._get("/api/alert-notifiers"), "type"))

    def in_the_clear(self, name: str) -> list[dict[str, Any]]:
        """The integrations of a contact point with their secrets: `{"uid", "type", "settings"}`. Administrators, and who
        has `alert.provisioning.secrets:read`, may read them; others are refused."""
        params = {"name": name, "decrypt": "true", "format": "json"}
        answer = self._session.request("GET", f"{_PROVISIONING}/contact-points/export", params=params)
        points = self._objects(
            self._object(answer.json(), "contactPoints")["contactPoints"], "name", "receivers"
        )
        return [one for point in points for one in self._objects(point["receivers"], "uid", "settings")]

    def create_integration(self, body: JSON, *, editable: bool, secrets: Iterable[str]) -> None:
        """Add an integration to the contact point of its name; 409 when its uid is taken."""
        self._write("POST", f"{_PROVISIONING}/contact-points", body, editable=editable, secrets=secrets)

    def update_integration(self, uid: str, body: JSON, *, editable: bool, secrets: Iterable[str]) -> None:
        """Replace an integration; a secret setting of `[REDACTED]` stays as it is."""
        path = f"{_PROVISIONING}/contact-points/{_escaped(uid)}"
        self._write("PUT", path, body, editable=editable, secrets=secrets)

    def delete_integration(self, uid: str) -> None:
        """Delete an integration; 409 when it is the last one of a contact point that is in use."""
        self._session.request("DELETE", f"{_PROVISIONING}/contact-points/{_escaped(uid)}")

    def policies(self) -> dict[str, Any]:
        """The whole tree: the root route with `routes`, and `provenance` unless it may be edited."""
        return self._object(self._get(f"{_PROVISIONING}/policies"), "receiver")

    def put_policies(self, tree: JSON, *, editable: bool) -> None:
        """Replace the whole tree."""
        self._write("PUT", f"{_PROVISIONING}/policies", tree, editable=editable)

    # ── mute timings and templates: alike, but for how they are created ──────

    def mute_timings(self) -> list[dict[str, Any]]:
        """All of them: `{"name", "time_intervals", "version"?, "provenance"?}`."""
        return self._objects(self._get(f"{_PROVISIONING}/mute-timings") or [], "name")

    def mute_timing(self, name: str) -> dict[str, Any] | None:
        """One of them, or None."""
        return self._one(f"{_PROVISIONING}/mute-timings/{_escaped(name)}")

    def create_mute_timing(self, body: JSON, *, editable: bool) -> None:
        """Create one; 400 when the name is taken."""
        self._write("POST", f"{_PROVISIONING}/mute-timings", body, editable=editable)

    def update_mute_timing(self, name: str, body: JSON, *, editable: bool) -> None:
        """Replace one; 409 when its version isn't the one in the body."""
        self._write("PUT", f"{_PROVISIONING}/mute-timings/{_escaped(name)}", body, editable=editable)

    def delete_mute_timing(self, name: str, version: str, *, editable: bool) -> None:
        """Delete one; 409 when its version isn't that, or something uses it. `editable`: as it was written."""
        self._delete(f"{_PROVISIONING}/mute-timings/{_escaped(name)}", version, editable=editable)

    def templates(self) -> list[dict[str, Any]]:
        """All of them: `{"name", "template", "version"?, "provenance"?}`."""
        return self._objects(self._get(f"{_PROVISIONING}/templates") or [], "name", "template")

    def template(self, name: str) -> dict[str, Any] | None:
        """One of them, or None."""
        return self._one(f"{_PROVISIONING}/templates/{_escaped(name)}")

    def put_template(self, name: str, body: JSON, *, editable: bool) -> None:
        """Create one or replace it; 409 when its version isn't the one in the body."""
        self._write("PUT", f"{_PROVISIONING}/templates/{_escaped(name)}", body, editable=editable)

    def delete_template(self, name: str, version: str, *, editable: bool) -> None:
        """Delete one; 409 when its version isn't that. `editable`: as it was written."""
        self._delete(f"{_PROVISIONING}/templates/{_escaped(name)}", version, editable=editable)

    # ── all of them ──────────────────────────────────────────────────────────

    def _get(self, path: str) -> Any:
        return self._session.request("GET", path).json()

    def _one(self, path: str) -> dict[str, Any] | None:
        found = self._session.request("GET", path, allow=_ABSENT)
        return None if found.status == 404 else self._object(found.json(), "name")

    def _write(
        self, method: str, path: str, body: JSON, *, editable: bool, secrets: Iterable[str] = ()
    ) -> None:
        headers = _EDITABLE if editable else None
        answer = self._session.request(method, path, json=body, headers=headers, secrets=secrets)
        self._object(answer.json())

    def _delete(self, path: str, version: str, *, editable: bool) -> None:
        headers = _EDITABLE if editable else None
        self._session.request("DELETE", path, params={"version": version or None}, headers=headers)

    def _object(self, value: Any, *names: str) -> dict[str, Any]:
        return an_object(value, self._session.endpoint.url, *names)

    def _objects(self, value: Any, *names: str) -> list[dict[str, Any]]:
        return objects(value, self._session.endpoint.url, *names)


def _group(folder: str, title: str) -> str:
    return f"{_PROVISIONING}/folder/{_escaped(folder)}/rule-groups/{_escaped(title)}"


def _escaped(name: str) -> str:
    return quote(name, safe="")
