from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found


def told(*panels: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    settings = fields.pop("settings", {})
    board = dashboard(*panels, tags=["shop", "web"], **fields)
    said = found(board, ids={"unknown-dashboard"}, **settings)
    return [(each.subject.removeprefix('dashboard "Shop", '), each.message) for each in said]


def gone(uid: str = "gone") -> str:
    return f"no source defines the dashboard {uid!r} that it leads to"


@pytest.mark.parametrize(
    "address",
    ["/d/gone", "d/gone?var-x=1", "/d/gone/some-title", "/grafana/d/gone#x", "./d/gone?${a:queryparam}"],
)
def test_a_link_of_the_dashboard(address: str) -> None:
    assert told(links=[{"type": "link", "title": "Go", "url": address}]) == [('link "Go"', gone())]


@pytest.mark.parametrize(
    "address",
    ["/d/shop", "/d/shop/x?y", "/d/${uid}", "/d/$uid/x", "https://example.org/d/gone", "/explore", "/d/", "", "/dd/gone",
     "https://example.org/x?y=/d/gone"],
)  # fmt: skip
def test_what_is_there_is_a_variable_or_is_elsewhere_is_left_alone(address: str) -> None:
    assert told(links=[{"type": "link", "title": "Go", "url": address}]) == []


def test_addresses_of_the_project_s_own_grafana_are_followed() -> None:
    link = {"type": "link", "title": "Go", "url": "https://g.example.org/d/gone"}
    settings = {"grafana": "https://g.example.org/"}
    assert told(links=[link], settings=settings) == [('link "Go"', gone())]


def test_links_of_panels_and_series_and_in_texts() -> None:
    series = {"overrides": [{"properties": [{"id": "links", "value": [{"url": "/d/e"}]}, {"id": "unit"}]}]}
    panels = [
        {"type": "stat", "title": "A", "links": [{"url": "/d/a"}, 7]},
        {"type": "stat", "title": "B", "fieldConfig": {"defaults": {"links": [{"url": "/d/b"}]}, **series}},
        {
            "type": "text",
            "title": "C",
            "options": {"content": "see [it](/d/c) and <a href='/d/d'>that</a>, /d/none"},
        },
    ]
    assert {message for _, message in told(*panels)} == {gone(uid) for uid in "abcde"}


def test_all_links_to_one_dashboard_are_told_at_once() -> None:
    panels = [{"type": "stat", "title": title, "links": [{"url": "/d/gone"}]} for title in "AB"]
    assert told(*panels) == [('panel "A", and 1 more', gone())]


def test_lists_by_tag() -> None:
    def links(*tags: Any) -> list[dict[str, Any]]:
        return [{"type": "dashboards", "title": "All", "tags": list(tags)}]

    assert told(links=links("shop", "web")) == []
    assert told(links=links("$team")) == []
    assert told(links=links()) == []
    assert told(links=links("shop", "x")) == [('link "All"', "no dashboard has the tags 'shop', 'x'")]
    listed = {"type": "dashlist", "title": "D", "options": {"tags": ["y"], "showSearch": True}}
    assert told(listed) == [('panel "D"', "no dashboard has the tag 'y'")]
    assert told({**listed, "options": {"tags": ["y"], "showSearch": False}}) == []


def test_guests_may_lead_to_what_is_where_they_come_from() -> None:
    link = {"type": "link", "title": "Go", "url": "/d/gone"}
    assert told(links=[link], settings={"guests": ["dashboards/shop.py"]}) == []
