from __future__ import annotations

import pytest

from provision.author.durations import seconds, shown


@pytest.mark.parametrize(
    ("length", "text"),
    [(0, "0s"), (0.5, "500ms"), (90, "1m30s"), (3600, "1h"), (86400 * 9, "9d"), (0.0001, "0s")],
)
def test_a_length_is_shown_as_prometheus_writes_it(length: float, text: str) -> None:
    assert shown(length) == text
    assert abs(seconds(text) - length) < 0.001
