from provision.lab.board import SERIES, lines, promise_value, screens, seen_lines, shown, sla_lines
from provision.lab.readings import Reading, Value
from provision.lab.sla import Promise


def test_one_line_a_panel_with_the_values_in_one_column() -> None:
    found = [
        Reading(
            "Traefik SLA", "Average response time", (Value("now", 0.0041, "4.1 ms"), Value("b", 1, "1 s"))
        ),
        Reading("Traefik SLA", "Errors", (Value("", 0, "0%"),)),
    ]
    assert lines(found) == [
        "Traefik SLA  ·  Average response time   now 4.1 ms  ·  b 1 s",
        "Traefik SLA  ·  Errors                  0%",
    ]
    assert lines([]) == []


def test_what_a_panel_without_values_shows() -> None:
    assert shown(Reading("a", "b")) == "no data"
    assert shown(Reading("a", "b", why="no series called up")) == "no data (no series called up)"
    assert shown(Reading("a", "b", error="it is wrong")) == "query failed: it is wrong"


def test_what_a_panel_with_some_values_lacks() -> None:
    reading = Reading("a", "b", (Value("up", 3, "3"),), ("known", "C"), "no series called known")
    assert shown(reading) == "up 3  ·  known, C no data (no series called known)"


def test_many_series_are_counted() -> None:
    values = tuple(Value(str(number), number, "x") for number in range(SERIES + 2))
    assert shown(Reading("a", "b", values)).endswith(f"{SERIES - 1} x  ·  and 2 more")
    assert "more" not in shown(Reading("a", "b", values[:SERIES]))


def test_screens_hold_what_the_terminal_has_room_for() -> None:
    text = ["one", "two", "three", "longer than that"]
    assert screens(text, 3, 8) == [["one", "two", "three"], ["longer …"]]
    assert screens(text, 100, 100) == [text]
    assert screens([], 10, 10) == [[]]
    assert len(screens(text, 0, 10)) == 4


def test_what_came_of_the_sla() -> None:
    found = [
        Promise("answered within 200 ms", 0.985, 0.99, "percentunit"),
        Promise("response time on average", 0.0146, 0.2, "s"),
    ]
    assert sla_lines(found, 1234, 61.7) == [
        "SLA over 62 s, 1,234 requests",
        "  answered within 200 ms     98.50%, promised 99%: broken",
        "  response time on average  14.6 ms, promised 200 ms: kept",
    ]
    assert promise_value(found[0]) == {
        "what": "answered within 200 ms", "measured": 0.985, "promised": 0.99, "unit": "percentunit", "kept": False,
    }  # fmt: skip


def test_what_clients_saw() -> None:
    sums = {
        "count": 3, "failed": 1, "seconds": 2.0, "statuses": {"200": 2, "500": 1}, "failures": {"5xx": 1},
        "pages": {"/": {"count": 3, "p50": 0.01, "p95": 0.02, "p99": 0.02, "max": 0.02}},
    }  # fmt: skip
    assert seen_lines({"browsers": sums}) == [
        "",
        "What browsers saw: 3 requests in 2.0 s, 1 failed",
        "  statuses: 200 2, 500 1",
        "  failures: 5xx 1",
        "  /       3  p50 10.0 ms  p95 20.0 ms  p99 20.0 ms  max 20.0 ms",
    ]
    assert seen_lines({}) == []
