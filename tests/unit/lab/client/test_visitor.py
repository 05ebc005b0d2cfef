import pytest

from provision.lab.client.visitor import _failure, _kind


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
