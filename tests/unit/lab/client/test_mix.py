from collections import Counter

from provision.lab.client.mix import mix


def test_the_mix_holds_its_proportions_in_any_stretch() -> None:
    visits = mix()
    assert len(visits) == 200
    kinds = Counter(f"{visit.method} {visit.page}" for visit in visits)
    assert kinds == {
        "GET /": 68, "GET /album": 100, "GET /missing": 10, "GET /slow": 1, "GET /error": 1,
        "POST /album": 8, "POST /picture": 4, "POST /delete": 8,
    }  # fmt: skip
    twice = visits * 2
    for start in range(0, 200, 7):
        stretch = [visit.page for visit in twice[start : start + 40]]
        assert stretch.count("/missing") in (1, 2, 3)
        assert stretch.count("/error") <= 1
        assert stretch.count("/slow") <= 1
    assert sum(visit.tls for visit in visits) == 8
    assert {visit.path for visit in visits if visit.page == "/album" and visit.method == "GET"} == {
        f"/album/{number}" for number in range(1, 13)
    }


def test_what_is_deleted_was_made_before() -> None:
    made = 0
    for visit in mix():
        made += {"POST /album": 1, "POST /delete": -1}.get(f"{visit.method} {visit.page}", 0)
        assert made >= (visit.page == "/picture")
    assert made == 0
