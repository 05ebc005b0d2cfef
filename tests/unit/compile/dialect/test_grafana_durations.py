from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.author.durations import seconds
from provision.compile.dialect.grafana_durations import settled, written


@pytest.mark.parametrize(
    ("said", "given_back"),
    [("90s", "1m30s"), ("24h", "1d"), ("0", "0s"), ("0s", "0s"), ("14d", "2w"), ("8d", "8d"), ("1d12h", "1d12h"),
     ("365d", "1y"), ("1500ms", "1s500ms"), ("1.5h", "1.5h"), ("soon", "soon")],
)  # fmt: skip
def test_a_duration_is_written_as_grafana_writes_it(said, given_back):
    assert settled(said) == given_back


def test_what_is_no_text_stays():
    assert settled(60) == 60
    assert settled(None) is None


@given(st.integers(0, 10**12))
def test_what_is_written_is_as_long(milliseconds):
    assert round(seconds(written(milliseconds)) * 1000) == milliseconds
