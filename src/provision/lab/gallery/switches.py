"""The faults of a replica, and what they do to a request: later, failed, held, or none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

LONGEST_SECONDS = 60.0
MOST_HELD = 100
"""How many requests hang at once: a thread each, and some must be left to take the fault away again."""

_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a replica.

    Attributes:
        slow_seconds: how much later every page comes, up to 60.
        error_ratio: the share of pages that are answered with 500, from 0 to 1.
        hang: whether pages and `/health` get no answer.
        healthy: whether `/health` answers 200.
    """

    slow_seconds: float = 0.0
    error_ratio: float = 0.0
    hang: bool = False
    healthy: bool = True


def changed(faults: Faults, given: Any) -> Faults:
    """The faults with those that `given`, an object as `/admin/faults` takes it, names.

    Raises:
        ValueError: it isn't an object, names something else, or a value is out of range.
    """
    if not isinstance(given, dict):
        raise ValueError("an object is expected")  # noqa: TRY004  # what a client sent is wrong, not what we passed
    unknown = sorted(given.keys() - {field.name for field in fields(Faults)})
    if unknown:
        raise ValueError(f"there is no {unknown[0]!r}")
    for name, most in (("error_ratio", 1.0), ("slow_seconds", LONGEST_SECONDS)):
        value = given.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ValueError(f"{name} must be a number from 0 to {most:g}")
    for name in ("hang", "healthy"):
        if not isinstance(given.get(name, True), bool):
            raise ValueError(f"{name} must be true or false")  # noqa: TRY004  # as above
    return replace(faults, **given)


class Switches:
    """The faults of this replica, shared by the threads that answer."""

    def __init__(self) -> None:
        self._faults = Faults()
        self._count = 0
        self._held = 0
        self._closing = False
        self._changed = threading.Condition()

    @property
    def faults(self) -> Faults:
        """What is wrong now."""
        return self._faults

    @property
    def closing(self) -> bool:
        """Whether the replica is about to end."""
        return self._closing

    def change(self, given: Any) -> Faults:
        """Change the faults that are given (`changed`), at once for requests that wait, too."""
        with self._changed:
            self._faults = changed(self._faults, given)
            self._changed.notify_all()
            return self._faults

    def close(self) -> None:
        """Hold and delay nothing any more: the replica is about to end."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def hold(self, client_left: Callable[[], bool]) -> bool:
        """Return once nothing hangs any more; False when the request is to be given up: its client has left, the
        replica ends, or too many are held already."""
        with self._changed:
            if not self._faults.hang:
                return True
            if self._held >= MOST_HELD:
                return False
            self._held += 1
            try:
                while self._faults.hang and not self._closing and not client_left():
                    self._changed.wait(_LOOK_SECONDS)
                return not self._faults.hang
            finally:
                self._held -= 1

    def delay(self) -> None:
        """Wait as long as every page takes longer; no longer than the fault lasts."""
        until = time.monotonic() + self._faults.slow_seconds
        with self._changed:
            while (
                not self._closing and (left := min(until - time.monotonic(), self._faults.slow_seconds)) > 0
            ):
                self._changed.wait(left)

    def fails_now(self) -> bool:
        """Whether this page is to fail. Failures are spread evenly, not by chance, so that their share holds in a
        short window too."""
        with self._changed:
            self._count += 1
            count, ratio = self._count, self._faults.error_ratio
        return _whole(count * ratio) > _whole((count - 1) * ratio)


def _whole(number: float) -> int:
    # 10 times 0.1 is just below 1 when it is added up, and must count as 1.
    return int(number + 1e-9)
