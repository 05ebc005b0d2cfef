"""One bounded call of another program: no shell, no input but what is given, limits of time and output."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.errors import MissingTool, ProvisionError

TIME_LIMIT_SECONDS = 60.0
OUTPUT_LIMIT_BYTES = 16 * 2**20

_CHUNK = 65536
_INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT")
"""All that a program sees of our environment: credentials are not for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a program ended: its exit code (negative: the signal that ended it) and what it wrote."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """What it wrote to both, standard output first."""
        return b"\n".join(part.strip() for part in (self.stdout, self.stderr) if part.strip()).decode(
            errors="replace"
        )


def find_tool(name: str, extra_dirs: Iterable[Path] = ()) -> Path | None:
    """The program of that name on the PATH, else in one of `extra_dirs`; in those also under `root/usr/bin`,
    where Debian's packages are unpacked to. None when there is none."""
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path).absolute()
    for folder in extra_dirs:
        for place in (folder, folder / "root" / "usr" / "bin"):
            if os.access(place / name, os.X_OK) and (place / name).is_file():
                return (place / name).absolute()
    return None


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    given: bytes = b"",
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    output_limit_bytes: int = OUTPUT_LIMIT_BYTES,
) -> Answer:
    """Run a program to its end. When it goes over a limit, it and all it started are killed.

    Args:
        command: the program and its arguments.
        env: added to the few variables it inherits.
        given: what it reads from standard input.
        output_limit_bytes: of standard output and standard error together.

    Raises:
        MissingTool: there is no such program, or it can't be run.
        ProvisionError: it went over a limit.
    """
    name = Path(command[0]).name
    inherited = {key: os.environ[key] for key in _INHERITED if key in os.environ}
    try:
        with _holding(given) as standard_input:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=cwd,
                env={**inherited, "LC_ALL": "C.UTF-8", **(env or {})},
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except OSError as error:
        if cwd is not None and not cwd.is_dir():
            raise ProvisionError("there is no such folder", where=str(cwd)) from None
        why = (
            "there is no such program"
            if isinstance(error, FileNotFoundError)
            else f"can't be run: {error.strerror}"
        )
        raise MissingTool(why, where=str(command[0])) from None
    try:
        written = _read(process, name, time.monotonic() + time_limit_seconds, output_limit_bytes)
        code = process.wait()
    except subprocess.TimeoutExpired:
        raise ProvisionError(f"{name} took longer than {time_limit_seconds:g} s and was stopped") from None
    finally:
        _end(process)
    return Answer(code, *written)


@contextlib.contextmanager
def _holding(given: bytes) -> Iterator[int]:
    """A descriptor that `given` can be read from; it has no name that others could open."""
    if not given:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        yield file.fileno()


def _read(process: subprocess.Popen[bytes], name: str, deadline: float, limit: int) -> tuple[bytes, bytes]:
    """Standard output and standard error, both read until they are closed."""
    assert process.stdout is not None
    assert process.stderr is not None
    written = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as waiting:
        for stream in written:
            waiting.register(stream, selectors.EVENT_READ, stream)
        while waiting.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(name, 0)
            for key, _ in waiting.select(left):
                chunk = os.read(key.fd, _CHUNK)
                written[key.data] += chunk
                if not chunk:
                    waiting.unregister(key.data)
            if sum(map(len, written.values())) > limit:
                raise ProvisionError(f"{name} wrote more than {limit:,} bytes and was stopped")
    process.wait(max(0.0, deadline - time.monotonic()))
    return bytes(written[process.stdout]), bytes(written[process.stderr])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process and of all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing of it is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
