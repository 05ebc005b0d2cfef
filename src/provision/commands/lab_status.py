"""`provision lab status` and `provision lab down`: how a lab is, where its parts are, and its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.commands.lab_options import one_of, state_option
from provision.commands.options import format_option, given, opened, project_options
from provision.errors import DONE, FAILED, ProvisionError, UsageError, did_you_mean

if TYPE_CHECKING:
    from provision.commands.watched import Round
    from provision.lab.lifecycle import Status


@click.command("status")
@state_option
@click.option(
    "--url", "part", metavar="NAME", type=given, help="Print nothing but where NAME is, such as Prometheus."
)
@format_option
@project_options
def status(
    folder: Path | None,
    part: str | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Say how the lab is: what runs, and where. Exits with 1 when it doesn't run, or not all of it."""
    from provision.lab import lifecycle

    folder = folder or lifecycle.default_folder(opened(project_dir, environment, verbose=verbose))
    found = lifecycle.status(folder)
    if part is not None:
        click.echo(_where(found, part, folder.absolute()))
    elif not quiet:
        show_status(found, folder.absolute(), form)
    return DONE if found.condition == "running" else FAILED


def _where(found: Status, part: str, folder: Path) -> str:
    """Where something of the lab is, by the name that `status` calls it, in any case.

    Raises:
        ProvisionError: no lab runs.
        UsageError: it has nothing of that name.
    """
    from provision.lab import board
    from provision.lab.telling import lab_command

    if found.lab is None:
        raise ProvisionError(
            "no lab runs there", where=str(folder), remedy=f"start one with `{lab_command('up', folder)}`"
        )
    urls = board.urls(found.lab)
    url = next((url for name, url in urls.items() if name.casefold() == part.casefold()), None)
    if url is None:
        raise UsageError(
            f"the lab has nothing called {part!r}", remedy=did_you_mean(part, urls, one_of(tuple(urls)))
        )
    return url


@click.command("down")
@state_option
@click.option("--keep", is_flag=True, help="Keep its folder, with logs and samples.")
@project_options
def down(
    folder: Path | None,
    keep: bool,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Stop the lab. Nothing is left of it, also when its start was cut short."""
    from provision.lab import lifecycle

    folder = folder or lifecycle.default_folder(opened(project_dir, environment, verbose=verbose))
    there = lifecycle.down(folder, keep=keep)
    if not quiet:
        what = f"The lab in {folder} is stopped" if there else f"No lab runs in {folder}"
        click.echo(f"{what}{'; the folder is kept' if there and keep else ''}.")
    return DONE


def show_status(found: Status, folder: Path, form: str, proof: Round | None = None) -> None:
    """Print how a lab is, and before it what came of a verification."""
    from provision.lab import board

    if form == "json":
        value = board.status_value(found, folder)
        click.echo(_json(value if proof is None else {**value, "verify": proof.value}))
        return
    before = () if proof is None else (*proof.lines, "")
    click.echo("\n".join([*before, board.status_text(found, folder)]))


def _json(value: Any) -> str:
    from provision.model import encode

    return encode(value).decode()
