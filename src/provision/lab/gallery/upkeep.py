"""What a replica knows of what it stands on, looked at every two seconds in the background: neither `/health` nor
`/metrics` waits for a storage or a Redis that doesn't answer."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass

from provision.lab.gallery.collection import Collection
from provision.lab.gallery.storage import StorageDown
from provision.lab.gallery.visits import Visits

INTERVAL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class State:
    """What was found at the last look.

    Attributes:
        albums, pictures: how many there are; None while the storage can't be used.
        storage: empty, or why the storage can't be used.
        sessions: empty, or why visits can't be counted.
    """

    albums: int | None = None
    pictures: int | None = None
    storage: str = "not looked at yet"
    sessions: str = "not looked at yet"


class Upkeep:
    """Looks, and adds the sample albums as soon as the storage takes them."""

    def __init__(self, collection: Collection, visits: Visits) -> None:
        self._collection, self._visits = collection, visits
        self._samples_added = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self.state = State()

    def start(self) -> None:
        """Look once, and go on in the background."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def look(self) -> None:
        """Look at the storage and at Redis; says on the standard error what has changed for the worse or back."""
        before, sessions = self.state, self._visits.fault()
        try:
            if not self._samples_added:
                self._collection.add_samples()
                self._samples_added = True
            albums, pictures = self._collection.counts()
        except StorageDown as down:
            self.state = State(storage=str(down), sessions=sessions)
        else:
            self.state = State(albums, pictures, storage="", sessions=sessions)
        if self.state.storage != before.storage:
            _tell(f"the storage fails: {self.state.storage}" if self.state.storage else "the storage works")
        if sessions != before.sessions:
            _tell(f"visits are not counted: {sessions}" if sessions else "visits are counted")

    def _go_on(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS):
            self.look()


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
