"""The front door: a lazy table of commands, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

import click

from provision import __version__
from provision.discretion import without_credentials, without_secrets
from provision.errors import FAILED, INTERRUPTED, ProvisionError, did_you_mean
from provision.tools.signals import heard_by

COMMANDS = {
    "build": "Compile the sources into files.",
    "check": "Check sources, or dashboards and rule files of any origin.",
    "diff": "Show what the sources change, by panel, query, rule and field.",
    "plan": "Show what a push would do.",
    "push": "Change servers so that they hold what the sources ask for.",
    "verify": "Ask a server whether every expression has data.",
    "pull": "Take changes of a Grafana into the sources, or all it holds.",
    "stack": "Deploy the project's stacks to a Docker Swarm.",
    "lab": "Run the whole stack on this machine, with traffic.",
    "drill": "Break something in a lab on purpose, and see what comes of it.",
    "completion": "Print the completion script of a shell.",
}
"""Each command's one line; the command itself is `command` in `provision.commands.NAME`."""


class Lazy(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"provision.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the name that is most like one that isn't known."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            remedy = did_you_mean(args[0], COMMANDS, "provision --help lists them")
            ctx.fail(f"there is no command {args[0]!r}; {remedy}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """The table as it stands, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=False,
             invoke_without_command=True)  # fmt: skip
@click.version_option(__version__, "-V", "--version", prog_name="provision", message="%(prog)s %(version)s")
@click.pass_context
def provision(context: click.Context) -> None:
    """Grafana and Prometheus provisioning as code.

    Dashboards, rules, routes and scrape jobs are written as Python under dashboards/, rules/ and provisioning/,
    compiled, checked, diffed, planned and pushed.

    Exit codes: 0 done, 1 failed or refused (nothing written), 2 wrong usage, 3 not allowed,
    4 something was written but not all, 5 changes pending (--exit-code), 130 interrupted.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        raise click.UsageError("no command given; start with: provision build")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code. Expected failures become one sentence on stderr, a bug
    becomes a log file with what is needed to report it."""
    _open_streams()
    try:
        with heard_by(_interrupt):
            code = provision.main(args=list(arguments), prog_name="provision", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        _say(without_credentials(shown.getvalue().rstrip("\n")))
        return error.exit_code
    except ProvisionError as error:
        _say(f"{click.style('Error:', fg='red')} {without_credentials(str(error))}")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as interrupt:
        # What couldn't be undone, which nobody else tells; click has made another exception of it.
        for note in getattr(interrupt.__cause__ or interrupt, "__notes__", ()):
            _say(without_credentials(note))
        _say("Interrupted.")
        return INTERRUPTED
    except SystemExit as exit_:
        # How click ends when the reader of our output has gone (`provision plan | head`), and a lab on a signal.
        return exit_.code if isinstance(exit_.code, int) else FAILED
    except OSError as error:
        if error.errno not in _REMEDIES:
            _say(_bug_report(arguments))
            return FAILED
        _say(f"Error: {without_credentials(str(_of_the_system(error)))}")
        if error.filename is None:
            _discard_output()
        return FAILED
    except Exception:  # noqa: BLE001  # the last line of defence: a bug is reported, never shown as a traceback
        _say(_bug_report(arguments))
        return FAILED
    return code if isinstance(code, int) else 0


_REMEDIES = {
    errno.ENOSPC: "make room and try again",
    errno.EDQUOT: "make room and try again",
    errno.EROFS: "choose a place that can be written",
    errno.EACCES: "check its permissions and whose it is",
    errno.EPERM: "check its permissions and whose it is",
    errno.EIO: "check the device",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "close what holds so many files open",
}
"""What the system refuses for reasons that lie outside of the program, and what to do about it."""


def _of_the_system(error: OSError) -> ProvisionError:
    named = isinstance(error.filename, str | bytes)
    where = os.fsdecode(error.filename) if named else "standard output, or a file without a name"
    return ProvisionError(error.strerror or str(error), where=where, remedy=_REMEDIES[error.errno or 0])


def _interrupt(*_: object) -> None:
    """A closed terminal or a time limit ends a command as Ctrl-C does: what was begun is cleared up."""
    raise KeyboardInterrupt


def _open_streams() -> None:
    """Give every standard stream a place to go to: one that was closed would be the next file that is opened.
    What its encoding doesn't have is written as an escape."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
        elif mode == "w" and isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    _discard(sys.stdout)


def _discard(stream: TextIO) -> None:
    """Let what is still to be written to a stream go nowhere, so that the interpreter's end is silent too."""
    with suppress(OSError, ValueError):  # a stream that isn't a file has nothing to discard
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _say(sentence: str) -> None:
    try:
        click.echo(sentence, err=True)
    except OSError:  # where even stderr can't be written, the exit code has to do
        _discard(sys.stderr)


def _bug_report(arguments: Sequence[str]) -> str:
    """Write what a report needs to a file, without what was given on the command line and without secrets."""
    bug = sys.exc_info()[0]
    command = next((word for word in arguments if word in COMMANDS), "")
    text = f"provision {__version__}, Python {sys.version}\ncommand: {command}\n\n{traceback.format_exc()}"
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="provision-bug-",
            suffix=".log",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as log:
            log.write(without_secrets(text, os.environ))
    except OSError as error:
        kind = "unknown" if bug is None else bug.__name__
        return (
            f"Error: this is a bug in provision ({kind}), and its report can't be written: {error.strerror}"
        )
    return f"Error: this is a bug in provision; please report it with {Path(log.name)}"
