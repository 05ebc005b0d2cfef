"""The options by which clients are told where what they saw goes, and the record that follows them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from provision.errors import DONE, FAILED, ProvisionError
from provision.lab import arguments as read
from provision.lab.client.record import Record, text


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--log`, `--format`, `--metrics-port`, `--metrics-host`."""
    parser.add_argument("--log", type=read.path, metavar="FILE", help="gets a line of JSON for each request")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the sums")
    parser.add_argument("--metrics-port", type=read.fixed_port, metavar="N", help="serves /metrics there")
    parser.add_argument(
        "--metrics-host", type=read.word, default="127.0.0.1", metavar="H", help="on this address"
    )


def opened(options: argparse.Namespace) -> Record:
    """The record that these options ask for.

    Raises:
        ProvisionError: the log can't be written, or the address for metrics can't be had.
    """
    try:
        record = Record(options.log)
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=str(options.log)) from None
    if options.metrics_port is None:
        return record
    from provision.lab.client.metrics import Metrics

    metrics = Metrics()
    try:
        metrics.serve(options.metrics_host, options.metrics_port)
    except OSError as error:
        where = f"{options.metrics_host}:{options.metrics_port}"
        raise ProvisionError(f"can't listen there: {error.strerror}", where=where) from None
    record.also = metrics.add
    return record


def ended(record: Record, options: argparse.Namespace, program: str, faults: Sequence[str] = ()) -> int:
    """Print the sums, and on the standard error what went wrong beside what users saw; the exit code.

    Args:
        program: what it is called there.
        faults: what went wrong; that lines of the log couldn't be written comes to it.
    """
    record.close()
    sums = record.value()
    sys.stdout.write(json.dumps(sums, indent=2) + "\n" if options.format == "json" else text(sums))
    lost = [f"{options.log}: not every line of it could be written: {record.fault}"] if record.fault else []
    for fault in (*faults, *lost):
        sys.stderr.write(f"{program}: {fault}\n")
    return FAILED if faults or lost else DONE
