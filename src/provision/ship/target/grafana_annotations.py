"""What the resource API's annotations say of a folder or a dashboard: whose it is, and which folder it lies in.

The mark is Grafana's own: annotations that name a manager (`kubectl`, the kind for tools), its id (the project),
the source and a checksum (the digest of what was sent). Grafana's page keeps them when it saves a change, and
the classic API removes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.errors import ProvisionError
from provision.model import Action, Mark, digest
from provision.ship.target.grafana_server import FILES

MANAGER: Final = "kubectl"
"""The kind of manager that this toolkit is."""

GRANT: Final = "grafana.app/grant-permissions"
"""Asks for the permissions on a new dashboard that the classic API gives to whoever creates one; isn't stored."""

MESSAGE: Final = "grafana.app/message"
OF_THE_SERVER: Final = frozenset({
    MESSAGE, "grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp",
    "grafana.app/deprecatedInternalID",
})  # fmt: skip
"""Annotations and labels that nobody sends."""

_FILES: Final = "classic-file-provisioning"
_FOLDER: Final = "grafana.app/folder"
_MANAGED_BY: Final = "grafana.app/managedBy"
_MANAGER_ID: Final = "grafana.app/managerId"
_CHECKSUM: Final = "grafana.app/sourceChecksum"
_ALLOWS_EDITS: Final = "grafana.app/managerAllowsEdits"


def annotations_of(item: Mapping[str, Any]) -> Mapping[str, str]:
    """The annotations of an object; none where it has none."""
    return item["metadata"].get("annotations") or {}


def manager_of(annotations: Mapping[str, str]) -> str:
    """The kind of manager that has it; empty where nobody manages it."""
    return annotations.get(_MANAGED_BY) or ""


def mark_in(annotations: Mapping[str, str]) -> Mark | None:
    """Whoever manages it: another manager's kind stands before its name, so that it is never taken for us."""
    manager = manager_of(annotations)
    if not manager:
        return None
    if manager == _FILES:
        return Mark(FILES, "")
    name = annotations.get(_MANAGER_ID) or ""
    return Mark(name if manager == MANAGER else f"{manager} {name}".strip(), annotations.get(_CHECKSUM) or "")


def is_ours(annotations: Mapping[str, str]) -> bool:
    """Whether it carries a mark of this toolkit, whatever the project: the checksum names its scheme."""
    return manager_of(annotations) == MANAGER and (annotations.get(_CHECKSUM) or "").startswith("v1:")


def allows_edits(annotations: Mapping[str, str]) -> bool:
    """Whether Grafana's page may save changes of what is managed."""
    return annotations.get(_ALLOWS_EDITS) == "true"


def folder_of(annotations: Mapping[str, str]) -> str:
    """The uid of the folder that it lies in; empty for none."""
    folder = annotations.get(_FOLDER) or ""
    return "" if folder == "general" else folder


def to_send(action: Action, owner: str, folder_uid: str, *, locked: bool) -> dict[str, str]:
    """The annotations of what an action writes.

    Args:
        locked: whether Grafana's page is to refuse saving it.

    Raises:
        ProvisionError: there is no owner.
    """
    assert action.desired is not None
    if not owner:
        raise ProvisionError("the project has no name to mark it with")
    annotations = {
        _MANAGED_BY: MANAGER,
        _MANAGER_ID: owner,
        _CHECKSUM: digest(action.desired.body),
        MESSAGE: f"provision: {owner}",
    }
    if action.desired.places:
        annotations["grafana.app/sourcePath"] = action.desired.places[0].path
    if folder_uid:
        annotations[_FOLDER] = folder_uid
    if not locked:
        annotations[_ALLOWS_EDITS] = "true"
    return annotations
