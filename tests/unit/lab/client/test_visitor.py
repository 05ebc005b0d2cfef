from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from provision.lab.client.record import Record
from provision.lab.client.results import RequestResult
from provision.lab.client.visitor import Manner, Visitor, _failure, _kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:1/", "refused"),
        ("Page.goto: net::ERR_CONNECTION_TIMED_OUT at http://127.0.0.1:1/", "timeout"),
        ("Page.goto: net::ERR_CONNECTION_RESET at http://127.0.0.1:1/", "reset"),
        ("Page.goto: net::ERR_EMPTY_RESPONSE at http://127.0.0.1:1/", "reset"),
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://127.0.0.1:1/", "tls"),
        ("Page.click: Element is not attached", "unexpected"),
    ],
)
def test_what_chromium_says_is_told_as_the_other_client_does(message: str, kind: str) -> None:
    assert _kind(message) == kind


@pytest.mark.parametrize(
    ("status", "failure"), [(200, ""), (404, "unexpected"), (500, "5xx"), (503, "5xx"), (None, "unexpected")]
)
def test_a_page_that_a_visitor_can_not_use_has_failed(status: int | None, failure: str) -> None:
    assert _failure(status) == failure


class Window:
    """A window in which no page can be opened, and of which no picture can be taken the first few times."""

    def __init__(self, refusals: int, is_closed: bool) -> None:
        self.refusals, self._is_closed, self.asked, self.url = refusals, is_closed, 0, "about:blank"
        self.context = self

    def on(self, *_: object) -> None: ...

    def goto(self, _: str) -> None:
        raise Error("Page.goto: net::ERR_CONNECTION_REFUSED")

    def go_back(self) -> None: ...

    def new_cdp_session(self, _: object) -> None:
        raise Error("there is nothing to be stopped")

    def is_closed(self) -> bool:
        return self._is_closed

    def screenshot(self, *, path: Path, timeout: float) -> None:
        assert 0 < timeout <= 5000
        self.asked += 1
        if self.asked <= self.refusals:
            raise Error("Protocol error (Page.captureScreenshot): Unable to capture screenshot")
        path.write_bytes(b"a picture")


@pytest.mark.parametrize(("refusals", "is_closed", "asked"), [(0, False, 1), (2, False, 3), (9, True, 1)])
def test_a_page_that_is_just_being_replaced_is_pictured_afterwards(
    refusals: int, is_closed: bool, asked: int, tmp_path: Path
) -> None:
    window: Any = Window(refusals, is_closed)
    record = Record()
    seen: list[RequestResult] = []
    record.also = seen.append
    manner = Manner("http://127.0.0.1:1", 0.0, tmp_path)
    Visitor(window, 1, manner, record, threading.Event(), pytest.fail).visit(1)
    assert window.asked == asked
    assert len(list(tmp_path.glob("*.png"))) == (asked > refusals)
    assert [(each.failure, bool(each.screenshot)) for each in seen] == [("refused", asked > refusals)]
