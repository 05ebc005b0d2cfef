from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provision.ship.pull.names import Names


@given(st.lists(st.text(max_size=200), max_size=20))
def test_names_are_safe_and_none_is_given_twice(titles: list[str]) -> None:
    names = Names()
    given_ = [names.name("x", title, f"key {at}") for at, title in enumerate(titles)]
    assert len({name.casefold() for name in given_}) == len(titles)
    for name in given_:
        assert name.isprintable()
        assert 0 < len(name.encode()) < 120
        assert not set(name) & set('/\\:*?"<>| ')
        assert not name.startswith((".", "_", "-"))
        assert not name.endswith(".")


def test_a_name_says_what_the_title_says() -> None:
    names = Names()
    assert names.name("", "Läden / Nord", "a") == "Läden-Nord"
    assert names.name("", "../../etc/passwd", "b") == "etc-passwd"
    assert names.name("", "con", "c") == "con-"
    assert names.name("", "☃", "d-1") == "d-1"
    assert names.name("other", "Läden / Nord", "e") == "Läden-Nord"
