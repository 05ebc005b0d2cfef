from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str, **settings: Any) -> list[tuple[str, str, str]]:
    findings = found(group({"record": "a:b", "expr": expr}), ids={"promql-regexp"}, **settings)
    return [(each.severity, each.message, each.remedy) for each in findings]


@pytest.mark.parametrize(
    ("matcher", "severity", "message", "remedy"),
    [
        ('=~"b"', "info", 'a=~"b" is a plain text, not a pattern', 'write a="b"'),
        ('!~"b"', "info", 'a!~"b" is a plain text, not a pattern', 'write a!="b"'),
        ('=~"^b$"', "info", 'a=~"^b$" is a plain text, not a pattern', 'write a="b"'),
        ('=~""', "info", 'a=~"" is a plain text, not a pattern', 'write a=""'),
        (r'=~"b\\.c"', "info", r'a=~"b\.c" is a plain text, not a pattern', 'write a="b.c"'),
        ('=~"b\\\\$"', "info", 'a=~"b\\$" is a plain text, not a pattern', 'write a="b$"'),
        ('=~"^b.*"', "info", 'a=~"^b.*" is anchored twice: a pattern matches whole values anyway', 'write a=~"b.*"'),
        ('=~"^(b|c)$"', "info", 'a=~"^(b|c)$" is anchored twice: a pattern matches whole values anyway', 'write a=~"(b|c)"'),
        ('=~".*"', "info", 'a=~".*" leaves nothing out', "leave it out"),
        ('=~"^.*$"', "info", 'a=~"^.*$" leaves nothing out', "leave it out"),
        ('!~".*"', "warning", 'a!~".*" leaves only series without that label', 'write a="" if that is meant'),
    ],
)  # fmt: skip
def test_patterns_that_say_no_more_than_a_text(
    matcher: str, severity: str, message: str, remedy: str
) -> None:
    assert said(f"up{{a{matcher}}}") == [(severity, message, remedy)]


@pytest.mark.parametrize(
    "matcher",
    [
        '=~"b|c"',
        '=~".+"',
        '=~"5.."',
        '=~"b.*"',
        '!~"|b"',
        '=~"^b|c$"',
        r'=~"b\\d"',
        '=~"(?i)b"',
        '="b.*"',
    ],
)
def test_patterns_that_say_more(matcher: str) -> None:
    assert said(f"up{{a{matcher}}}") == []


def test_a_pattern_is_told_once() -> None:
    assert len(said('up{a=~"b"} / up{a=~"b"}')) == 1


@pytest.mark.parametrize("value", ["$job", "${job:regex}", "[[job]]", "a$job", "$job.*"])
def test_patterns_of_variables_are_not_judged(value: str) -> None:
    assert found(dashboard(panel(f'up{{a=~"{value}"}}')), ids={"promql-regexp"}) == ()


def test_pieces_of_longer_values_are_told_where_that_is_wanted() -> None:
    wanted = {"checks": {"promql-regexp": {"smelly": True}}}
    assert said('up{a=~"shop_.+_production"}') == []
    assert said('up{a=~"shop_.+_production"}', **wanted) == [
        (
            "info",
            'a=~"shop_.+_production" picks a piece out of a longer value',
            "give the series a label of its own for it",
        )
    ]
    assert said('up{a=~"5..|4.+"} + up{a=~"/api/[0-9]+"}', **wanted) == []
