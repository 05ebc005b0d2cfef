"""A cable that can be cut: forwards connections to a replica until it is told to be dead.

SIGUSR1 cuts it as a firewall or a lost switch does: what is on its way stays there, nothing is answered, and nobody
is told that a connection has ended. New connections aren't even taken: the queue of the listening socket is kept full,
and Linux drops what asks for more, so that whoever connects waits until a time-out of its own. SIGUSR2 mends it.

A network namespace or a packet filter would do the same, but needs root; this doesn't.
"""

from __future__ import annotations

import argparse
import contextlib
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Sequence

_CHUNK = 65536
_BACKLOG = 128


class Wire:
    """A cable between a port of this machine and another one.

    Args:
        port: to listen on; 0 for a free one, `port` says which.
        to: the port that connections are forwarded to.
    """

    def __init__(self, port: int, to: int) -> None:
        self._to = to
        self._whole = threading.Event()
        self._whole.set()
        self._fillers: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
        self.port = int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Forward in the background."""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing goes through, and nothing comes back."""
        if not self._whole.is_set():
            return
        self._whole.clear()
        # A queue of one: it is full with two, and what asks for more is dropped.
        self._listener.listen(0)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(("127.0.0.1", self.port))
            self._fillers.append(filler)

    def mend(self) -> None:
        """As before; what waited goes on."""
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        self._listener.listen(_BACKLOG)
        self._whole.set()

    def _accept(self) -> None:
        while True:
            self._whole.wait()
            near, _ = self._listener.accept()
            threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        self._whole.wait()
        with near, contextlib.suppress(OSError):
            far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
            far.settimeout(None)
            with far, selectors.DefaultSelector() as selector:
                selector.register(near, selectors.EVENT_READ, far)
                selector.register(far, selectors.EVENT_READ, near)
                self._copy(selector)

    def _copy(self, selector: selectors.BaseSelector) -> None:
        while True:
            for key, _ in selector.select():
                self._whole.wait()
                part = key.fileobj.recv(_CHUNK)  # type: ignore[union-attr]  # a socket was registered
                if not part:
                    return
                key.data.sendall(part)


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.drill.wire --port PORT --to PORT`: forward until told to end."""
    parser = argparse.ArgumentParser(prog="provision.lab.drill.wire")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    options = parser.parse_args(arguments)
    # One after the other: a handler could interrupt another one, and the cable would be neither cut nor whole.
    heard = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, heard)
    wire = Wire(options.port, options.to)
    wire.start()
    while (number := signal.sigwait(heard)) in (signal.SIGUSR1, signal.SIGUSR2):
        if number == signal.SIGUSR1:
            wire.cut()
        else:
            wire.mend()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
