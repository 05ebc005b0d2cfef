"""A drill that is interrupted heals what it broke, however often it is interrupted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from provision.lab.telling import Tell
from provision.tools.signals import heard_by


@contextmanager
def healed_first(tell: Tell) -> Iterator[None]:
    """The first signal that would end the program raises KeyboardInterrupt, so that the block heals; later ones are
    answered with a sentence, or half of what was broken would stay so. Each healing has a time limit of its own.

    Args:
        tell: called with that sentence.
    """
    interrupted = False

    def hear(_: int, __: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            # While something else is being told there is no room for it.
            with suppress(RuntimeError):
                tell("healing what the drill broke; then it ends")
            return
        interrupted = True
        raise KeyboardInterrupt

    with heard_by(hear):
        yield
