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
from provision.lab import arguments as read
from provision.lab.client import chromium, recording
from provision.lab.client.limits import add_address_options, address
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
        site = address(options.url, "http", options.allow)
        _make(options.screenshots)
        record = recording.opened(options)
        try:
            return _run(options, site, record)
        finally:
            record.close()
    except ProvisionError as error:
        sys.stderr.write(f"browsers: {error}\n")
        return error.exit_code


def _make(folder: Path | None) -> None:
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProvisionError(f"can't be made: {error.strerror}", where=str(folder)) from None


def _run(options: argparse.Namespace, site: str, record: Record) -> int:
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
    return recording.ended(record, options, "browsers", browsers.faults)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provision.lab.client.browsers",
        description="Visitors of a gallery with real browsers, and what they saw.",
    )
    add_address_options(parser)
    parser.add_argument(
        "--clients",
        type=read.whole(1, MOST_CLIENTS),
        default=1,
        metavar="N",
        help="how many at once",
    )
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--rounds",
        type=read.whole(1, MOST_ROUNDS),
        metavar="N",
        help="visits of each; 1 unless given",
    )
    ends.add_argument(
        "--seconds", type=read.number(MOST_SECONDS), metavar="S", help="visits for so long instead"
    )
    parser.add_argument(
        "--think",
        type=read.number(60, zero=True),
        default=0.5,
        metavar="S",
        help="how long each looks at a page",
    )
    parser.add_argument(
        "--timeout", type=read.number(120), default=30.0, metavar="S", help="how long a page may take"
    )
    parser.add_argument("--screenshots", type=read.path, metavar="DIR", help="gets a picture of each failure")
    parser.add_argument(
        "--chromium", type=read.path, metavar="PROGRAM", help="the browser; found on the PATH unless given"
    )
    parser.add_argument(
        "--resolve", type=read.resolution, metavar="NAME=ADDRESS", help="where a host of that name is"
    )
    recording.add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
