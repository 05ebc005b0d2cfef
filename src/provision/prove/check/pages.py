"""What the documentation says of each check: its page, and the sentence that its module begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import cleandoc
from pathlib import Path
from typing import Final

import provision
from provision.errors import UsageError
from provision.prove.check.custom import Custom, every_check
from provision.prove.check.settings import ONLINE, VERIFIED

_VERIFY: Final = "Every expression has data on the server that is asked."


@dataclass(frozen=True, slots=True)
class Page:
    """What is documented of a check.

    Attributes:
        summary: what must hold, one sentence.
        text: its page in Markdown; of a custom check what its module says.
    """

    id: str
    summary: str
    text: str


SOURCE: Final = Page(
    "source",
    "Every source compiles, and every file is what it should be.",
    """# source

A source that doesn't compile, or a file that isn't what it should be, stands among the findings as an error with the id
`source`. What other sources refer to in it can't be found then, so mend these first.
""",
)
"""What is no check, as nothing can be checked before it is mended; `docs/check.md` says the same."""


def pages() -> dict[str, Page]:
    """The pages of all checks by id: of the toolkit's own, of custom ones, and of what `provision verify` finds."""
    written = {
        file.name.removesuffix(".md"): file.read_text(encoding="utf-8")
        for file in sorted(_folder().iterdir(), key=lambda file: file.name)
        if file.name.endswith(".md")
    }
    verify = (_folder().parent / "verify.md").read_text(encoding="utf-8")
    found = {id_: Page(id_, _VERIFY, _headed(id_, _row(id_, verify), verify)) for id_ in sorted(VERIFIED)}
    for each in ONLINE:
        sentence = _sentence(each.__doc__ or "")
        found[each.ID] = Page(each.ID, sentence, _headed(each.ID, sentence, verify))
    for check in every_check().every:
        said = check.text if isinstance(check, Custom) else cleandoc(check.__doc__ or "")
        text = written.get(check.ID, said) or f"{check.ID} has no description."
        found[check.ID] = Page(check.ID, _sentence(said), text)
    return found


def page(id_: str) -> Page:
    """The page of the check with that id.

    Raises:
        UsageError: there is no such check.
    """
    known = pages() | {SOURCE.id: SOURCE}
    if id_ in known:
        return known[id_]
    close = get_close_matches(id_, known, 1)
    remedy = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(known))}"
    raise UsageError(f"there is no check {id_!r}", remedy=remedy)


def _sentence(text: str) -> str:
    """What it begins with, on one line."""
    return " ".join(text.partition("\n\n")[0].split())


def _row(id_: str, verify: str) -> str:
    """What the table of the page on `provision verify` says of that id, as a sentence; empty when nothing."""
    row = re.search(rf"^\| `{id_.removeprefix('verify-')}` \| (.+) \|$", verify, re.MULTILINE)
    return f"{row[1][0].upper()}{row[1][1:]}." if row else ""


def _headed(id_: str, said: str, verify: str) -> str:
    """The page on `provision verify`, begun with what that id means."""
    return f"# {id_}\n\n{said}\n\n{verify}" if said else verify


def _folder() -> Path:
    """Where the pages are: within an installed package, or in the documentation of a source checkout."""
    packaged = Path(provision.__file__).parent / "prove" / "check" / "docs" / "checks"
    return packaged if packaged.is_dir() else Path(provision.__file__).parents[2] / "docs" / "checks"
