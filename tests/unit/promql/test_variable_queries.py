"""What the query of a variable holds."""

from __future__ import annotations

import pytest

from provision.promql.variable_queries import variable_query


@pytest.mark.parametrize(
    ("query", "function", "expr", "label"),
    [
        ("label_values(job)", "label_values", "", "job"),
        ("label_values( up , job )", "label_values", "up", "job"),
        ('label_values(up{a="b", c="d"}, job)', "label_values", 'up{a="b", c="d"}', "job"),
        ("label_names()", "label_names", "", ""),
        ("label_names(up)", "label_names", "up", ""),
        ("query_result(sum(up))", "query_result", "sum(up)", ""),
        ("metrics(node_.*)", "metrics", "", ""),
        (" up ", "", "up", ""),
        ("", "", "", ""),
    ],
)
def test_what_is_asked_and_where_it_stands(query: str, function: str, expr: str, label: str) -> None:
    found = variable_query(query)
    assert (found.function, found.expr, found.label) == (function, expr, label)
    assert query[found.start : found.start + len(expr)] == expr
    assert query[found.label_start : found.label_start + len(label)] == label
