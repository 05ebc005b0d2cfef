import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.diff import changed_parts

LONG = 'sum by (job) (rate(traefik_entrypoint_requests_total{job="$job", code=~"5.."}[5m]))'


def sides(before, after):
    parts = changed_parts(before, after)
    return "".join(part.before for part in parts), "".join(part.after for part in parts)


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        (f"{LONG} > 0.2", f"{LONG} > 0.3", "…}[5m])) > 0.2", "…}[5m])) > 0.3"),
        (LONG, LONG.replace("[5m]", "[1m]"), '…=~"5.."}[5m]))', '…=~"5.."}[1m]))'),
        (LONG, LONG.replace("code", "status"), '…="$job", code=~"5.."}[5m]))', '…="$job", status=~"5.."}[5m]))'),
        ("up", "down", "up", "down"),
        ("a", "", "a", ""),
        ("a  b", "a b", "a  b", "a b"),
        ("a  b c", "a b d", "a b c", "a b d"),
        ("a\n  b > 1", "a b > 2", "a b > 1", "a b > 2"),
    ],
)  # fmt: skip
def test_what_differs_is_shown_with_a_little_around_it(before, after, old, new):
    assert sides(before, after) == (old, new)
    assert sides(after, before) == (new, old)


def test_the_parts_that_changed_are_marked():
    parts = changed_parts(f"{LONG} > 0.2", f"{LONG} > 0.3")
    assert [(part.before, part.after) for part in parts if part.changed] == [("0.2", "0.3")]


def test_a_long_word_is_not_shown_for_its_nearness():
    word = "a" * 60
    assert sides(f"{word} 1", f"{word} 2") == ("… 1", "… 2")


TEXTS = st.lists(
    st.sampled_from(["sum", "(", ")", " ", "x", "y", "[5m]", '"a b"', "…", "$job", "${a:b}", "\n"]),
    max_size=12,
).map("".join)


@given(TEXTS, TEXTS)
def test_symmetric_and_silent_only_when_nothing_differs(before, after):
    parts, mirrored = changed_parts(before, after), changed_parts(after, before)
    assert [(part.after, part.before) for part in mirrored] == [(part.before, part.after) for part in parts]
    assert any(part.changed for part in parts) == (before != after)
