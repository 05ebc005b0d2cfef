from __future__ import annotations

import pytest

from provision.model import Action, Live, Mark, Plan, Resource, Verb, encode
from provision.ship.rotation import REASON, with_rotation

TOKEN = {"token": {"source": "env", "name": "TOKEN"}}
ELSEWHERE = {"token": {"source": "server", "name": ""}}


def kept(body: object, kind: str = "datasource", owner: str | None = "shop") -> Action:
    content = encode(body)
    mark = None if owner is None else Mark(owner, "")
    return Action(Verb.KEEP, kind, "a", Resource(kind, "a", content), Live(kind, "a", content, mark), "")


def rotated(action: Action) -> Action:
    (result,) = with_rotation(Plan("grafana", "shop", (action,))).actions
    return result


@pytest.mark.parametrize(
    "action",
    [
        kept({"secure": TOKEN}),
        kept({"integrations": [{"secure": {}}, {"secure": TOKEN}]}, "contact-point"),
        kept({"secure": {**ELSEWHERE, "password": {"source": "file", "name": "pw", "version": "2"}}}),
    ],
)
def test_what_has_secrets_is_written_again(action: Action) -> None:
    assert (rotated(action).verb, rotated(action).reason) == (Verb.UPDATE, REASON)


@pytest.mark.parametrize(
    "action",
    [
        kept({"secure": {}}),
        kept({"secure": ELSEWHERE}),  # nobody here knows the value
        kept({"secure": TOKEN}, owner=None),
        kept({"secure": TOKEN}, owner="other"),
        kept({"spec": {"secure": TOKEN}}, "dashboard"),
    ],
)
def test_what_has_none_or_is_not_ours_stays(action: Action) -> None:
    assert rotated(action) == action


def test_what_is_created_or_stops_stays_as_it_is() -> None:
    for verb in (Verb.CREATE, Verb.CONFLICT, Verb.FOREIGN, Verb.DELETE, Verb.UPDATE):
        action = Action(
            verb, "datasource", "a", Resource("datasource", "a", encode({"secure": TOKEN})), None, "x"
        )
        assert rotated(action) is action


def test_what_is_written_again_doesnt_count_as_too_much_at_once() -> None:
    actions = tuple(kept({"secure": TOKEN}) for _ in range(20))
    made = with_rotation(Plan("grafana", "shop", actions, owned=20))
    assert (len(made.writes), made.verdict) == (20, "")
