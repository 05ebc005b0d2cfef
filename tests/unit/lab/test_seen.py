from pathlib import Path

from provision.lab import seen
from provision.lab.client.record import Record
from provision.lab.client.results import RequestResult


def test_what_clients_saw_so_far(tmp_path: Path) -> None:
    record = Record(tmp_path / seen.TRAFFIC)
    record.add(RequestResult(1000.0, "/", "GET", "/", 0.01, 200))
    record.add(RequestResult(1000.5, "/", "GET", "/", 0.03, 500, "5xx"))
    with (tmp_path / seen.TRAFFIC).open("a") as log:
        log.write('{"time": 1001.0, "pag')  # it is being written
    found = seen.sums(tmp_path)
    assert found == {"HTTP clients": record.value()}
    assert (found["HTTP clients"]["count"], found["HTTP clients"]["failures"]) == (2, {"5xx": 1})
    record.close()


def test_what_was_put_aside_counts_too(tmp_path: Path) -> None:
    for name, status in ((f"{seen.BROWSERS}.1", 200), (seen.BROWSERS, 404)):
        record = Record(tmp_path / name)
        record.add(RequestResult(1000.0, "/", "GET", "/", 0.01, status))
        record.close()
    assert [result.status for result in seen.results(tmp_path / seen.BROWSERS)] == [200, 404]
    assert seen.sums(tmp_path)["browsers"]["statuses"] == {"200": 1, "404": 1}


def test_clients_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    (tmp_path / seen.TRAFFIC).touch()
    assert seen.sums(tmp_path) == {}


def test_a_visit_is_over_with_its_last_page_or_a_failure(tmp_path: Path) -> None:
    record = Record(tmp_path / seen.BROWSERS)
    assert not seen.has_visit(tmp_path)
    record.add(RequestResult(1.0, "/", "GET", "/", 0.1, 200))
    assert not seen.has_visit(tmp_path)
    record.add(RequestResult(2.0, "POST /delete", "POST", "/", 0.1, 200))
    assert seen.has_visit(tmp_path)
    record.close()
    (tmp_path / "other").mkdir()
    failing = Record(tmp_path / "other" / seen.BROWSERS)
    failing.add(RequestResult(1.0, "/", "GET", "/", 0.1, None, "refused"))
    assert seen.has_visit(tmp_path / "other")
    failing.close()


def test_a_line_that_was_cut_is_not_there(tmp_path: Path) -> None:
    log = tmp_path / seen.TRAFFIC
    record = Record(log)
    record.add(RequestResult(1.0, "/", "GET", "/", 0.1, 200))
    record.close()
    log.write_text(f'{{"time": 1.0, "pa\n{log.read_text()}')
    assert [result.status for result in seen.results(log)] == [200]
