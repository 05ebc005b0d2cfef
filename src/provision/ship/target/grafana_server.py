"""What the kinds of resource on a Grafana share: the server they are on, and what each kind can do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.client.grafana import GrafanaClient
from provision.client.pace import Pace
from provision.compile.dialect.grafana import GrafanaDialect
from provision.errors import ProvisionError, Unreachable
from provision.model import Action, Live
from provision.ship.target.crew import at_once as at_once  # noqa: PLC0414  # what all kinds share is had here
from provision.ship.target.grafana_book import Book

READERS: Final = 8
"""Objects that are read at once where there are no list pages; more than eight gain nothing."""

FILES: Final = "Grafana's file provisioning"
"""The owner of what the server itself reads from files."""

FILES_FIXED: Final = "Grafana reads it from a file on its own machine"
"""Why what the server reads from files can't be taken over."""


@dataclass(frozen=True, slots=True)
class Server:
    """One organisation of one Grafana, and what writing to it needs.

    Attributes:
        locked: whether Grafana's page is to refuse saving what this project owns.
        environ: where secrets by environment variable are found.
        root: what paths of secrets by file are relative to.
        sleep: waits so many seconds before something is tried again.
        owner: the project's name, as marks spell it; empty when nothing is to be written.
        own_tree: whether the root notification policy is the project's, too.
        book: the ledgers, as they were last read.
    """

    client: GrafanaClient
    dialect: GrafanaDialect
    locked: bool
    environ: Mapping[str, str] = field(repr=False)
    root: Path
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    owner: str = ""
    own_tree: bool = False
    book: Book = field(default_factory=Book, repr=False, compare=False)

    @property
    def url(self) -> str:
        """Its address."""
        return self.client.session.endpoint.url

    @property
    def pace(self) -> Pace:
        """How many writes it is given at once."""
        return self.client.session.pace


@dataclass(frozen=True, slots=True)
class Keeper:
    """How one kind of resource is kept on one family of API.

    Attributes:
        marked: whether there is room for a mark.
        width: how many are written at once; None: as many as the server takes well.
        read: what is there: at least what is wanted by key, and what carries a mark of this toolkit.
        one: what is there under a key.
        write: carry out an action that writes, with the owner's mark.
        page: the path of the page that shows a resource, from its key and title.
    """

    marked: bool
    width: int | None
    read: Callable[[Server, frozenset[str]], Iterator[Live]]
    one: Callable[[Server, str], Live | None]
    write: Callable[[Server, Action, str], None]
    page: Callable[[str, str], str]


def ledgered(keepers: Mapping[str, Keeper]) -> frozenset[str]:
    """Kinds whose marks lie in the ledger."""
    return frozenset(kind for kind, keeper in keepers.items() if not keeper.marked)


def setting_to_write(server: Server, *, saves: bool) -> str:
    """Why a resource has to be written anew though its body is as it should be: the project's `ui_edits` is another
    than it was. Empty when it isn't.

    Args:
        saves: whether Grafana's page may save changes of it now.
    """
    if saves != server.locked:
        return ""
    return f"Grafana's page may {'no longer' if server.locked else 'now'} save changes of it"


@contextmanager
def begun() -> Iterator[None]:
    """While it is open, a request that is lost may have left something behind though it was never sent: it is the
    second of two that make up one write.

    Raises:
        Unreachable: the request was lost.
    """
    try:
        yield
    except Unreachable as error:
        error.sent = True
        raise


def changed_meanwhile() -> ProvisionError:
    """What is told when a lock, or a last look, finds a resource changed since the plan was made."""
    return ProvisionError(
        "somebody changed it meanwhile, so it was left alone", remedy="plan again to see what changed"
    )
