"""The system's Chromium, which browsers' visitors use. It is never downloaded: Debian has it, and others have theirs."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import run

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome-stable", "google-chrome")
"""What it is called on the PATH; the first that is there is taken."""

FLAGS = (
    "--disable-gpu",
    # HTTP/3 would go past what stands between, and is tried only because a server mentions it.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What keeps it to itself: it asks nobody but the site that is visited."""

_REMEDY = "install Debian's chromium or chromium-headless-shell, or name another with --chromium"
_TIME_LIMIT_SECONDS = 30.0


def find(given: Path | None = None) -> Path:
    """The Chromium that is given, else the one on the PATH.

    Raises:
        MissingTool: there is none that runs.
    """
    named = [str(given)] if given else [found for name in NAMES if (found := shutil.which(name))]
    faults = []
    for program in named:
        fault = _fault(program)
        if not fault:
            return Path(program)
        faults.append(f"{program}: {fault}")
    raise MissingTool("; ".join(faults) or "none is on the PATH", where="Chromium", remedy=_REMEDY)


def flags(resolve: tuple[str, str] | None = None) -> list[str]:
    """What it is started with.

    Args:
        resolve: a name, and the address where a host of that name is, whatever the system says.
    """
    found = list(FLAGS)
    if os.geteuid() == 0:
        # Its sandbox refuses to run for root.
        found.append("--no-sandbox")
    if resolve:
        found.append(f"--host-resolver-rules=MAP {' '.join(resolve)}")
    return found


def _fault(program: str) -> str:
    """What keeps it from being used; empty when nothing does."""
    try:
        answer = run([program, "--version"], time_limit_seconds=_TIME_LIMIT_SECONDS)
    except ProvisionError as error:
        return error.what
    if answer.code != 0:
        return f"it doesn't run: exit code {answer.code}"
    return (
        "" if re.search(r"(Chrome|Chromium)\S* \d+\.", answer.text) else "it is another program of that name"
    )
