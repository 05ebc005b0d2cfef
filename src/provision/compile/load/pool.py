"""Worker processes, seen from the loader: started, fed with sources, killed and replaced when they are late or die."""

from __future__ import annotations

import fcntl
import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from provision.compile.load import wire
from provision.compile.load.territory import TOOLKIT, Territory
from provision.compile.load.trouble import from_dump
from provision.errors import ProvisionError
from provision.project import Project

ALLOWED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
"""The environment variables that sources see: none that holds a credential."""

_START_SECONDS = 60.0
_GRACE_SECONDS = 3.0
"""How long after the time limit a worker is killed that didn't end itself."""

_ROOM = 1 << 20
"""Bytes a pipe should hold: an answer, or the last words of many threads."""


def run(
    project: Project, paths: Sequence[str], workers: int
) -> Generator[tuple[str, wire.Answer], None, None]:
    """Compile each source in `paths` in one of at most `workers` processes, and give the answers in the order in which
    they come. No process is left when the iterator is closed.

    Raises:
        ProvisionError: a worker can't be started.
    """
    tasks = deque(paths)
    alive: list[_Worker] = []
    with selectors.DefaultSelector() as selector:
        try:
            while tasks or alive:
                for _ in range(
                    min(workers - len(alive), len(tasks) - sum(not worker.ready for worker in alive))
                ):
                    alive.append(_Worker(project))
                    selector.register(alive[-1].answers, selectors.EVENT_READ, alive[-1])
                late = min(worker.deadline for worker in alive)
                for key, _ in selector.select(max(0.0, late - time.monotonic())):
                    key.data.hear()
                for worker in tuple(alive):
                    yield from worker.finished(tasks)
                    if worker.task is None and worker.ready:
                        alive.remove(worker)
                        selector.unregister(worker.answers)
                        worker.close()
        finally:
            for worker in alive:
                worker.close()


def environment() -> dict[str, str]:
    """The environment of a worker."""
    found = {name: os.environ[name] for name in ALLOWED if name in os.environ}
    found |= {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    home = Path(TOOLKIT).parent
    if home.name not in ("site-packages", "dist-packages"):
        found["PYTHONPATH"] = str(home)
    return found


class _Worker:
    """One worker process, from its start to its end.

    Attributes:
        answers: the file descriptor that answers come from.
        task: the source it is running.
        ready: whether it has begun.
        deadline: when it will be late, on the monotonic clock.
    """

    def __init__(self, project: Project) -> None:
        self._territory = Territory(str(project.root))
        self._limit = project.time_limit_seconds
        self.task: str | None = None
        self.ready = False
        self.deadline = time.monotonic() + _START_SECONDS
        self._closed = False
        requests, self._requests = os.pipe()
        self.answers, answers = os.pipe()
        self._words, words = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-X", "utf8", "-W", "ignore", "-m", "provision.compile.load.worker",
                 str(requests), str(answers)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words, pass_fds=(requests, answers),
                cwd=project.root, env=environment(), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            for fd in (self._requests, self.answers, self._words):
                os.close(fd)
            raise ProvisionError(
                f"a worker can't be started: {error.strerror}", where=sys.executable
            ) from None
        finally:
            for fd in (requests, answers, words):
                os.close(fd)
        os.set_blocking(self._words, False)
        for fd in (self.answers, self._words):
            _widen(fd)
        self._incoming = wire.Incoming(self.answers)
        setting = wire.Setting(
            str(project.root), project.environment, self._limit, pickle.dumps(dict(project.variables))
        )
        self._send(wire.encode_setting(setting))

    def hear(self) -> None:
        """Take what has arrived."""
        self._closed = not self._incoming.read()

    def finished(self, tasks: deque[str]) -> Iterator[tuple[str, wire.Answer]]:
        """The source it has finished, if it has, and its answer; then it has the next of `tasks`, if any is left and
        it is still alive."""
        message = self._incoming.take()
        if message is None:
            if self._closed or time.monotonic() >= self.deadline:
                yield self._died()
            return
        done = self.task
        self.task = tasks.popleft() if tasks else None
        if self.task is not None:
            self.deadline = time.monotonic() + self._limit + _GRACE_SECONDS
            self._send(wire.message([self.task]))
        if self.ready and done is not None:
            yield done, wire.decode_answer(*message)
        self.ready = True

    def close(self) -> None:
        """Kill it, and all it has started."""
        self._kill()
        for fd in (self._requests, self.answers, self._words):
            os.close(fd)

    def _kill(self) -> int:
        # Its number is its own until it has been waited for, and may be another's afterwards.
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()

    def _send(self, data: bytes) -> None:
        # One that has died is noticed where its answer is missing.
        with suppress(BrokenPipeError):
            wire.write(self._requests, data)

    def _died(self) -> tuple[str, wire.Answer]:
        """What is to be said of the source that it was running."""
        late = not self._closed
        status = self._kill()
        words = self._last_words()
        if self.task is None:
            last = words.strip().rpartition("\n")[2]
            if not last:
                last = (
                    f"it didn't begin within {_START_SECONDS:g} s"
                    if late
                    else f"it ended with status {status}"
                )
            raise ProvisionError(f"a worker can't be started: {last}", where=sys.executable)
        if late or status == -signal.SIGALRM:
            message = f"is still running after {self._limit:g} s; make it faster, or raise time_limit_seconds in [tool.provision]"
        elif wire.BUG in words:
            message = (
                f"can't be compiled because of a bug in provision: {words.strip().rpartition(chr(10))[2]}"
            )
        elif status < 0:
            message = f"kills its own process ({signal.Signals(-status).name})"
        else:
            message = f"ends its own process (exit status {status})"
        problem = from_dump(self._territory, self.task, words, message)
        task, self.task = self.task, None
        return task, wire.Answer(problems=(problem,))

    def _last_words(self) -> str:
        said = bytearray()
        with suppress(BlockingIOError):
            while chunk := os.read(self._words, _ROOM):
                said += chunk
        return said.decode("utf-8", "replace")


def _widen(fd: int) -> None:
    """Give the pipe more room than the system's default, where that is possible."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _ROOM)
