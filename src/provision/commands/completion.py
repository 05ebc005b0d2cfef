"""`provision completion SHELL`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash:  eval "$(provision completion bash)"      in ~/.bashrc
    zsh:   eval "$(provision completion zsh)"       in ~/.zshrc
    fish:  provision completion fish > ~/.config/fish/completions/provision.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None, "click completes every shell of the choice"
    click.echo(
        kind(click.get_current_context().find_root().command, {}, "provision", "_PROVISION_COMPLETE").source()
    )
