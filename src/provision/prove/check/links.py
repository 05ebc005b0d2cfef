"""The links in the annotations of alerts: which there are, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import texts

_NAMES: Final = re.compile(r"(?:.*[_-])?(?:url|uri|link)|.*(?:URL|Url|Link)")
"""Names of annotations whose value is to be a link."""

_ACTION: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DASHBOARD: Final = re.compile(r"/d/(?P<uid>[A-Za-z0-9_-]+)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an alert.

    Attributes:
        name: of the annotation.
        text: as it is written.
        pointer: JSON pointer to it in its group's definition.
        is_meant: whether the annotation's name says that it is one.
    """

    rule: Rule
    name: str
    text: str
    pointer: str
    is_meant: bool

    @property
    def begins_with_template(self) -> bool:
        """Whether where it leads is only known when the alert fires."""
        return self.text.startswith("{{")

    def parts(self) -> SplitResult | None:
        """Its parts, with `x` in the place of each template; None when it isn't an address."""
        return _parts(self.text)

    def dashboard(self) -> str:
        """The uid of the dashboard of a Grafana that it leads to; empty for anything else, and for templates."""
        parts = self.parts()
        found = _DASHBOARD.search(parts.path) if parts else None
        return found["uid"] if found and found[0] in self.text else ""

    def path(self) -> str:
        """The path on its host, without escapes; empty when a template is part of it."""
        parts = self.parts()
        return unquote(parts.path) if parts and parts.path in self.text else ""


@lru_cache(maxsize=16384)
def _parts(text: str) -> SplitResult | None:
    plain = _ACTION.sub("x", text)
    try:
        parts = urlsplit(plain)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return None
    return parts if _SCHEME.match(plain) else None


def links(group: Group) -> Iterator[Link]:
    """The links of a group's alerts: annotations that are called one, and whatever is an address as a whole."""
    for rule in group.rules:
        if rule.kind != "alert":
            continue
        for name, value in texts(rule.body, "annotations").items():
            text = value.strip()
            is_meant = _NAMES.fullmatch(name) is not None
            if is_meant or (_SCHEME.match(text) and len(text.split()) == 1):
                yield Link(rule, name, text, f"{rule.pointer}/annotations/{name}", is_meant)
