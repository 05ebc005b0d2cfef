"""The HTTP server of a replica: waitress, and an end that lets what is in flight finish."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.server import create_server

from provision.lab.gallery.switches import MOST_HELD

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CLIENT_LEFT = "waitress.client_disconnected"
"""Where a request's WSGI environment has a function that says whether its client has left."""

THREADS = MOST_HELD + 20
GRACE_SECONDS = 5.0
_STACK_BYTES = 512 * 1024
"""Of a thread: the default of 8 MiB, a hundred times, is more than the memory that the lab lets a replica have."""

_LOOK_SECONDS = 0.02


class Server:
    """Listens at once, and answers after `start`.

    Args:
        host, port: the address to listen on; port 0 for a free one, `port` says which.
        largest_body: of a request, in bytes; a larger one is refused with 413.

    Raises:
        OSError: the address can't be had.
    """

    def __init__(self, application: WSGIApplication, host: str, port: int, largest_body: int) -> None:
        before = threading.stack_size(_STACK_BYTES)
        try:
            self._server = create_server(
                application,
                host=host,
                port=port,
                threads=THREADS,
                # So that a client that leaves is noticed while its request is answered.
                channel_request_lookahead=1,
                max_request_body_size=largest_body,
                connection_limit=2000,
                # What a proxy added is how the administration page knows that one stands between.
                clear_untrusted_proxy_headers=False,
                ident="gallery",
            )
        finally:
            threading.stack_size(before)
        self.port = int(self._server.effective_port)
        self._loop = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """Answer in the background."""
        self._loop.start()

    def stop(self) -> None:
        """Take no more connections, and return once the running requests are answered, or after 5 s."""
        # In the thread of the server's own loop, which alone may change what it listens to.
        self._server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(self._server))
        limit = time.monotonic() + GRACE_SECONDS
        while self._busy() and time.monotonic() < limit:
            time.sleep(_LOOK_SECONDS)
        self._server.task_dispatcher.shutdown(timeout=_LOOK_SECONDS)

    def _busy(self) -> bool:
        connections = list(self._server.active_channels.values())
        return any(each.requests or each.total_outbufs_len for each in connections)
