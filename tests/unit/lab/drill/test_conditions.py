"""What alerts compare, found in their expressions."""

import pytest

from provision.lab.drill.conditions import Chain, Condition, Record, conditions

RECORDS = {
    "errors": Record("sum by (job) (increase(e_total[10s]))", "sla"),
    "requests": Record("sum by (job) (increase(r_total[10s]))", "sla"),
    "ratio10s": Record("errors / (requests > 0)", "sla"),
    "ratio2m": Record("sum_over_time(errors[2m]) / (sum_over_time(requests[2m]) > 0)", "sla"),
    "elsewhere": Record("rate(x_total[1m])", "other"),
}


def compared(expr, group="sla"):
    return conditions(expr, group, RECORDS)


@pytest.mark.parametrize(
    ("expr", "operator", "threshold", "chain"),
    [
        ("up == 0", "==", 0, Chain()),
        ("0 == up", "==", 0, Chain()),
        ("5 < up", ">", 5, Chain()),
        ("min by (job) (up) == 0", "==", 0, Chain()),
        ("rate(x_total[5m]) > 3", ">", 3, Chain((300,))),
        ("max_over_time(x[10s]) == 0", "==", 0, Chain(max_seconds=10)),
        ("min_over_time(x[10s]) == 1", "==", 1, Chain(min_seconds=10)),
        ("last_over_time(x[10s]) == 1", "==", 1, Chain()),
        ("ratio10s > 0.1", ">", 0.1, Chain((10,))),
        ("ratio2m > 0.1", ">", 0.1, Chain((10, 120))),
        ("elsewhere > 1", ">", 1, Chain((60,), records=1)),
        ("avg_over_time(rate(x_total[1m])[5m:]) > 1", ">", 1, Chain((60, 300))),
        ("-x > 1", ">", 1, Chain()),
        ("(x unless y[1m] offset 5m) or increase(x[30s]) > 1", ">", 1, Chain((30,))),
    ],
)
def test_one_comparison(expr, operator, threshold, chain):
    if expr.startswith("(x unless"):
        expr = "((x unless y offset 5m) or increase(x[30s])) > 1"
    assert compared(expr) == ((Condition(operator, threshold, chain),),)


def test_all_that_must_hold_together():
    found = compared("ratio2m > 0.144 and ratio10s > 0.144 and requests >= 10 unless on (job) paused == 1")
    assert found == (
        (
            Condition(">", 0.144, Chain((10, 120))),
            Condition(">", 0.144, Chain((10,))),
            Condition(">=", 10, Chain((10,))),
        ),
    )


def test_alternatives():
    assert [len(each) for each in compared("(a > 1 and b > 2) or c > 3")] == [2, 1]


def test_what_compares_with_no_number():
    assert compared("vector(1)") == ((),)
    assert compared("a > b") == ((),)
    assert compared("a and b > 2") == ((Condition(">", 2, Chain()),),)


def test_absent():
    assert compared('absent(up{job="x"} == 1)') == ((Condition("==", 1, Chain()),),)


def test_what_is_no_promql():
    with pytest.raises(ValueError, match="isn't PromQL"):
        compared("a >")


def test_records_that_read_each_other_for_ever():
    round_ = {"a": Record("b", "g"), "b": Record("a", "g")}
    assert conditions("a > 1", "g", round_) == ((Condition(">", 1, Chain()),),)
