"""`provision stack deploy --scale` against a stand-in for the client docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import Shell
from support.docker_standin import Swarm


def test_scale_gives_a_service_another_number_of_tasks(provision: Shell, root: Path, swarm: Swarm) -> None:
    ran = provision("stack", "deploy", "shop", "--scale", "web=4")
    assert "  ✓  web  4/4" in ran.out
    for scale, said in (
        ("db", "'db' isn't SERVICE=N or STACK/SERVICE=N, such as client=3"),
        ("nobody=1", "--scale: these stacks have no service 'nobody'; they have agent, db, probe, web"),
        ("agent=2", "--scale: agent has one task on each node"),
        ("db=2", "--scale: db has the volume 'data' for one task; say in the sources how several can use it"),
    ):
        ran = provision("stack", "deploy", "--scale", scale)
        assert ran.code == 2
        assert said in ran.err


_OTHER = """
other = Stack("other", [Service("web", "web:1", mode="global"), Service("db", "db:1", replicas=2)])
"""


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        ("web=3", "--scale: several stacks have a service 'web'; say other/web=3 or shop/web=3"),
        ("other/web=3", "--scale: other/web has one task on each node"),
        ("shop/db=3", "--scale: shop/db has the volume 'data' for one task"),
        (
            "other/probe=3",
            "--scale: these stacks have no service 'other/probe'; they have agent, db, probe, web",
        ),
        ("a/b/c=3", "'a/b/c=3' isn't SERVICE=N or STACK/SERVICE=N"),
    ],
)
def test_a_name_that_two_stacks_have_is_asked_for(
    provision: Shell, root: Path, swarm: Swarm, scale: str, said: str
) -> None:
    source = root / "provisioning" / "stacks.py"
    source.write_text(source.read_text() + _OTHER)
    ran = provision("stack", "deploy", "--scale", scale)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert swarm.calls == []


def test_a_service_of_one_stack_is_scaled_alone(provision: Shell, root: Path, swarm: Swarm) -> None:
    source = root / "provisioning" / "stacks.py"
    source.write_text(source.read_text() + _OTHER)
    ran = provision("stack", "deploy", "shop", "other", "--scale", "other/db=3", "--scale", "shop/web=1")
    assert ran.code == 0, ran
    assert [line.split() for line in ran.out.splitlines() if "/" in line] == [
        ["✓", "db", "3/3"], ["✓", "web", "1/1"], ["✓", "db", "1/1"], ["✓", "web", "1/1"],
    ]  # fmt: skip
