"""What a visitor with a browser does: looks at the albums and at one of them, makes one, adds a picture, looks at it,
takes all of it away again, and leaves."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page, Response
from playwright.sync_api import TimeoutError as TooLate

from provision.lab.client.record import Record
from provision.lab.client.results import FAILED_STATUS, RequestResult
from provision.lab.gallery.images import gradient

MOST_SCREENSHOTS = 100
_SCREENSHOT_SECONDS = 5.0
_AGAIN_SECONDS = 0.2
_SIGNAL_SECONDS = 1.0
_PICTURE = gradient(320, 240, (200, 120, 0))
_KINDS = (
    (r"ERR_CONNECTION_REFUSED|ERR_ADDRESS_UNREACHABLE|ERR_NAME_NOT_RESOLVED", "refused"),
    (r"ERR_(TIMED_OUT|CONNECTION_TIMED_OUT)", "timeout"),
    (r"ERR_(CERT|SSL|BAD_SSL)", "tls"),
    (r"ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH|INCOMPLETE|SOCKET|ABORTED|NETWORK)", "reset"),
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How visitors behave.

    Attributes:
        url: the site, `http://HOST:PORT`.
        think_seconds: how long they look at a page before they go on.
        screenshots: the folder for pictures of failures; None: none are taken.
    """

    url: str
    think_seconds: float
    screenshots: Path | None = None


class Visitor:
    """A visitor in a browser's window of its own.

    Args:
        page: the window.
        number: which of the visitors it is.
        stopped: set when all are to leave.
        complain: told what goes wrong that is no failure of the site.
    """

    def __init__(
        self,
        page: Page,
        number: int,
        manner: Manner,
        record: Record,
        stopped: threading.Event,
        complain: Callable[[str], None],
    ) -> None:
        self._page, self._number, self._manner = page, number, manner
        self._record, self._stopped, self._complain = record, stopped, complain
        self._broken = ""
        page.on("response", self._look_at)

    def visit(self, round_: int) -> None:
        """One visit, the how manieth of this visitor. After a failure the visitor leaves."""
        title = f"Visit {round_} of visitor {self._number}"
        steps: tuple[tuple[str, Callable[[], Response | None]], ...] = (
            ("GET /", lambda: self._page.goto(self._manner.url)),
            ("GET /album", lambda: self._followed(f"#albums li:nth-child({round_ % 3 + 1}) a")),
            ("GET /", lambda: self._followed("h1 a")),
            ("POST /album", lambda: self._created(title)),
            ("POST /picture", self._added),
            ("GET /picture", lambda: self._followed("figure a")),
            ("GET /album", self._page.go_back),
            ("POST /delete", lambda: self._followed('form[action^="/album/"][action$="/delete"] button')),
        )
        for step, act in steps:
            if not self._done(step, act) or self._stopped.wait(self._manner.think_seconds):
                return

    def _done(self, step: str, act: Callable[[], Response | None]) -> bool:
        """Do a step and record it; whether it went well."""
        method, _, page = step.partition(" ")
        self._broken = ""
        began, clock = time.time(), time.perf_counter()
        status: int | None = None
        try:
            answer = act()
            status = None if answer is None else answer.status
            failure = _failure(status) or self._broken
        except TooLate:
            failure = "timeout"
        except Error as error:
            if is_the_end(error, self._stopped):
                return False
            failure = _kind(error.message)
        seconds = time.perf_counter() - clock
        page = page if method == "GET" else step
        now = urlsplit(self._page.url)
        # A browser's own pages, empty or with an error, stand for the one that was asked for.
        path = now.path if now.scheme == "http" else "/"
        result = RequestResult(began, page, method, path, seconds, status, failure, self._number)
        if failure:
            result = replace(result, screenshot=self._screenshot(began, page))
        self._record.add(result)
        return not failure

    def _followed(self, selector: str) -> Response:
        """Click, and wait for the page that it leads to."""
        with self._page.expect_navigation() as navigation:
            self._page.locator(selector).first.click(no_wait_after=True)
        return navigation.value

    def _created(self, title: str) -> Response:
        self._page.fill('form[action="/album"] input[name=title]', title)
        return self._followed('form[action="/album"] button')

    def _added(self) -> Response:
        file = {"name": "wave.png", "mimeType": "image/png", "buffer": _PICTURE}
        self._page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
        self._page.fill("input[name=title]", "Wave")
        return self._followed('form[enctype="multipart/form-data"] button')

    def _look_at(self, response: Response) -> None:
        """A page whose pictures fail has failed, too."""
        if response.status >= FAILED_STATUS and not response.request.is_navigation_request():
            self._broken = "5xx"

    def _screenshot(self, began: float, page: str) -> str:
        """The name of the picture that was taken of a failure; empty when none was."""
        folder = self._manner.screenshots
        if folder is None or len(list(folder.glob("*.png"))) >= MOST_SCREENSHOTS:
            return ""
        words = re.sub(r"[^a-z]+", "-", page.lower()).strip("-") or "albums"
        name = f"{began:.3f}-visitor-{self._number}-{words}.png"
        # What still waits for its first byte would keep the picture waiting, too. There may be nothing to be stopped.
        with suppress(Error):
            self._page.context.new_cdp_session(self._page).send("Page.stopLoading")
        until = time.monotonic() + _SCREENSHOT_SECONDS
        while (left := until - time.monotonic()) > 0:
            try:
                self._page.screenshot(path=folder / name, timeout=left * 1000)
                return name
            except Error:
                # It may just be putting a page of its own in place of the one that failed, or be gone: the failure
                # itself is recorded.
                if self._page.is_closed() or self._stopped.wait(_AGAIN_SECONDS):
                    break
            except OSError as error:
                self._complain(f"{folder}: pictures of failures can't be written: {error.strerror}")
                break
        return ""


def is_the_end(error: Error, stopped: threading.Event) -> bool:
    """Whether a browser ended because all are to leave: a signal to a whole group of processes, as Ctrl-C is one, may
    reach it before we know."""
    return bool(re.search(r"closed", error.message)) and stopped.wait(_SIGNAL_SECONDS)


def _failure(status: int | None) -> str:
    if status is None:
        return "unexpected"
    return "5xx" if status >= FAILED_STATUS else "unexpected" if status >= 400 else ""


def _kind(message: str) -> str:
    return next((kind for pattern, kind in _KINDS if re.search(pattern, message)), "unexpected")
