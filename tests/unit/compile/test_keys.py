from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provision.compile.keys import UID, folder_of, inside, rule_file_of, slug, uid_of


def test_uids_are_the_path_where_it_can_be_one() -> None:
    assert uid_of("traefik", "sla") == "traefik-sla"
    assert uid_of("traefik", "", "sla") == "traefik-sla"
    assert uid_of("my-team", "api_latency") == "my-team-api_latency"


def test_where_something_is_lost_a_digest_keeps_uids_apart() -> None:
    assert uid_of("Été") != uid_of("été")
    assert uid_of("a b") != uid_of("a-b") == "a-b"
    assert uid_of("x" * 41) != uid_of("x" * 42)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_every_path_gives_a_uid_and_always_the_same(parts: list[str]) -> None:
    uid = uid_of(*parts)
    assert UID.fullmatch(uid)
    assert uid_of(*parts) == uid


def test_parts_of_paths() -> None:
    assert inside("dashboards/traefik/sla.py") == ("traefik", "sla")
    assert inside("dashboards/a.b/c.json") == ("a.b", "c")
    assert folder_of("dashboards/traefik/sla.py") == "traefik"
    assert folder_of("dashboards/sla.py") == ""
    assert rule_file_of("rules/team/traefik.py") == "team-traefik.yml"
    assert slug("Team A / prod!") == "team-a-prod"


def test_the_suffix_of_grafanalib_is_a_suffix() -> None:
    assert inside("dashboards/team/web.dashboard.py") == ("team", "web")
    assert inside("dashboards/dashboard.py") == ("dashboard",)
