"""Every runbook that an alert links into the project's own pages is there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from provision.model import Finding
from provision.prove.check.bodies import suggestion
from provision.prove.check.estate import Estate
from provision.prove.check.links import Link, links
from provision.prove.check.parts import Group

ID = "unknown-runbook"


def check(estate: Estate) -> Iterator[Finding]:
    """Links to pages that are missing from a folder of the project, where other links of that address lead to pages
    that are there."""
    pages = lru_cache(maxsize=None)(_pages)
    folder_of = lru_cache(maxsize=1024)(_inside)
    found: dict[str, list[tuple[Group, Link, str, Path]]] = {}
    linked: dict[str, set[str]] = {}
    for group in estate.groups:
        for link in () if estate.is_guest(group.definition) else links(group):
            parts, path = link.parts(), link.path()
            folder, _, page = path.rpartition("/")
            inside = folder_of(estate.project.root, folder) if parts is not None and page else None
            if parts is None or inside is None:
                continue
            address = f"{parts.netloc}{folder}"
            if _stem(page) in pages(inside):
                linked.setdefault(address, set()).add(_stem(page))
            else:
                found.setdefault(address, []).append((group, link, page, inside))
    for address in found.keys() & linked.keys():
        for group, link, page, inside in found[address]:
            shown = inside.relative_to(estate.project.root).as_posix()
            yield estate.finding(
                ID, "warning", group.definition, link.pointer, group.about(link.rule),
                f"{link.name} leads to {page}, and there is no such page in {shown}",
                suggestion(_stem(page), pages(inside) - linked[address]) or f"write the page: {shown}/{_stem(page)}.md",
            )  # fmt: skip


def _inside(root: Path, folder: str) -> Path | None:
    """The folder of the project that the end of a path on a host names; the longest that there is."""
    names = [name for name in folder.split("/") if name]
    if ".." in names:
        return None
    for start in range(len(names)):
        inside = root.joinpath(*names[start:])
        try:
            if inside.is_dir():
                return inside
        except OSError:  # a name that no folder can have
            continue
    return None


def _pages(folder: Path) -> frozenset[str]:
    """The names of a folder's pages, without their suffix; a folder in it is a page, too. None of one that may not be
    looked into: then nothing is known of its pages."""
    try:
        return frozenset(_stem(each.name) for each in folder.iterdir())
    except PermissionError:
        return frozenset()


def _stem(page: str) -> str:
    name, dot, suffix = page.rpartition(".")
    return name if dot and suffix.lower() in ("md", "markdown", "rst", "adoc", "html", "htm", "txt") else page
