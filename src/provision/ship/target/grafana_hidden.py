"""Settings of contact points that stand behind a reference in the sources, though Grafana gives them back in plain,
such as the address of a webhook with a token in it. What is live is compared without them, and shows none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.compile.dialect.grafana import canonical
from provision.compile.dialect.grafana_canonical import ON_THE_SERVER, REDACTED
from provision.compile.kinds import CONTACT_POINT
from provision.diff.hidden import concealed
from provision.model import decode

References = Mapping[str, Mapping[str, Any]]
"""uid of an integration → its settings behind a reference (`outer.inner` for one within another) → that reference."""

_Any = dict[str, Any]

_NONE: Final[Mapping[str, Any]] = {}


def behind(body: bytes, references: References) -> bytes:
    """A contact point with these settings behind their references, where they stand there in plain."""
    decoded = decode(body)
    found = [_behind(one, references.get(str(one.get("uid")), _NONE)) for one in decoded["integrations"]]
    return canonical(CONTACT_POINT, {**decoded, "integrations": found})


def _behind(integration: _Any, references: Mapping[str, Any]) -> _Any:
    settings, secure = integration["settings"], dict(integration.get("secure") or {})
    for name, reference in references.items():
        path = name.split(".")
        if isinstance(value_at(settings, path), str):
            settings = _without(settings, path)
            secure.setdefault(name, reference)
    return {**integration, "settings": settings, "secure": secure}


def in_plain(body: bytes) -> References:
    """The settings of a contact point that hold, in plain, what no source may: all are only on the server."""
    return {
        str(one.get("uid")): {
            ".".join(path): dict(ON_THE_SERVER)
            for path in secret_settings(one["settings"])
            if not any("." in name for name in path)  # one with a dot in it can't be referred to
        }
        for one in decode(body)["integrations"]
    }


def secret_settings(settings: _Any) -> Iterator[list[str]]:
    """The settings of an integration that hold, in plain, what isn't to be shown: the names that lead to each."""
    shown = concealed({"settings": settings})["settings"]
    yield from _unlike(settings, shown, [])


def _unlike(value: _Any, shown: _Any, within: list[str]) -> Iterator[list[str]]:
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _unlike(item, shown[name], [*within, name])
        elif isinstance(item, str) and item not in (shown[name], REDACTED):
            yield [*within, name]


def value_at(settings: Any, path: list[str]) -> Any:
    """What a setting holds; None for nothing, and for what Grafana doesn't show.

    Args:
        path: its name and the names of those that it lies in, the outermost first.
    """
    for step in path:
        settings = settings.get(step) if isinstance(settings, dict) else None
    return None if settings in ("", REDACTED) else settings


def _without(settings: _Any, path: list[str]) -> _Any:
    head, *rest = path
    if rest:
        return {**settings, head: _without(settings[head], rest)}
    return {name: value for name, value in settings.items() if name != head}
