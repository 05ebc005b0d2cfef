"""Text, news, and lists of alerts and dashboards: options that once stood on the panel itself."""

from __future__ import annotations

from provision.compile.normalize.plain import Json, merge

_STATES = {
    "firing": "alerting",
    "pending": "pending",
    "noData": "no_data",
    "normal": "ok",
    "error": "execution_error",
    "recovering": "recovering",
}
"""The alert list's present names of states, and those of before Grafana 9."""

_NEWEST_FIRST = 5
"""Sort order of the alert list: by the time of the last change, newest first."""


def text(panel: Json) -> None:
    """grafanalib's Text. The mode `text`, verbatim text, is now the mode `code` in no language."""
    options = panel.setdefault("options", {})
    if options.get("mode") == "text":
        options["mode"] = "code"
        options["code"] = {"language": "plaintext", "showLineNumbers": False, "showMiniMap": False}


def news(panel: Json) -> None:
    """grafanalib's News: the choice of a proxy is gone."""
    panel.get("options", {}).pop("useProxy", None)


def dashboard_list(panel: Json) -> None:
    """grafanalib's DashboardList, which writes the options of Grafana 6."""
    options = {
        "showStarred": panel.get("starred", True),
        "showRecentlyViewed": panel.get("recent", False),
        "showSearch": panel.get("search", False),
        "showHeadings": panel.get("headings", True),
        "showFolderNames": True,
        "includeVars": False,
        "keepTime": False,
        "maxItems": panel.get("limit", 10),
        "query": panel.get("query", ""),
        "tags": panel.get("tags", []),
    }
    panel["options"] = merge(options, panel.get("options", {}))


def alert_list(panel: Json) -> None:
    """grafanalib's AlertList, which writes the options of Grafana 8.

    Raises:
        ValueError: it filters by the dashboards' tags, which Grafana 12 can't.
    """
    if panel.get("dashboardTags"):
        raise ValueError(
            "alert lists no longer filter by dashboard tags; "
            "filter by labels: extraJson={'options': {'alertInstanceLabelFilter': '{team=\"web\"}'}}"
        )
    wanted = panel.get("stateFilter") or []
    changes = panel.get("show") == "changes"
    old = panel.get("options", {})
    options = {
        "alertInstanceLabelFilter": "",
        "alertName": old.pop("alertName", None) or panel.get("nameFilter", ""),
        "dashboardAlerts": panel.get("onlyAlertsOnDashboard", False),
        "groupBy": [],
        "groupMode": "default",
        "maxItems": panel.get("limit", 10),
        "showInactiveAlerts": False,
        "sortOrder": _NEWEST_FIRST if changes else panel.get("sortOrder", 1),
        "stateFilter": {now: not wanted or before in wanted for now, before in _STATES.items()},
        "viewMode": "list",
    }
    panel["options"] = merge(options, old)
