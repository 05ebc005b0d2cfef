"""What Prometheus' relatives add to rule groups is left out of files of others; all else stays for the checks."""

from __future__ import annotations

from provision.compile.relatives import as_prometheus
from provision.model import Definition, Place, decode, encode
from support.checking import group, other


def test_what_a_relative_reads_is_left_out() -> None:
    rules = {"record": "job:up:sum", "expr": "sum by (job) (up)", "debug": True, "update_entries_limit": 5}
    given = group(rules, source_tenants=["a"], partial_response_strategy="warn", type="prometheus", labls={})
    made = as_prometheus(given)
    assert decode(made.body)["group"] == {
        "name": "shop", "labls": {}, "rules": [{"record": "job:up:sum", "expr": "sum by (job) (up)"}],
    }  # fmt: skip
    assert (made.key, made.place) == (given.key, given.place)


def test_anything_else_stays_as_it_is() -> None:
    plain = group({"alert": "A", "expr": "up"})
    assert as_prometheus(plain) is plain
    route = other("route", "a", debug=True)
    assert as_prometheus(route) is route
    graphite = group({"record": "a", "expr": "x"}, type="graphite")
    assert as_prometheus(graphite) is graphite
    odd = Definition(
        "rule-group", "x", encode({"file": "x", "index": 0, "group": {"rules": [5, None]}}), Place("x.yml", 1)
    )
    assert as_prometheus(odd) is odd
