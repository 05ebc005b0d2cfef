from __future__ import annotations

import pytest

from provision.compile.dialect.grafana_matchers import object_matchers, parse_matchers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('severity="page"', [["severity", "=", "page"]]),
        ("severity=page", [["severity", "=", "page"]]),
        ('severity =~ "page|ticket"', [["severity", "=~", "page|ticket"]]),
        ('{a="b, c", d!~e}', [["a", "=", "b, c"], ["d", "!~", "e"]]),
        ('a="say \\"hi\\"\\n\\\\"', [["a", "=", 'say "hi"\n\\']]),
        ('a!=""', [["a", "!=", ""]]),
        ('"any.name"="x"', [["any.name", "=", "x"]]),
        ("{}", []),
    ],
)
def test_a_matcher_is_read_as_alertmanager_reads_it(text, found):
    assert parse_matchers(text) == found


@pytest.mark.parametrize("text", ["severity", 'a="b" c="d"', "a==b", '="x"', 'a="b'])
def test_what_is_no_matcher_is_told(text):
    with pytest.raises(ValueError, match="is not a matcher such as"):
        parse_matchers(text)


def test_every_form_of_a_route_s_matchers_counts():
    route = {
        "match": {"a": "b"},
        "match_re": {"c": "d|e"},
        "matchers": ['f!="g"'],
        "object_matchers": [["h", "=", "i"]],
    }
    assert object_matchers(route) == [["a", "=", "b"], ["c", "=~", "d|e"], ["f", "!=", "g"], ["h", "=", "i"]]


def test_a_matcher_that_cannot_be_read_leaves_the_route_alone():
    assert object_matchers({"matchers": ["oh no"]}) is None
