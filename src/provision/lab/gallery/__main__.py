"""`python -m provision.lab.gallery --port PORT`: serve until told to end."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from provision.errors import ProvisionError, UsageError
from provision.lab import arguments as read
from provision.lab.gallery import settings
from provision.lab.gallery.collection import MOST_BYTES, Collection
from provision.lab.gallery.parts import assembled
from provision.lab.gallery.server import Server
from provision.lab.gallery.site import LARGEST_BODY, application
from provision.lab.gallery.switches import LONGEST_SECONDS
from provision.lab.serving import wait_for_stop

_MOST_MEGABYTES = 1_000_000


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until told to end; 0, or the code of what keeps it from starting, which is said on the standard error."""
    options = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            storage = options.storage or stack.enter_context(tempfile.TemporaryDirectory(prefix="gallery-"))
            parts = assembled(
                options.name,
                Collection(settings.storage(storage, environ), options.most_megabytes * 1_000_000),
                settings.visits(options.redis or "", environ),
                settings.token(options.admin_token_file),
                options.work_seconds,
            )
            try:
                server = Server(application(parts), options.host, options.port, LARGEST_BODY)
            except OSError as error:
                where = f"{options.host}:{options.port}"
                raise ProvisionError(f"can't listen there: {error.strerror}", where=where) from None
            except ValueError:
                # The server's own word for an address that nothing is known of.
                raise UsageError("isn't an address of this machine", where=options.host) from None
            parts.upkeep.start()
            server.start()
            wait_for_stop()
            parts.switches.close()
            server.stop()
            parts.upkeep.stop()
    except ProvisionError as error:
        sys.stderr.write(f"gallery: {error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provision.lab.gallery",
        description="A web gallery of albums and pictures that can be told to fail.",
    )
    parser.add_argument("--port", type=read.port, required=True, help="0 for a free one")
    parser.add_argument("--host", type=read.word, default="127.0.0.1")
    parser.add_argument("--name", type=read.word, default="gallery", help="what this replica calls itself")
    parser.add_argument(
        "--redis",
        type=read.word,
        metavar="URL",
        help="where visits are counted; in memory unless given",
    )
    parser.add_argument(
        "--storage",
        type=read.word,
        metavar="PLACE",
        help="a folder, or s3+http://HOST:PORT/BUCKET; gone afterwards unless given",
    )
    parser.add_argument(
        "--most-megabytes",
        type=read.whole(1, _MOST_MEGABYTES),
        default=MOST_BYTES // 1_000_000,
        metavar="N",
        help="what all albums together may take of the storage",
    )
    parser.add_argument(
        "--work-seconds",
        type=read.number(LONGEST_SECONDS, zero=True),
        default=0.0,
        metavar="S",
        help="how much longer a page takes, as if it were much work",
    )
    parser.add_argument(
        "--admin-token-file", type=read.path, metavar="FILE", help="what /admin/faults asks for"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
