"""`python -m benchmarks [NAME…]`: the tables that the speed claims stand on. Run it on an idle machine."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable

from benchmarks import check_large, comparison, compile_dashboards, push_grafana, startup

Row = tuple[str, ...]
TABLES: dict[str, tuple[str, Callable[[], list[Row]]]] = {
    "startup": ("The command line's start, CPU", startup.rows),
    "push": (f"Pushing {push_grafana.DASHBOARDS:,} dashboards of 12 KB to a Grafana", push_grafana.rows),
    "check": ("Checking a large project", check_large.rows),
    "comparison": ("Verdicts of provision check and of others on the same files", comparison.rows),
    "dashboards": ("Compiling 1,000 dashboards of 20 panels", compile_dashboards.rows),
}
"""Name on the command line → title, and what measures it: a header, then rows."""


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(TABLES)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}")
    for name in names or TABLES:
        title, measure = TABLES[name]
        print(f"\n{title}\n")
        show(measure())
    return 0


def show(rows: list[Row]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        first, *rest = (cell.ljust(width) if not at else cell.rjust(width)
                        for at, (cell, width) in enumerate(zip(row, widths, strict=True)))  # fmt: skip
        print("  ".join((first, *rest)).rstrip(), flush=True)
        if number == 0:
            print("  ".join("─" * width for width in widths))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
