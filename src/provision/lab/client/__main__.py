"""`python -m provision.lab.client --url URL --rate N`: load at a steady rate, and what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from provision.errors import ProvisionError, UsageError
from provision.lab import arguments as read
from provision.lab.client import load, recording
from provision.lab.client.limits import add_address_options, address
from provision.lab.serving import wait_for_end


def main(arguments: Sequence[str]) -> int:
    """Make the load until it is done or told to end, then print the sums; 0, 1 for a file or a port that can't be had or a
    log that can't be written to the end, 2 for arguments that make no sense."""
    options = _parser().parse_args(arguments)
    try:
        if options.certificate and not options.tls_url:
            raise UsageError("--certificate belongs to --tls-url")
        plan = load.Plan(
            address=address(options.url, "http", options.allow),
            per_second=options.rate,
            requests=options.requests,
            seconds=options.seconds,
            visitors=options.visitors,
            timeout_seconds=options.timeout,
            tls_address=address(options.tls_url, "https", options.allow) if options.tls_url else "",
            context=load.expecting(options.certificate) if options.certificate else None,
            host=options.host or "",
        )
        record = recording.opened(options)
    except ProvisionError as error:
        sys.stderr.write(f"client: {error}\n")
        return error.exit_code
    running = load.Load(plan, record)
    running.start()
    wait_for_end(running.join)
    running.stop()
    return recording.ended(record, options, "client", running.faults)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provision.lab.client", description="Load on a gallery, at a steady rate, and what came of it."
    )
    add_address_options(parser)
    parser.add_argument(
        "--rate", required=True, type=read.number(load.MOST_PER_SECOND), metavar="N", help="requests a second"
    )
    parser.add_argument(
        "--requests",
        type=read.whole(1, load.MOST_REQUESTS),
        default=load.MOST_REQUESTS,
        metavar="N",
        help="how many at most",
    )
    parser.add_argument(
        "--seconds",
        type=read.number(load.MOST_SECONDS),
        default=load.MOST_SECONDS,
        metavar="S",
        help="for how long at most",
    )
    parser.add_argument(
        "--visitors",
        type=read.whole(1, load.MOST_VISITORS),
        default=16,
        metavar="N",
        help="how many at once",
    )
    parser.add_argument(
        "--timeout", type=read.number(60), default=10.0, metavar="S", help="how long a request may take"
    )
    parser.add_argument("--tls-url", type=read.word, metavar="URL", help="where visits over TLS go")
    parser.add_argument(
        "--certificate", type=read.path, metavar="FILE", help="the certificate to expect there"
    )
    parser.add_argument(
        "--host", type=read.host, metavar="NAME", help="what the server is called in requests"
    )
    recording.add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
