"""The tables of renames, and one rename after another."""

from __future__ import annotations

import pytest

from provision.catalogue.rename import Rename, table


def test_a_line_says_what_became_of_a_metric() -> None:
    text = """
        2.0 shop_orders{backend,pod_name} shop_orders_total{service,pod,resource=cpu} family *1000 # It differs.
        3 shop_flat{a,b} shop_flatter{-,c}
        3 shop_gone - # Nothing counts it.
    """
    assert list(table("Shop", text)) == [
        Rename(
            "shop_orders",
            "shop_orders_total",
            "Shop",
            "2.0",
            labels=(("backend", "service"), ("pod_name", "pod")),
            matchers=(("resource", "cpu"),),
            factor=1000,
            family=True,
            note="It differs.",
        ),
        Rename("shop_flat", "shop_flatter", "Shop", "3", labels=(("a", ""), ("b", "c"))),
        Rename("shop_gone", "", "Shop", "3", note="Nothing counts it."),
    ]


def test_a_line_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="not a line of a table of renames: 'shop_orders'"):
        list(table("Shop", "shop_orders"))


def test_a_metric_that_is_gone_or_differs_does_not_mean_the_same() -> None:
    assert Rename("a", "b", "Shop", "2").same
    assert not Rename("a", "", "Shop", "2").same
    assert not Rename("a", "b", "Shop", "2", note="It differs.").same


def test_the_series_of_a_histogram_are_renamed_with_it() -> None:
    assert Rename("a", "b", "Shop", "2", family=True).of_series("_sum") == Rename(
        "a_sum", "b_sum", "Shop", "2"
    )
    assert Rename("a", "", "Shop", "2", family=True).of_series("_sum").new == ""


def test_two_renames_come_to_one() -> None:
    first = Rename(
        "a", "b", "Shop", "2", labels=(("x", "y"),), matchers=(("y2", "v"),), factor=10, note="One."
    )
    second = Rename(
        "b", "c", "Shop", "3", labels=(("y", "z"), ("p", "q"), ("y2", "z2")), factor=100, note="Two."
    )
    assert first.then(second) == Rename(
        "a",
        "c",
        "Shop",
        "3",
        labels=(("x", "z"), ("p", "q"), ("y2", "z2")),
        matchers=(("z2", "v"),),
        factor=1000,
        note="One. Two.",
    )
