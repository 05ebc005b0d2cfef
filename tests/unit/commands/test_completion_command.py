from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete

from provision import cli


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(provision, shell):
    ran = provision("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert f"_PROVISION_COMPLETE={shell}_complete" in ran.out


def test_another_shell(provision):
    ran = provision("completion", "tcsh")
    assert ran.code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in ran.err
    assert provision("completion").code == 2


def completed(*words: str) -> list[str]:
    *before, last = words
    return [
        item.value
        for item in ShellComplete(cli.provision, {}, "provision", "X").get_completions(before, last)
    ]


def test_what_is_completed():
    assert completed("") == list(cli.COMMANDS)
    assert completed("pu") == ["push", "pull"]
    assert completed("push", "--rules-d") == ["--rules-dir"]
    assert completed("build", "--format", "") == ["text", "json"]
