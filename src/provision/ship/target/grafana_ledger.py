"""A project's ledger on a Grafana: which of the things that have no room for a mark are its own.

It is a dashboard in the root folder, `provision-ledger-DIGEST` of the project's name, whose panel holds

    {"format": "provision.ledger/1", "owner": PROJECT,
     "entries": {"KIND/KEY": [bases]},   what it owns, and the digests of it that count as unedited
     "leaving": {"KIND/KEY": [bases]},   what it is deleting: its own only while it is still the same
     "secure": {"KIND/KEY": {…}},        references of secrets, as they were written; never a value
     "pending": {"KIND/KEY": {…}},       contact points that several requests write, while they do
     "routes": [[route, …], …]}          its top-level routes: before the write that is under way, and after it

It is written ahead: before the first write of a push. An entry therefore holds the base of what is live and the
base of what is about to be, and a push that was killed finds its own work whichever of the two it left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import DASHBOARD
from provision.model import Mark, decode, digest, encode

PREFIX: Final = "provision-ledger-"
FORMAT: Final = "provision.ledger/1"

Name = tuple[str, str]
"""A resource: its kind and key."""

Bases = Mapping[Name, tuple[str, ...]]
_Any = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one project owns on one Grafana; the fields are those of the JSON above."""

    owner: str
    entries: Bases = field(default_factory=dict)
    leaving: Bases = field(default_factory=dict)
    secure: Mapping[Name, _Any] = field(default_factory=dict)
    pending: Mapping[Name, _Any] = field(default_factory=dict)
    routes: tuple[tuple[_Any, ...], ...] = ()

    def mark(self, name: Name, base: str) -> Mark | None:
        """The mark of what is live under that name with that digest; None when it isn't this project's."""
        if name in self.entries:
            bases = self.entries[name]
            return Mark(self.owner, base if base in bases else bases[-1])
        if base in self.leaving.get(name, ()):
            return Mark(self.owner, base)
        return None


def uid_of(owner: str) -> str:
    """The uid of a project's ledger."""
    return f"{PREFIX}{hashlib.sha256(owner.encode()).hexdigest()[:16]}"


def body_of(ledger: Ledger) -> bytes:
    """The dashboard that holds it, as the body of a resource."""
    content = {
        "format": FORMAT,
        "owner": ledger.owner,
        "entries": _named(ledger.entries),
        "leaving": _named(ledger.leaving),
        "secure": _named(ledger.secure),
        "pending": _named(ledger.pending),
        "routes": ledger.routes,
    }
    panel = {
        "id": 1,
        "type": "text",
        "title": "What this project owns here",
        "description": "Kept by provision. Without it nothing of this is deleted any more, and what differs from "
        "the sources is called foreign.",
        "gridPos": {"h": 24, "w": 24, "x": 0, "y": 0},
        "options": {
            "mode": "code",
            "code": {"language": "json", "showLineNumbers": False, "showMiniMap": False},
            "content": encode(content).decode(),
        },
    }
    spec = {
        "uid": uid_of(ledger.owner),
        "title": f"provision ledger: {ledger.owner}",
        "panels": [panel],
        "schemaVersion": 36,
        "editable": False,
    }
    return canonical(DASHBOARD, {"folderUid": "", "spec": spec})


def ledger_in(key: str, body: bytes) -> Ledger | None:
    """The ledger that a dashboard of that uid holds; None when it holds none, or that of another uid."""
    if not key.startswith(PREFIX):
        return None
    try:
        content = decode(decode(body)["spec"]["panels"][0]["options"]["content"])
        if not _is_ledger(content) or uid_of(content["owner"]) != key:
            return None
        return Ledger(
            content["owner"],
            {name: tuple(bases) for name, bases in _unnamed(content["entries"])},
            {name: tuple(bases) for name, bases in _unnamed(content["leaving"])},
            dict(_unnamed(content["secure"])),
            dict(_unnamed(content["pending"])),
            tuple(tuple(state) for state in content["routes"]),
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None  # somebody wrote over it: it is lost, and what it listed is nobody's


def _is_ledger(content: Any) -> bool:
    """Whether all of it is of the form above: people can save the dashboard, too."""
    return (
        isinstance(content, dict)
        and content.get("format") == FORMAT
        and isinstance(content.get("owner"), str)
        and all(_maps(content.get(part), _is_bases) for part in ("entries", "leaving"))
        and _maps(content.get("secure"), lambda parts: _maps(parts, lambda one: _maps(one, _is_reference)))
        and _maps(content.get("pending"), _is_pending)
        and _lists(content.get("routes"), lambda state: _lists(state, lambda one: isinstance(one, dict)))
    )


def _maps(value: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and all(map(holds, value.values()))


def _lists(value: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(holds, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_bases(value: Any) -> bool:
    return _lists(value, _is_text) and bool(value)


def _is_reference(value: Any) -> bool:
    return _maps(value, _is_text) and {"source", "name"} <= value.keys()


def _is_pending(value: Any) -> bool:
    """Of a contact point the forms in which it may be met; of the policies nothing."""
    if value == {}:
        return True
    return (
        isinstance(value, dict)
        and _maps(value.get("parts"), _is_bases)
        and _lists(value.get("needed"), _is_text)
    )


def part_of(integration: Mapping[str, Any]) -> str:
    """A digest of an integration of a contact point, whatever its secrets refer to."""
    return digest(encode({name: value for name, value in integration.items() if name != "secure"}))


def _named(by_name: Mapping[Name, Any]) -> dict[str, Any]:
    return {f"{kind}/{key}": value for (kind, key), value in by_name.items()}


def _unnamed(by_name: Mapping[str, Any]) -> Iterable[tuple[Name, Any]]:
    for name, value in by_name.items():
        kind, _, key = name.partition("/")
        yield (kind, key), value
