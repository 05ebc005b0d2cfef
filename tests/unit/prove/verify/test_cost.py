"""What an expression costs, and what is allowed."""

from __future__ import annotations

import pytest

from provision.client.prometheus import Statistics
from provision.prove.verify.cost import Settings, remarks
from provision.prove.verify.verdicts import Verdict

COSTLY = Verdict("data", series=40, seconds=1.25, statistics=Statistics(samples=900, peak_samples=12))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(), None),
        (Settings(max_series=40, max_seconds=2, max_samples=900, max_peak_samples=12), None),
        (Settings(max_series=39), "it has 40 series, and 39 are allowed"),
        (Settings(max_seconds=0.5), "the server took 1.25 s over it, and 0.5 s are allowed"),
        (Settings(max_samples=899), "it reads 900 samples, and 899 are allowed"),
        (Settings(max_peak_samples=11), "the server holds 12 samples at once for it, and 11 are allowed"),
        (Settings(1, 1), "it has 40 series, and 1 are allowed, the server took 1.25 s over it, and 1 s are allowed"),
    ],
)  # fmt: skip
def test_limits(settings: Settings, message: str | None) -> None:
    assert [each.message for each in remarks(COSTLY, settings)] == ([] if message is None else [message])


def test_what_is_not_known_is_not_told_of() -> None:
    assert list(remarks(Verdict("error"), Settings(0, 0, 0, 0))) == []
