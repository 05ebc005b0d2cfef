"""The links of an alert are addresses that somebody can follow from a message."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.links import Link, links

ID = "rule-link"


def check(estate: Estate) -> Iterator[Finding]:
    """Links that lead nowhere, as they are written. No page is asked for."""
    for group in estate.groups:
        for link in links(group):
            fault = _fault(link)
            if fault:
                yield estate.finding(
                    ID, "warning", group.definition, link.pointer, group.about(link.rule),
                    f"{link.name} {fault}", "write the whole address, such as https://example.org/runbooks/DiskFull",
                )  # fmt: skip


def _fault(link: Link) -> str:
    """Why nobody can follow it, half a sentence; empty when they can."""
    if link.begins_with_template:
        return ""
    parts = link.parts()
    if parts is None:
        whole = "://" in link.text
        return (
            "isn't an address"
            if whole
            else f"leads nowhere from a message: {link.text!r:.80} has no https:// and host"
        )
    if parts.scheme.lower() not in ("http", "https"):
        return f"isn't the address of a page: it begins with {parts.scheme}://"
    if not parts.hostname:
        return "isn't an address: it names no host"
    if any(character.isspace() or character in '"<>' for character in link.text.split("{{")[0]):
        return "isn't an address: it holds a space or quote, where many programs let it end"
    return ""
