"""Labels and annotations that a project rejects."""

from __future__ import annotations

import pytest

from support.demanding import ALERT, RECORD, said


def test_nothing_is_rejected_by_default() -> None:
    assert said("rule-reject", ALERT, RECORD) == []


@pytest.mark.parametrize(
    ("setting", "pattern", "message"),
    [
        ("label_names", "sev.*", "the name of the label severity matches 'sev.*', which is rejected"),
        ("label_values", "page", "the value of the label severity matches 'page', which is rejected"),
        (
            "annotation_names",
            "summary",
            "the name of the annotation summary matches 'summary', which is rejected",
        ),
        (
            "annotation_values",
            "It .*",
            "the value of the annotation summary matches 'It .*', which is rejected",
        ),
    ],
)
def test_what_is_rejected(setting: str, pattern: str, message: str) -> None:
    assert said("rule-reject", ALERT, RECORD, **{setting: ["x+", pattern]}) == [f"warning: {message}"]
    assert said("rule-reject", ALERT, **{setting: ["x+"]}) == []
