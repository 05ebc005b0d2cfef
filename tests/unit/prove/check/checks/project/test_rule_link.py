"""Links of alerts that nobody can follow."""

from __future__ import annotations

import pytest

from support.checking import found, group


def said(**annotations: object) -> list[str]:
    findings = found(
        group({"alert": "Down", "expr": "up == 0", "annotations": annotations}), ids={"rule-link"}
    )
    assert {each.severity for each in findings} <= {"warning"}
    return [each.message for each in findings]


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("runbooks/Down.md", "leads nowhere from a message: 'runbooks/Down.md' has no https:// and host"),
        ("www.example.org/a", "leads nowhere from a message: 'www.example.org/a' has no https:// and host"),
        ("htps://example.org", "isn't the address of a page: it begins with htps://"),
        ("file:///tmp/a", "isn't the address of a page: it begins with file://"),
        ("https:///a", "isn't an address: it names no host"),
        ("https://example.org:a/b", "isn't an address"),
        ("https://[::1/b", "isn't an address"),
        (
            "https://example.org/a b",
            "isn't an address: it holds a space or quote, where many programs let it end",
        ),
        (
            'https://example.org/"a"',
            "isn't an address: it holds a space or quote, where many programs let it end",
        ),
    ],
)
def test_links_that_lead_nowhere(link: str, fault: str) -> None:
    assert said(runbook_url=link) == [f"runbook_url {fault}"]


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/runbooks/Down.md#first",
        "http://localhost:3000/d/a?var-job={{ $labels.job }}",
        "https://{{ $labels.host }}/status",
        "{{ externalURL }}/graph",
        "{{ $labels.url }}",
        "https://example.org/ä",
        "  https://example.org/a\n",
        "HTTPS://EXAMPLE.ORG",
    ],
)
def test_links_that_can_be_followed(link: str) -> None:
    assert said(runbook_url=link, dashboardURL=link, link=link) == []


def test_what_is_an_address_as_a_whole_is_a_link_whatever_it_is_called() -> None:
    assert said(runbook="ftp://example.org/a", description="see ftp://example.org/a") == [
        "runbook isn't the address of a page: it begins with ftp://"
    ]
    assert said(runbook="Start it again.", curl="5", symlink="x", linked="x") == []


def test_records_have_no_links() -> None:
    assert found(group({"record": "a:b", "expr": "up", "annotations": {"url": "x"}}), ids={"rule-link"}) == ()
