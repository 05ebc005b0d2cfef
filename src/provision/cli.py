"""The front door: a lazy table of commands, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from provision import __version__
from provision.errors import FAILED, INTERRUPTED, ProvisionError

COMMANDS = {
    "build": "Compile the sources into files.",
    "check": "Check sources, or dashboards and rule files of any origin.",
    "diff": "Show what the sources change, by panel, query, rule and field.",
    "plan": "Show what a push would do.",
    "push": "Change servers so that they hold what the sources ask for.",
    "lab": "Run the whole stack on this machine, with traffic.",
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
    try:
        code = provision.main(args=list(arguments), prog_name="provision", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return FAILED
    except ProvisionError as error:
        click.echo(f"{click.style('Error:', fg='red')} {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, such as `provision plan | head`; nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception:  # noqa: BLE001  # the last line of defence: a bug is reported, never shown as a traceback
        click.echo(_bug_report(arguments), err=True)
        return FAILED
    return code if isinstance(code, int) else 0


def _bug_report(arguments: Sequence[str]) -> str:
    """Write what a report needs to a file, without the values of options, which may be secrets."""
    words = [word if not word.startswith("-") else word.split("=", 1)[0] for word in arguments]
    command = next((word for word in words if word in COMMANDS), "")
    text = f"provision {__version__}, Python {sys.version}\ncommand: {command}\n\n{traceback.format_exc()}"
    with tempfile.NamedTemporaryFile("w", prefix="provision-bug-", suffix=".log", delete=False) as log:
        log.write(text)
    return f"Error: this is a bug in provision; please report it with {Path(log.name)}"
