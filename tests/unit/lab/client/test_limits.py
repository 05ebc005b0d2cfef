import pytest

from provision.errors import UsageError
from provision.lab.client.limits import address


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://127.9.9.9", "127.9.9.9:80"),
        ("http://localhost:1/", "localhost:1"),
        ("http://[::1]:80", "[::1]:80"),
        ("http://myhbsapp.com", "myhbsapp.com:80"),
    ],
)
def test_an_address_of_this_machine_or_one_that_is_allowed(url: str, found: str) -> None:
    assert address(url, "http", ["myhbsapp.com"]) == found


def test_over_tls_the_port_is_another_unless_given() -> None:
    assert address("https://localhost", "https") == "localhost:443"


@pytest.mark.parametrize(
    "url", ["http://example.org", "http://10.0.0.1:80", "http://127.0.0.1.example.org", "http://0.0.0.0"]
)
def test_other_machines_are_left_alone(url: str) -> None:
    with pytest.raises(
        UsageError, match="isn't this machine; load only what is yours; if it is, add --allow"
    ):
        address(url, "http")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:80",
        "https://127.0.0.1",
        "http://",
        "http://127.0.0.1:0",
        "http://127.0.0.1:x",
        "http://[::1",
        "http://127.0.0.1:1/page",
        "http://127.0.0.1:1?a=b",
        "http://u:hidden@127.0.0.1",
    ],
)
def test_what_is_no_such_url_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="isn't http://HOST:PORT") as caught:
        address(url, "http")
    assert "hidden" not in str(caught.value)
