from __future__ import annotations

from typing import Any

from support.checking import dashboard, found


def told(*variables: Any) -> list[tuple[str, str]]:
    said = found(dashboard(templating={"list": list(variables)}), ids={"template-on-time-change-reload"})
    return [(each.severity, each.subject) for each in said]


def query(name: str, refresh: Any) -> dict[str, Any]:
    return {"name": name, "type": "query", "query": "label_values(up, job)", "refresh": refresh}


def test_never_and_once_are_told_once_each() -> None:
    assert told(query("a", 0), query("b", 1), query("c", None), query("d", True), query("e", 2)) == [
        ("warning", 'dashboard "Shop", variable $a, and 1 more'),
        ("info", 'dashboard "Shop", variable $b, and 1 more'),
    ]


def test_other_variables_are_not_asked_again() -> None:
    assert told({"name": "a", "type": "custom"}, 7) == []
