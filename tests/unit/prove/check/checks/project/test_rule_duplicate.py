"""Rules that are there twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provision.model import Definition, Place, decode, encode
from support.checking import found, group

RECORD = {"record": "job:up:sum", "expr": "sum by (job) (up)"}
ALERT = {"alert": "Down", "expr": "up == 0", "labels": {"severity": "page"}}


def said(*groups: Definition, **options: Any) -> list[tuple[str, str]]:
    findings = found(*groups, ids={"rule-duplicate"}, **options)
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.subject, each.message) for each in findings]


def second(*rules: dict[str, Any], **fields: Any) -> Definition:
    return group(*rules, path="rules/tills.py", name="tills", **fields)


def on(source: str, definition: Definition) -> Definition:
    return replace(definition, body=encode({**decode(definition.body), "datasource": source}))


def test_twice_in_a_group() -> None:
    assert said(group(RECORD, RECORD)) == [
        ('rule group "shop", record "job:up:sum"', "rule 1 of this group gives the same series")
    ]


def test_twice_in_two_groups_however_it_is_spaced() -> None:
    other = {**ALERT, "expr": "up  ==\n  0", "for": "5m"}
    assert said(group(ALERT), second(other)) == [
        (
            'rule group "tills", alert "Down"',
            'rule 1 of rule group "shop" (rules/shop.py:5) gives the same alerts',
        )
    ]


def test_three_times() -> None:
    third = group(ALERT, path="rules/stock.py", name="stock")
    assert len(said(group(ALERT), second(ALERT), third)) == 2


def test_labels_of_the_group_tell_apart() -> None:
    assert said(group(ALERT), second(ALERT, labels={"country": "de"})) == []
    assert said(group(ALERT, labels={"severity": "ticket"}), second(ALERT)) == [
        (
            'rule group "tills", alert "Down"',
            'rule 1 of rule group "shop" (rules/shop.py:5) gives the same alerts',
        )
    ]


def test_records_of_one_name_in_a_group() -> None:
    (told,) = said(group(RECORD, {**RECORD, "expr": "sum by (job) (down)"}))
    assert told[1] == "rule 1 of this group has the same name and labels"
    assert said(group(RECORD, {**RECORD, "labels": {"kind": "b"}})) == []


def test_one_alert_for_several_conditions_is_common() -> None:
    assert said(group(ALERT, {**ALERT, "expr": "up > 1"})) == []
    assert said(group(RECORD), second({**RECORD, "expr": "sum by (job) (down)"})) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("up == 0", 'up{job="shop"} == 0'),
        ('up{job="shop"} == 0', "up  ==0"),
        ("duration > 5400", 'duration{till!="1"} > 3600'),
        ("sum(a) / sum(b) > 0.5", 'sum(a{x="}"}) / sum(b{x="}"}) > .25'),
        ('a{x="1",y="2"} > 1e3', 'a{y="2"} > 5'),
    ],
)
def test_an_alert_for_a_part_of_another_ones_series_overlaps(one: str, other: str) -> None:
    told = said(group({**ALERT, "expr": one}), second({**ALERT, "expr": other}))
    assert told == [
        (
            'rule group "tills", alert "Down"',
            'rule 1 of rule group "shop" (rules/shop.py:5) gives the same alert for some of the series',
        )
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('up{job="a"} == 0', 'up{job="b"} == 0'),
        ('up{job="a"} == 0', 'up{till="1"} == 0'),
        ("up == 0", "up != 0"),
        ("up == 0", "down == 0"),
        ('a{x="1"} / b', 'a / b{x="1"}'),
        ("vector(1)", "vector(2)"),
        ("a5 > 1", "a6 > 1"),
    ],
)
def test_alerts_for_other_series_do_not_overlap(one: str, other: str) -> None:
    assert said(group({**ALERT, "expr": one}), second({**ALERT, "expr": other})) == []
    assert said(group({**ALERT, "expr": one, "labels": {}}), second({**ALERT, "expr": other})) == []


def test_of_many_alerts_of_one_form_the_first_are_compared() -> None:
    many = [{**ALERT, "expr": f'up{{job="{number}"}} == 0'} for number in range(50)]
    assert said(group(*many, {**ALERT, "expr": 'up{job="7",till="1"} == 0'})) != []


def test_what_is_asked_of_two_data_sources_is_not_the_same() -> None:
    assert said(on("one", group(ALERT)), on("two", second(ALERT))) == []
    assert len(said(on("one", group(ALERT)), on("one", second(ALERT)))) == 1


def test_files_of_others_need_not_run_on_one_server() -> None:
    assert said(group(ALERT), second(ALERT), guests=["rules/shop.py", "rules/tills.py"]) == []
    assert len(said(group(ALERT, ALERT), guests=["rules/shop.py"])) == 1


def test_rules_without_a_name_and_with_odd_fields() -> None:
    odd = {"record": "a", "expr": 5, "labels": ["x"]}
    assert said(group({"expr": "up"}, {"expr": "up"}, odd, {**odd, "labels": {"x": None}})) != []


def test_the_place_is_the_later_rule() -> None:
    place = Place("rules/tills.py", 9)
    later = replace(second(ALERT), parts=(("/group/rules/0", place),))
    assert [each.place for each in found(group(ALERT), later, ids={"rule-duplicate"})] == [place]
