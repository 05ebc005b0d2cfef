import json
from pathlib import Path

import pytest

from provision.lab.client import record as record_module
from provision.lab.client.record import Record, text
from provision.lab.client.results import RequestResult


def outcome(seconds: float, status: int | None = 200, failure: str = "", page: str = "/") -> RequestResult:
    return RequestResult(1000.0 + seconds, page, "GET", page, seconds, status, failure)


def test_the_sums() -> None:
    record = Record()
    assert record.value() == {
        "count": 0, "failed": 0, "seconds": 0.0, "statuses": {}, "failures": {}, "pages": {},
    }  # fmt: skip
    for each in (
        outcome(0.1),
        outcome(0.3),
        outcome(2.0, None, "timeout"),
        outcome(0.2, 500, "5xx", "/error"),
    ):
        record.add(each)
    sums = record.value()
    assert sums["seconds"] == pytest.approx(3.9)  # from 1000.1 to 1004
    assert sums == {
        "count": 4,
        "failed": 2,
        "seconds": sums["seconds"],
        "statuses": {"200": 2, "500": 1, "no answer": 1},
        "failures": {"5xx": 1, "timeout": 1},
        "pages": {
            "/": {"count": 3, "p50": 0.3, "p95": 2.0, "p99": 2.0, "max": 2.0},
            "/error": {"count": 1, "p50": 0.2, "p95": 0.2, "p99": 0.2, "max": 0.2},
        },
    }
    assert text(sums).splitlines() == [
        "4 requests in 3.9 s, 2 failed",
        "statuses: 200 2, 500 1, no answer 1",
        "failures: 5xx 1, timeout 1",
        "/            3  p50 300.0 ms  p95 2000.0 ms  p99 2000.0 ms  max 2000.0 ms",
        "/error       1  p50 200.0 ms  p95 200.0 ms  p99 200.0 ms  max 200.0 ms",
    ]


def test_the_log_has_a_line_for_each_and_never_grows_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_module, "LARGEST_LOG", 2000)
    record = Record(tmp_path / "log")
    for number in range(100):
        record.add(outcome(number / 100))
    record.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1"]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    last = json.loads((tmp_path / "log").read_text().splitlines()[-1])
    assert last == {
        "time": 1000.99, "page": "/", "method": "GET", "path": "/", "seconds": 0.99, "status": 200, "failure": "",
        "client": 1,
    }  # fmt: skip
