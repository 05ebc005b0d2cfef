from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from provision.errors import NotAllowed, ProvisionError
from provision.model import Action, Plan, Resource, Verb
from provision.ship.preflight import require_allowed, require_possible

PLAN = Plan(
    "t",
    "o",
    (
        Action(Verb.CREATE, "dashboard", "a", Resource("dashboard", "a", b"1"), None),
        Action(Verb.KEEP, "dashboard", "b", Resource("dashboard", "b", b"1"), None),
    ),
)


@dataclass
class Server:
    says: tuple[str, ...]
    name: str = "grafana http://g"

    def missing_permissions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        assert [action.key for action in actions] == ["a"]
        return self.says

    obstacles = missing_permissions


def test_what_is_allowed_and_possible_passes() -> None:
    assert require_allowed(Server(()), PLAN) is None  # type: ignore[arg-type]
    assert require_possible(Server(()), PLAN) is None  # type: ignore[arg-type]


def test_what_is_missing_is_listed_before_the_first_write() -> None:
    with pytest.raises(
        NotAllowed,
        match="lack permissions, so nothing was written:\n  dashboard a: x\n  y\nWhat to do: use a service",
    ):
        require_allowed(Server(("dashboard a: x", "y")), PLAN)  # type: ignore[arg-type]


def test_what_stands_in_the_way_is_listed() -> None:
    with pytest.raises(ProvisionError, match="grafana http://g: a; b"):
        require_possible(Server(("a", "b")), PLAN)  # type: ignore[arg-type]
