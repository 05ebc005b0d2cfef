"""`python -m provision.lab.client.browsers --url URL`: visitors with real browsers, and what they saw."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.lab.client import chromium, recording
from provision.lab.client.limits import address, bounded
from provision.lab.client.record import Record
from provision.lab.serving import wait_for_end

MOST_CLIENTS = 10
MOST_ROUNDS = 10_000
MOST_SECONDS = 24 * 3600.0


def main(arguments: Sequence[str]) -> int:
    """Let visitors come until all is done or it is told to end, then print the sums; 0, 1 for a browser that is missing
    or fails or a file that can't be written, 2 for arguments that make no sense."""
    options = _parser().parse_args(arguments)
    try:
        _make(options.screenshots)
        record = recording.opened(options)
        try:
            return _run(options, record)
        finally:
            record.close()
    except ProvisionError as error:
        return _failed(str(error), error.exit_code)


def _make(folder: Path | None) -> None:
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProvisionError(f"can't be made: {error.strerror}", where=str(folder)) from None


def _run(options: argparse.Namespace, record: Record) -> int:
    site = address(options.url, "http", options.allow)
    try:
        from provision.lab.client.browsing import Browsers, Plan
        from provision.lab.client.visitor import Manner
    except ModuleNotFoundError as error:
        remedy = f"install it with: {sys.executable} -m pip install 'provision[browser]'"
        raise MissingTool(f"Python's {error.name} can't be imported", remedy=remedy) from None
    plan = Plan(
        program=chromium.find(options.chromium),
        flags=chromium.flags(options.resolve),
        clients=options.clients,
        rounds=options.rounds or (MOST_ROUNDS if options.seconds else 1),
        seconds=options.seconds or MOST_SECONDS,
        timeout_seconds=options.timeout,
    )
    manner = Manner(f"http://{site}/", options.think, options.screenshots)
    # What the library says of answers that never came, when a browser is ended with everything else.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="browsers-", ignore_cleanup_errors=True) as folder:
        # Profiles go there, so that nothing is left of them.
        os.environ["TMPDIR"] = folder
        browsers = Browsers(plan, manner, record)
        browsers.start()
        wait_for_end(browsers.join)
        browsers.stop()
    recording.tell(record, options)
    return _failed("\n".join(browsers.faults)) if browsers.faults else 0


def _failed(message: str, code: int = 1) -> int:
    sys.stderr.write(f"browsers: {message}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provision.lab.client.browsers",
        description="Visitors of a gallery with real browsers, and what they saw.",
    )
    parser.add_argument("--url", required=True, metavar="URL", help="http://HOST:PORT, on this machine")
    parser.add_argument(
        "--clients",
        type=int,
        default=1,
        choices=range(1, MOST_CLIENTS + 1),
        metavar="N",
        help="how many at once",
    )
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--rounds",
        type=int,
        choices=range(1, MOST_ROUNDS + 1),
        metavar="N",
        help="visits of each; 1 unless given",
    )
    ends.add_argument("--seconds", type=bounded(MOST_SECONDS), metavar="S", help="visits for so long instead")
    parser.add_argument(
        "--think", type=bounded(60), default=0.5, metavar="S", help="how long each looks at a page"
    )
    parser.add_argument(
        "--timeout", type=bounded(120), default=30.0, metavar="S", help="how long a page may take"
    )
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="gets a picture of each failure")
    parser.add_argument(
        "--chromium", type=Path, metavar="PROGRAM", help="the browser; found on the PATH unless given"
    )
    parser.add_argument("--resolve", default="", metavar="NAME=ADDRESS", help="where a host of that name is")
    parser.add_argument(
        "--allow", action="append", default=[], metavar="HOST", help="another machine that may be visited"
    )
    recording.add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
