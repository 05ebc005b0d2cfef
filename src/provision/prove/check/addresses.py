"""The addresses of the project's Grafanas, as far as its settings say them."""

from __future__ import annotations

from typing import Any

from provision.project import Project


def grafanas(project: Project) -> tuple[str, ...]:
    """The URLs in the setting `grafana`, without a slash at the end: a URL, a list of them, a table with `url`, or a
    table of such tables or URLs. What else stands there is told by the commands that connect."""
    return tuple(_urls(project.settings.get("grafana")))


def _urls(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.rstrip("/")] if value else []
    if isinstance(value, list):
        return [url for each in value if isinstance(each, str) for url in _urls(each)]
    if not isinstance(value, dict):
        return []
    if "url" in value:
        return _urls(value["url"])
    # Other settings beside the instances aren't addresses.
    named = [each for each in value.values() if isinstance(each, dict) or "://" in str(each)]
    return [url for each in named if not isinstance(each, list) for url in _urls(each)]
