from __future__ import annotations

from typing import Any

from provision.diff.bodies import diff_bodies
from provision.model import Change, encode


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    def body(services: dict[str, Any]) -> bytes:
        return encode({"name": "shop", "services": services, "networks": {}, "volumes": {}})

    return list(diff_bodies("stack", body(before), body(after)))


def test_an_option_of_a_command() -> None:
    before = {"web": {"command": ["--a=1", "--b=2", "--debug"]}}
    after = {"web": {"command": ["--a=1", "--b=3", "--c"]}}
    assert changes(before, after) == [
        Change('service "web": command: --b', "2", "3"),
        Change('service "web": command: --c', None, ""),
        Change('service "web": command: --debug', "", None),
    ]


def test_a_command_of_other_words_and_an_order_that_changes_are_shown_as_they_are() -> None:
    for before, after in ((["sh", "-c", "a"], ["sh", "-c", "b"]), (["--a", "--b"], ["--b", "--a"])):
        (found, *_) = changes({"web": {"command": before}}, {"web": {"command": after}})
        assert found.path.startswith('service "web": command')


def test_fields_of_a_service_and_services_that_come_and_go() -> None:
    before = {"web": {"image": "web:1", "deploy": {"replicas": 2}}, "old": {"image": "old:1"}}
    after = {"web": {"image": "web:2", "deploy": {"replicas": 3}}, "new": {"image": "new:1"}}
    found = {change.path: (change.before, change.after) for change in changes(before, after)}
    assert found == {
        'service "new"': (None, {"image": "new:1"}),
        'service "old"': ({"image": "old:1"}, None),
        'service "web": deploy.replicas': (2, 3),
        'service "web": image': ("web:1", "web:2"),
    }


def test_what_is_no_stack_is_compared_field_by_field() -> None:
    assert [
        each.path for each in diff_bodies("stack", encode({"services": []}), encode({"services": {}}))
    ] != []
