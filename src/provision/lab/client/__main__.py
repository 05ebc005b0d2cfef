"""`python -m provision.lab.client --url URL --rate N`: load at a steady rate, and what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from provision.errors import ProvisionError
from provision.lab.client import load, recording
from provision.lab.client.limits import address, bounded, counted
from provision.lab.serving import wait_for_end


def main(arguments: Sequence[str]) -> int:
    """Make the load until it is done or told to end, then print the sums; 0, 1 for a file or a port that can't be had, 2 for
    arguments that make no sense."""
    options = _parser().parse_args(arguments)
    try:
        plan = load.Plan(
            address=address(options.url, "http", options.allow),
            per_second=options.rate,
            requests=options.requests,
            seconds=options.seconds,
            visitors=options.visitors,
            timeout_seconds=options.timeout,
            tls_address=address(options.tls_url, "https", options.allow) if options.tls_url else "",
            certificate=options.certificate,
            host=options.host,
        )
        record = recording.opened(options)
    except ProvisionError as error:
        sys.stderr.write(f"client: {error}\n")
        return error.exit_code
    running = load.Load(plan, record)
    running.start()
    wait_for_end(running.join)
    running.stop()
    record.close()
    recording.tell(record, options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provision.lab.client", description="Load on a gallery, at a steady rate, and what came of it."
    )
    parser.add_argument("--url", required=True, metavar="URL", help="http://HOST:PORT, on this machine")
    parser.add_argument(
        "--rate", required=True, type=bounded(load.MOST_PER_SECOND), metavar="N", help="requests a second"
    )
    parser.add_argument(
        "--requests",
        type=counted(load.MOST_REQUESTS),
        default=load.MOST_REQUESTS,
        metavar="N",
        help="how many at most",
    )
    parser.add_argument(
        "--seconds",
        type=bounded(load.MOST_SECONDS),
        default=load.MOST_SECONDS,
        metavar="S",
        help="for how long at most",
    )
    parser.add_argument(
        "--visitors",
        type=int,
        default=16,
        choices=range(1, load.MOST_VISITORS + 1),
        metavar="N",
        help="how many at once",
    )
    parser.add_argument(
        "--timeout", type=bounded(60), default=10.0, metavar="S", help="how long a request may take"
    )
    parser.add_argument("--tls-url", default="", metavar="URL", help="where visits over TLS go")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="the certificate to expect there")
    parser.add_argument("--host", default="", metavar="NAME", help="what the server is called in requests")
    parser.add_argument(
        "--allow", action="append", default=[], metavar="HOST", help="another machine that may be loaded"
    )
    recording.add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
