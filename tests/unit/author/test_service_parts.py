from __future__ import annotations

from typing import Any

import pytest

from provision.author import Healthcheck, Placement, Port, Resources, Restart, Update


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Port(0, 80), "Port: target must be a whole number from 1 to 65535, not 0"),
        (lambda: Port(80, 65536), "Port: published must be a whole number from 1 to 65535, not 65536"),
        (lambda: Port(True, 80), "Port: target must be a whole number"),
        (lambda: Port(80, 80, mode="mesh"), "Port: mode must be ingress or host, not 'mesh'"),
        (lambda: Port(80, 80, protocol="http"), "Port: protocol must be tcp or udp, not 'http'"),
        (lambda: Healthcheck("curl x"), "Healthcheck: command must be a list"),
        (lambda: Healthcheck([]), "Healthcheck: command must be a list"),
        (lambda: Healthcheck(["x"], interval="5"), "Healthcheck: interval must be a duration"),
        (lambda: Healthcheck(["x"], retries=0), "Healthcheck: retries must be a whole number from 1, not 0"),
        (
            lambda: Placement("node.role == manager"),
            "Placement: constraints must be a list of texts, not a text; put it into [ ]",
        ),
        (lambda: Placement(["role == manager"]), "Placement: 'role == manager' isn't a constraint such as"),
        (lambda: Placement(["node.role = manager"]), "isn't a constraint"),
        (lambda: Placement(max_per_node=0), "Placement: max_per_node must be a whole number from 1, not 0"),
        (lambda: Resources(cpus=0), "Resources: cpus must be a number above 0, not 0"),
        (lambda: Resources(memory="128"), "Resources: memory must be a size such as 128M or 1G, not '128'"),
        (lambda: Resources(memory="4M"), "Resources: memory must be 6M or more, not '4M'"),
        (
            lambda: Resources(memory="128M", reserved_memory="1G"),
            "Resources: reserved_memory 1G is more than memory 128M allows",
        ),
        (lambda: Resources(cpus=1, reserved_cpus=2), "Resources: reserved_cpus 2 is more than cpus 1 allows"),
        (lambda: Restart("always"), "Restart: condition must be any, on-failure or none, not 'always'"),
        (lambda: Restart(delay="x"), "Restart: delay must be a duration"),
        (lambda: Restart(max_attempts=0), "Restart: max_attempts must be a whole number from 1, not 0"),
        (lambda: Update(parallelism=-1), "Update: parallelism must be a whole number from 0, not -1"),
        (lambda: Update(order="both"), "Update: order must be start-first or stop-first, not 'both'"),
        (
            lambda: Update(on_failure="retry"),
            "Update: on_failure must be rollback, pause or continue, not 'retry'",
        ),
        (lambda: Update(max_failure_ratio=2), "Update: max_failure_ratio must be from 0 to 1, not 2"),
    ],
)
def test_a_value_that_is_none(make: Any, said: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        make()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("constraint", "one_node", "labelled"),
    [
        ("node.hostname == a", True, True),
        ("node.id == abc", True, True),
        ("node.labels.data == true", False, True),
        ("engine.labels.disk==ssd", False, True),
        ("node.labels.data != true", False, False),
        ("node.role == manager", False, False),
        ("node.platform.os == linux", False, False),
    ],
)
def test_what_a_constraint_pins_to(constraint: str, one_node: bool, labelled: bool) -> None:
    placement = Placement([constraint])
    assert (placement.one_node, placement.labelled) == (one_node, labelled)


def test_sizes_are_compared_and_not_their_texts() -> None:
    assert Resources(memory="1g", reserved_memory="900m", cpus=0.5, reserved_cpus=0.25).memory == "1g"
