"""Visitors with real browsers: each in a thread, with a browser and a profile of its own that are gone afterwards."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from provision.lab.client.record import Record
from provision.lab.client.visitor import Manner, Visitor, is_the_end


@dataclass(frozen=True, slots=True)
class Plan:
    """How many visitors, and for how long.

    Attributes:
        program: their browser.
        flags: what it is started with.
        clients: how many at once.
        rounds: how many visits each makes at most.
        seconds: for how long at most.
        timeout_seconds: how long a page may take.
    """

    program: Path
    flags: Sequence[str]
    clients: int
    rounds: int
    seconds: float
    timeout_seconds: float


class Browsers:
    """The visitors of a plan, as they come and go.

    Attributes:
        faults: why a browser couldn't be started or ended before its time, or a picture of a failure couldn't be
            written; one line each.
    """

    def __init__(self, plan: Plan, manner: Manner, record: Record) -> None:
        self._plan, self._manner, self._record = plan, manner, record
        self._stopped = threading.Event()
        self._timer = threading.Timer(plan.seconds, self._stopped.set)
        self._timer.daemon = True
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(1, plan.clients + 1)
        ]
        self.faults: list[str] = []

    def start(self) -> None:
        """Let them come, in the background."""
        self._timer.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish the page it is waiting for, and leave."""
        self._stopped.set()
        self.join()

    def join(self) -> None:
        """Return once all have left."""
        for thread in self._threads:
            thread.join()
        self._timer.cancel()

    def _work(self, number: int) -> None:
        plan = self._plan
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=plan.program,
                    headless=True,
                    args=list(plan.flags),
                    # Signals are ours: pages are finished before a browser is closed.
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
                for round_ in range(1, plan.rounds + 1):
                    if self._stopped.is_set():
                        break
                    # Another visitor each time: nothing is left of the one before, no cookie and no picture.
                    context = browser.new_context()
                    page = context.new_page()
                    page.set_default_timeout(plan.timeout_seconds * 1000)
                    Visitor(page, number, self._manner, self._record, self._stopped, self._complain).visit(
                        round_
                    )
                    context.close()
                browser.close()
        except Error as error:
            if is_the_end(error, self._stopped):
                return
            said = error.message.splitlines()
            self._complain(f"the browser of visitor {number}: {said[0] if said else 'ended'}")
        except Exception as error:  # noqa: BLE001  # in a thread nobody else would hear of it
            self._complain(f"visitor {number} ended: {error!r}")

    def _complain(self, fault: str) -> None:
        """Keep a fault, once: each failure of a site that is broken would tell the same."""
        if fault not in self.faults:
            self.faults.append(fault)
