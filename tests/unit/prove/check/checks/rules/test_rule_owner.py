"""Rules that nobody owns."""

from __future__ import annotations

from support.demanding import ALERT, RECORD, said


def test_owners_are_demanded_where_a_project_says_how() -> None:
    assert said("rule-owner", ALERT, RECORD) == []
    assert (
        said("rule-owner", ALERT, RECORD, label="team")
        == ["warning: nobody owns it: the label team is missing"] * 2
    )
    assert said("rule-owner", ALERT, RECORD, label="team", in_group={"labels": {"team": "shop"}}) == []


def test_an_annotation_owns_alerts_and_no_records() -> None:
    owned = {**ALERT, "annotations": {"owner": "shop"}}
    assert said("rule-owner", owned, RECORD, annotation="owner") == []
    assert said("rule-owner", ALERT, annotation="owner", label="team") == [
        "warning: nobody owns it: the label team or the annotation owner is missing"
    ]
    assert said("rule-owner", owned, annotation="owner", label="team") == []


def test_owners_are_of_those_who_may() -> None:
    owned = {**ALERT, "labels": {"team": "shpo"}}
    assert said("rule-owner", owned, label="team", owners=["shop"]) == [
        "warning: its owner 'shpo' is none of those who may own rules"
    ]
