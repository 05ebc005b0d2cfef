"""What a running source does beyond defining things: what it reads, what it prints, what makes it unrepeatable.

Python's audit events tell of opened files, listed directories, started processes and connections; `os.stat` and its
like raise none and are wrapped. Only one source runs at a time in a process.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from provision.compile.load import undo
from provision.compile.load.inputs import FILE, LINK, NAMES, SPECIAL, THERE, state_of
from provision.compile.load.territory import Territory

_MOST_PRINTS = 20
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_OUTSIDE = frozenset({
    "os.chmod", "os.chown", "os.exec", "os.fork", "os.forkpty", "os.kill", "os.link", "os.mkdir", "os.posix_spawn",
    "os.remove", "os.rename", "os.rmdir", "os.spawn", "os.symlink", "os.system", "os.truncate", "os.utime",
    "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyaddr", "socket.gethostbyname",
    "socket.gethostname", "sqlite3.connect", "subprocess.Popen", "ctypes.dlopen",
})  # fmt: skip
"""Events after which a source isn't repeatable: it asked or changed the world outside the project."""


_MOMENTARY = frozenset({
    "getatime", "getctime", "getmtime", "getrandom", "getsize", "now", "random", "secrets", "st_atime", "st_ctime",
    "st_mtime", "st_mtime_ns", "st_size", "today", "urandom", "utcnow", "uuid1", "uuid4",
})  # fmt: skip
"""Names in code that asks for what differs from time to time, and of which no event tells."""

_CLOCKS = ("ctime", "gmtime", "localtime", "strftime", "time", "time_ns")


class Watch:
    """What one source has done so far.

    Attributes:
        inputs: (kind, absolute path) → state, of what it read.
        prints: the (file, line) of each print; None for one that no line of the project made.
        repeatable: see `wire.Answer`.
        may_patch: whether code ran that could have changed modules which stay loaded.
    """

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self.inputs: dict[tuple[str, str], str] = {}
        self.prints: dict[tuple[str, int] | None, None] = {}
        self.repeatable = True
        self.may_patch = False
        self._busy = False

    def note(self, kind: str, path: object, state: str | None = None) -> None:
        """An input: its state is taken now unless it is given."""
        if self._busy or isinstance(path, int):
            return
        try:
            full = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100  # whatever open() took
        except (TypeError, ValueError):
            return
        if full.endswith(".pyc"):
            full = _source_of(full)
        if self.territory.is_settled(full) or (kind, full) in self.inputs:
            return
        with self.quiet():
            found = state_of(kind, full) if state is None else state
        self.inputs[kind, full] = found
        if found == SPECIAL:
            self.repeatable = False

    def ran(self, code: CodeType) -> None:
        """Code of the project that runs: it may do what can't be noticed while it does."""
        self.may_patch = self.may_patch or undo.may_patch(code)
        self.repeatable = self.repeatable and not _is_momentary(code)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While it is open, nothing that is read becomes an input."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    def print(self) -> None:
        """Something was printed: remember the nearest line of the project."""
        frame: FrameType | None = sys._getframe(1)  # walking frames is the only way to the line
        while frame is not None and self.territory.relative(frame.f_code.co_filename) is None:
            frame = frame.f_back
        if len(self.prints) < _MOST_PRINTS:
            self.prints[None if frame is None else (frame.f_code.co_filename, frame.f_lineno)] = None

    def event(self, name: str, args: tuple[Any, ...]) -> None:
        """An audit event."""
        if name == "open":
            path, mode, flags = args
            if (isinstance(mode, str) and mode.strip("rbtU")) or (isinstance(flags, int) and flags & _WRITES):
                self.repeatable = self.repeatable and path == os.devnull
            else:
                self.note(FILE, path)
        elif name in ("os.listdir", "os.scandir"):
            self.note(NAMES, "." if args[0] is None else args[0])
        elif name in _OUTSIDE:
            self.repeatable = False


_current: Watch | None = None
_strangers: set[int] = set()
"""The threads that earlier sources left behind."""

_installed = False


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """While it is open, what happens in this process is told to `watch`, and printing too."""
    global _current, _strangers  # noqa: PLW0603  # audit hooks belong to the process and can't be removed
    install()
    _strangers = _threads()
    # A new thread may get the number of one that ends, and would not be listened to.
    watch.repeatable = watch.repeatable and not _strangers
    streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = _prints  # type: ignore[misc,assignment]
    _current = watch
    try:
        yield
    finally:
        _current = None
        if _threads() - _strangers:
            watch.repeatable = False  # nobody knows what they will still do
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]


def current() -> Watch | None:
    """The watch of the source that is running, if one is. None for a thread that an earlier source left behind."""
    return None if _strangers and threading.get_ident() in _strangers else _current


def _threads() -> set[int]:
    """The numbers of the other threads."""
    return set(sys._current_frames()) - {threading.get_ident()}  # threading itself doesn't know all of them


class _Prints(io.TextIOBase):
    """A standard stream that remembers who writes to it. There is one, because logging handlers and the like keep the
    stream that they found for as long as the process lives."""

    @property
    def buffer(self) -> io.RawIOBase:
        return _Bytes()

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if (watch := current()) is not None:
            watch.print()
        return len(text)


class _Bytes(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if (watch := current()) is not None:
            watch.print()
        return len(data)


_prints = _Prints()


def install() -> None:
    """Begin to listen in this process; once is enough, and it never ends."""
    global _installed  # noqa: PLW0603  # what is installed belongs to the process
    if _installed:
        return
    _installed = True
    sys.addaudithook(_hook)
    os.stat = _noting(os.stat)
    os.lstat = _noting(os.lstat, LINK)
    os.readlink = _noting(os.readlink, LINK)
    os.urandom = _unrepeatable(os.urandom)
    for name in _CLOCKS:
        setattr(time, name, _unrepeatable(getattr(time, name)))
    os.access = _noting(os.access)


def _hook(name: str, args: tuple[Any, ...]) -> None:
    if name in _EVENTS and (watch := current()) is not None:
        watch.event(name, args)


_EVENTS = _OUTSIDE | {"open", "os.listdir", "os.scandir"}


def _noting(function: Callable[..., Any], *more: str) -> Callable[..., Any]:
    def noting(path: Any, *args: Any, **options: Any) -> Any:
        if (watch := current()) is not None:
            for kind in (THERE, *more):
                watch.note(kind, path)
        return function(path, *args, **options)

    return noting


def _unrepeatable(function: Callable[..., Any]) -> Callable[..., Any]:
    def asking(*args: Any, **options: Any) -> Any:
        if (watch := current()) is not None:
            watch.repeatable = False
        return function(*args, **options)

    return asking


def _is_momentary(code: CodeType) -> bool:
    return not _MOMENTARY.isdisjoint(code.co_names) or any(
        _is_momentary(inner) for inner in code.co_consts if isinstance(inner, CodeType)
    )


def _source_of(compiled: str) -> str:
    """The module that a compiled file was made of; the file itself when it isn't in a __pycache__."""
    folder, name = os.path.split(compiled)
    if os.path.basename(folder) != "__pycache__":  # noqa: PTH119  # strings all along
        return compiled
    return os.path.join(os.path.dirname(folder), f"{name.partition('.')[0]}.py")  # noqa: PTH118,PTH120
