"""The entry point; answers `--version` before anything else is imported."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        if sys.argv[1:] in (["--version"], ["-V"]) and _told_version():
            return
        from provision.cli import run

        code = run(sys.argv[1:])
        # Another Ctrl-C, while threads that wait for a server come to their end, has nothing left to clear up.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    except KeyboardInterrupt:  # before the front door was open
        code = 130
    sys.exit(code)


def _told_version() -> bool:
    from provision import __version__

    try:
        sys.stdout.write(f"provision {__version__}\n")
        sys.stdout.flush()
    except (OSError, AttributeError):  # a full disk, a closed stream: the front door knows what to say
        return False
    return True


if __name__ == "__main__":
    main()
