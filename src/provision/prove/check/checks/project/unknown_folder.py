"""Every folder that a dashboard lies in, a folder lies in, or a panel lists is one the project defines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provision.compile.kinds import FOLDER
from provision.model import Finding
from provision.promql.variables import names
from provision.prove.check.bodies import suggestion, text_of
from provision.prove.check.estate import Estate

ID = "unknown-folder"


def check(estate: Estate) -> Iterator[Finding]:
    """Folders that nobody defines."""
    paths = {definition.key for definition, _ in estate.of(FOLDER)}
    uids = {text_of(body, "uid") for _, body in estate.of(FOLDER)}
    for definition, body in estate.of(FOLDER):
        if body["parent"] and body["parent"] not in paths:
            yield estate.finding(
                ID, "error", definition, "/parent", f'folder "{body["title"]}"',
                f"the folder {body['parent']!r} that it lies in isn't defined", suggestion(body["parent"], paths),
            )  # fmt: skip
    for dashboard in estate.dashboards:
        if dashboard.folder and dashboard.folder not in paths and not estate.is_guest(dashboard.definition):
            yield estate.finding(
                ID, "error", dashboard.definition, "/folder", dashboard.subject,
                f"the folder {dashboard.folder!r} that it lies in isn't defined",
                suggestion(dashboard.folder, paths),
            )  # fmt: skip
        for panel in dashboard.panels:
            if text_of(panel.body, "type") not in ("dashlist", "alertlist"):
                continue
            for pointer, uid in _listed(panel.body):
                if uid not in uids and not names(uid) and uid != "general":
                    yield estate.finding(
                        ID, "warning", dashboard.definition, panel.at(pointer),
                        dashboard.about(panel), f"no source defines the folder {uid!r} that it lists",
                        suggestion(uid, uids) or "it shows nothing unless the folder is already in Grafana",
                    )  # fmt: skip


def _listed(panel: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and uid of the folders whose dashboards or alerts a panel lists."""
    options = panel.get("options")
    if not isinstance(options, dict):
        return
    for name in ("folderUID", "folder"):
        uid = text_of(options, name) or text_of(options.get(name), "uid")
        if uid:
            yield f"options/{name}", uid
