from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from provision.errors import UsageError
from provision.prove.check.parameters import filled


@dataclass(frozen=True)
class Wanted:
    name: str
    required: bool = True


@dataclass(frozen=True)
class Settings:
    text: str = "job"
    flag: bool = False
    most: int = 25
    ratio: float = 0.5
    maybe: str | None = None
    form: Literal["short", "long"] = "short"
    pattern: re.Pattern[str] | None = None
    names: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.most < 1:
            raise ValueError("most must be at least 1")


def settings(**table: Any) -> Settings:
    return filled(Settings, table, "[t]", "pyproject.toml")


def test_what_is_not_set_has_its_default() -> None:
    assert settings() == Settings()


def test_every_type() -> None:
    found = settings(
        text="t", flag=True, most=3, ratio=1, maybe="m", form="long", pattern="a+", names=["x"],
        wanted=[{"name": "summary"}, {"name": "runbook", "required": False}], labels={"a": 1},
    )  # fmt: skip
    assert found == Settings(
        "t", True, 3, 1.0, "m", "long", re.compile("a+"), ("x",),
        (Wanted("summary"), Wanted("runbook", required=False)), {"a": 1},
    )  # fmt: skip
    assert isinstance(found.ratio, float)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"txet": "x"}, "[t] has no setting 'txet'; did you mean 'text'?"),
        ({"text": 3}, "[t] text must be a string, not 3"),
        ({"flag": 1}, "[t] flag must be true or false, not 1"),
        ({"most": True}, "[t] most must be a whole number, not True"),
        ({"most": 2.5}, "[t] most must be a whole number, not 2.5"),
        ({"ratio": "x"}, "[t] ratio must be a number, not 'x'"),
        ({"maybe": 1}, "[t] maybe must be a string, not 1"),
        ({"form": "wide"}, "[t] form must be 'short' or 'long', not 'wide'"),
        ({"pattern": "("}, "[t] pattern isn't a regular expression: missing ), unterminated subpattern at position 0"),
        ({"names": "x"}, "[t] names must be a list"),
        ({"names": ["x", 1]}, "[t] names[1] must be a string, not 1"),
        ({"wanted": [1]}, "[t] wanted[0] must be a table, not 1"),
        ({"wanted": [{}]}, "[t] wanted[0] name must be set"),
        ({"labels": {"a": "b"}}, "[t] labels.a must be a whole number, not 'b'"),
        ({"most": 0}, "[t] most must be at least 1"),
    ],
)  # fmt: skip
def test_what_can_not_stand_there_is_one_sentence(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(**table)
    assert str(caught.value) == f"pyproject.toml: {sentence}"


def test_an_unknown_name_that_is_like_none_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"there are text, flag, most"):
        settings(zzz=1)
