"""No expression breaks the checks, wherever it stands and however demanding the project is."""

from __future__ import annotations

import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.collect import collect_file
from provision.compile.excess import excess
from provision.model import Definition, Place, encode
from support.fuzzing import BOUNDED, PIECES, PROMQL, dashboard_body, judged

EXPRESSIONS = st.lists(st.one_of(PROMQL, PROMQL, PIECES), min_size=1, max_size=3)
WORDS = st.sampled_from(
    ["{{ $labels.job }}", "{{ $value | humanize }}", "{{", "{{ range query `up` }}{{ . }}{{ end }}", "a", ""]
)


@BOUNDED
@given(EXPRESSIONS)
def test_any_expression_of_a_dashboard(exprs: list[str]) -> None:
    body = encode({"folder": "", "spec": {"uid": "shop", **dashboard_body(exprs)}})
    judged([Definition("dashboard", "shop", body, Place("a.json", 1))])


@BOUNDED
@given(EXPRESSIONS, WORDS, st.sampled_from(["", "0s", "1m", "5m", "x"]))
def test_any_expression_of_a_rule(exprs: list[str], words: str, waits: str) -> None:
    rules = []
    for number, expr in enumerate(exprs):
        rules.append({"record": f"job:a:rate{number}m", "expr": expr, "labels": {"job": words}})
        rules.append(
            {
                "alert": "A",
                "expr": expr,
                "for": waits,
                "labels": {"severity": words},
                "annotations": {"summary": words},
            }
        )
    body = {"file": "a.yml", "index": 0, "group": {"name": "a", "rules": rules}}
    judged([Definition("rule-group", "a.yml/a", encode(body), Place("a.yml", 1))])


@BOUNDED
@given(EXPRESSIONS, st.sampled_from(["a.json", "a.yml"]))
def test_any_expression_in_a_file(exprs: list[str], name: str) -> None:
    if name == "a.json":
        content = json.dumps(dashboard_body(exprs)).encode()
    else:
        rules = [{"alert": "A", "expr": expr} for expr in exprs]
        content = yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}, allow_unicode=True).encode(
            errors="replace"
        )
    assert excess(content) == ""
    collected = collect_file(f"guests/{name}", content)
    judged(collected.definitions, guests=frozenset({f"guests/{name}"}))
