"""How the options of the lab's programs are read: what makes no sense is one sentence, before anything is done."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")
_HIGHEST_PORT = 65535


def number(most: float, *, zero: bool = False) -> Callable[[str], float]:
    """How a number above 0 and up to `most` is read.

    Args:
        zero: whether 0 is one, too.
    """
    wanted = f"a number from 0 to {most:g}" if zero else f"a number above 0 and up to {most:g}"

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise _no(text, wanted) from None
        if not (0 < value <= most or (zero and value == 0)):
            raise _no(text, wanted)
        return value

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """How a whole number from `least` to `most` is read."""
    wanted = f"a whole number from {least:,} to {most:,}"

    def read(text: str) -> int:
        # Python's own reading takes `1_000`, and digits of every script.
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise _no(text, wanted)
        return int(text)

    return read


def port(text: str) -> int:
    """A port; 0 for a free one."""
    return whole(0, _HIGHEST_PORT)(text)


def fixed_port(text: str) -> int:
    """A port that others are to know beforehand, and thus none that is free at the time."""
    return whole(1, _HIGHEST_PORT)(text)


def word(text: str) -> str:
    """A text that isn't empty: an empty one is a variable that isn't set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; is a variable not set?")
    return text


def path(text: str) -> Path:
    """A path that isn't empty: an empty one would mean the working directory, which nobody wrote."""
    return Path(word(text))


def host(text: str) -> str:
    """What a server is called in requests, perhaps with a port."""
    name, _, after = text.rpartition(":") if re.search(r":\d+\Z", text) else (text, "", "")
    if not _HOST.fullmatch(name) or (after and not 0 < int(after) <= _HIGHEST_PORT):
        raise _no(text, "the name of a host")
    return text


def resolution(text: str) -> tuple[str, str]:
    """Where a host of some name is: `NAME=ADDRESS` as both."""
    name, _, address = text.partition("=")
    if not (_HOST.fullmatch(name) and _HOST.fullmatch(address)):
        raise _no(text, "NAME=ADDRESS, such as myhbsapp.com=127.0.0.1")
    return name, address


def _no(text: str, wanted: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{text!r} isn't {wanted}")
