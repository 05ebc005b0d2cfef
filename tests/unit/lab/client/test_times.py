import pytest

from provision.lab.client import times
from provision.lab.client.times import Times, percentile


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (1, 1), (50, 50), (95, 95), (99, 99), (99.5, 100), (100, 100)]
)
def test_percentiles_are_values_that_were_seen(percent: float, value: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], percent) == value
    assert percentile([7.0], percent) == 7.0


def test_of_many_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "MOST", 10)
    kept = Times()
    for number in range(25, 0, -1):
        kept.add(float(number))
    assert kept.value() == {"count": 25, "p50": 5, "p95": 10, "p99": 10, "max": 25}
