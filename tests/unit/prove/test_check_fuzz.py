"""No text and no value breaks the checks: a verdict or a problem, never a traceback."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.collect import collect_file
from provision.model import Definition, Place, encode
from support.fuzzing import BOUNDED, judged

KEYS = st.sampled_from(
    ["title", "uid", "id", "panels", "rows", "targets", "expr", "refId", "datasource", "type", "templating",
     "list", "name", "query", "annotations", "target", "options", "folderUID", "repeat", "__inputs", "__elements",
     "model", "groups", "rules", "record", "alert", "labels", "for", "interval", "legendFormat", "gridPos", "spec"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["query", "datasource", "prometheus", "row", "dashlist", "up", "rate(up)", "a:b", "$x", "[[x]]",
                     "label_values(up{, job)", "-- Mixed --", "5m", "{a=\"b\"} |= `x`", "\u0000", "\u202e", "$", "${a.b:c}",
                     "{{", "{{ $labels.a | b }}", "{{ index $labels `a` }}", "up == 0 or vector(0)", "absent(a:b)"]),
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)


def definition(kind: str, key: str, body: Any) -> Definition:
    return Definition(kind, key, encode(body), Place("a.json", 1))


@BOUNDED
@given(OBJECTS, st.lists(OBJECTS, max_size=3), st.lists(OBJECTS, max_size=3))
def test_any_dashboard_gets_a_verdict(spec: dict[str, Any], panels: list[Any], variables: list[Any]) -> None:
    spec = {"panels": panels, "templating": {"list": variables}, **spec}
    judged([definition("dashboard", "a", {"folder": "", "spec": spec})])


@BOUNDED
@given(OBJECTS, st.lists(st.one_of(OBJECTS, VALUES), max_size=4))
def test_any_rule_group_gets_a_verdict(group: dict[str, Any], rules: list[Any]) -> None:
    body = {"file": "a.yml", "index": 0, "group": {"name": "a", "rules": rules, **group}}
    judged([definition("rule-group", "a.yml/a", body)])


@BOUNDED
@given(
    st.sampled_from(["scrape-config", "prometheus", "receiver", "inhibit", "time-interval", "alertmanager"]),
    OBJECTS,
)
def test_any_other_definition_gets_a_verdict(kind: str, body: dict[str, Any]) -> None:
    judged([definition(kind, "a", body)])


ROUTES = st.dictionaries(
    st.sampled_from(["receiver", "routes", "matchers", "match", "match_re", "object_matchers", "continue"]), VALUES, max_size=5
)  # fmt: skip


@BOUNDED
@given(ROUTES, st.lists(ROUTES, max_size=3))
def test_any_routes_get_a_verdict(root: dict[str, Any], routes: list[dict[str, Any]]) -> None:
    alert = {"name": "a", "rules": [{"alert": "A", "expr": "up == 0"}]}
    rules = definition("rule-group", "a.yml/a", {"file": "a.yml", "index": 0, "group": alert})
    tree = definition("route", "root", {"receiver": "a", "routes": routes, **root})
    judged([rules, tree, definition("receiver", "a", {"name": "a"})])


@BOUNDED
@given(OBJECTS, st.sampled_from(["a.json", "a.yml"]))
def test_any_file_is_read(document: dict[str, Any], name: str) -> None:
    text = json.dumps(document) if name == "a.json" else yaml.safe_dump(document)
    collected = collect_file(f"guests/{name}", text.encode(errors="replace"))
    judged(collected.definitions, guests=frozenset({f"guests/{name}"}))


@BOUNDED
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda text: text.encode(errors="replace")),
                 st.lists(st.sampled_from([b"groups:", b"\n", b"  ", b"- ", b"{", b"}", b"[", b"]", b'"', b":", b"a", b"&a ", b"*a", b"!!x ", b"|", b",", b"\xff"]),
                          max_size=30).map(b"".join)),
       st.sampled_from(["a.json", "a.yml"]))  # fmt: skip
def test_any_bytes_are_read(content: bytes, name: str) -> None:
    collected = collect_file(f"guests/{name}", content)
    assert all(problem.message for problem in collected.problems)
    judged(collected.definitions, guests=frozenset({f"guests/{name}"}))
