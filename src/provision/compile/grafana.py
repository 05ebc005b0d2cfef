"""Contact points, message templates and library panels to definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provision.author import ContactPoint, Integration, LibraryPanel, MessageTemplate
from provision.author.place import Written
from provision.compile.keys import UID, folder_of, inside, slug, uid_of
from provision.compile.kinds import CONTACT_POINT, LIBRARY_PANEL, TEMPLATE
from provision.compile.secrets import references
from provision.compile.values import each, mapping
from provision.model import Definition, Place, encode

Locate = Callable[[Written], Place | None]


def compile_contact_point(_path: str, point: ContactPoint, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one contact point; its secrets stay references.

    Raises:
        ValueError, TypeError: a field isn't of its form.
    """
    name = named(point.name, "a contact point")
    found = [_integration(one, name) for one in each(point.integrations, Integration, "integrations")]
    body = {"name": name, "integrations": found}
    return [Definition(CONTACT_POINT, name, encode(body), place)]


def _integration(one: Integration, name: str) -> dict[str, Any]:
    where = f"contact point {name!r}, {one.type}"
    if not isinstance(one.type, str) or not one.type:
        raise ValueError(f"contact point {name!r}: an integration's type must be a text that isn't empty")
    if one.uid is not None:
        check_uid(one.uid)
    body = {
        "type": one.type,
        "settings": mapping(one.settings, f"{where}: settings"),
        "disableResolveMessage": bool(one.disable_resolve_message),
        "secure": references(one.secure, where),
    }
    return body if one.uid is None else {**body, "uid": one.uid}


def compile_template(_path: str, template: MessageTemplate, place: Place, _: Locate) -> list[Definition]:
    """The definition of one message template.

    Raises:
        ValueError: its name or its text is none.
    """
    name = named(template.name, "a message template")
    text = named(template.template, f"message template {name!r}: template")
    return [Definition(TEMPLATE, name, encode({"name": name, "template": text}), place)]


def compile_library_panel(path: str, panel: LibraryPanel, place: Place, _: Locate) -> list[Definition]:
    """The definition of one library panel; its uid is the author's, or made of the source's path and its name.

    Raises:
        ValueError: it can't become a panel of a modern Grafana, or its uid isn't one.
    """
    from provision.compile import normalize

    name = named(panel.name, "a library panel")
    uid = panel.uid or uid_of(*inside(path), slug(name) or name)
    check_uid(uid)
    folder = folder_of(path) if path.startswith("dashboards/") else ""
    body = {"folder": folder, "name": name, "model": normalize.panel_model(panel.panel)}
    return [Definition(LIBRARY_PANEL, uid, encode(body), place)]


def named(value: object, what: str) -> str:
    """A text that isn't empty.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} must have a name or text that isn't empty, not {value!r:.80}")
    return value


def check_uid(uid: object) -> None:
    """Raises ValueError when it isn't a uid."""
    if not isinstance(uid, str) or not UID.fullmatch(uid):
        raise ValueError(f"uid {uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")
