"""Rules that a project doesn't want."""

from __future__ import annotations

import pytest

from provision.errors import UsageError
from support.demanding import ALERT, RECORD, said


def test_rules_that_are_told_of() -> None:
    assert said("rule-report", ALERT, RECORD) == []
    assert said("rule-report", ALERT, RECORD, records="no records here") == ["warning: no records here"]
    assert said("rule-report", ALERT, RECORD, alerts="no alerts here") == ["warning: no alerts here"]
    assert said("rule-report", ALERT, RECORD, names={"job:.*": "old", "Do": "new"}) == ["warning: old"]


def test_a_name_that_is_no_regular_expression_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="isn't a regular expression"):
        said("rule-report", ALERT, names={"(": "old"})
