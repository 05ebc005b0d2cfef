import pytest

from provision.show.dates import from_now


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "a few seconds ago"), (-50, "a minute ago"), (-150, "3 minutes ago"), (-2700, "an hour ago"),
        (-7300, "2 hours ago"), (-80_000, "a day ago"), (-864_000, "10 days ago"), (-2_600_000, "a month ago"),
        (-8_000_000, "3 months ago"), (-31_600_000, "a year ago"), (-95_000_000, "3 years ago"), (600, "in 10 minutes"),
    ],
)  # fmt: skip
def test_time_from_now(seconds, words):
    assert from_now(seconds) == words
