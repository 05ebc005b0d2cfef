"""The entry point; answers `--version` before anything else is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from provision import __version__

        sys.stdout.write(f"provision {__version__}\n")
        return
    from provision.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
