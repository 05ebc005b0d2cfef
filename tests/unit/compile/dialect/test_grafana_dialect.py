"""Definitions to a Grafana's resources: folders, data sources and dashboards, bound and unbound."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.dialect.grafana import Binding, GrafanaDialect, _numbers, canonical, shape
from provision.errors import SourceErrors
from provision.model import Definition, Place, decode, encode

MODERN = GrafanaDialect()
OLD = GrafanaDialect("9.0.0", None, None, nested_folders=False)
THEIRS = Binding("theirs", "prometheus", "Their Prometheus")


def folder(path, title=None, uid=None):
    parent, _, name = path.rpartition("/")
    body = {
        "uid": uid or path.replace("/", "-"),
        "title": name.title() if title is None else title,
        "parent": parent,
    }
    return Definition("folder", path, encode(body), Place(f"dashboards/{path}"))


def datasource(uid="prom", name="Prometheus", kind="prometheus", default=True, **more):
    body = {"name": name, "uid": uid, "type": kind, "url": "http://p", "access": "proxy", "isDefault": default,
            "jsonData": {}, "basicAuth": False, "basicAuthUser": "", "secure": {}, **more}  # fmt: skip
    return Definition("datasource", uid, encode(body), Place("provisioning/grafana.py", 3))


def dashboard(key="d", folder="", **spec):
    spec = {"uid": key, "title": f"Title of {key}", **spec}
    return Definition(
        "dashboard", key, encode({"folder": folder, "spec": spec}), Place(f"dashboards/{key}.py", 7)
    )


def panel(source, *targets):
    return {"id": 1, "type": "timeseries", "datasource": source, "targets": list(targets)}


def shaped(*definitions, dialect=MODERN, bound=None):
    return {
        (one.kind, one.key): (decode(one.body), one.needs)
        for one in shape(definitions, dialect, datasource=bound)
    }


def spec_of(definition, *others, bound=None):
    return shaped(definition, *others, bound=bound)["dashboard", definition.key][0]["spec"]


def problems(*definitions, dialect=MODERN, bound=None):
    with pytest.raises(SourceErrors) as caught:
        shape(definitions, dialect, datasource=bound)
    return [str(problem) for problem in caught.value.problems]


# ── folders ──────────────────────────────────────────────────────────────────


def test_folders_nest_where_they_can():
    made = shaped(folder("a"), folder("a/b"), folder("a/b/c"))
    assert made["folder", "a"] == ({"title": "A", "parentUid": ""}, ())
    assert made["folder", "a-b-c"] == ({"title": "C", "parentUid": "a-b"}, (("folder", "a-b"),))


def test_nested_folders_are_flattened_where_they_cant():
    made = shaped(folder("a"), folder("a/b"), folder("a/b/c"), dashboard(folder="a/b/c"), dialect=OLD)
    assert made["folder", "a-b-c"] == ({"title": "A / B / C", "parentUid": ""}, ())
    assert made["dashboard", "d"] == (
        {"folderUid": "a-b-c", "spec": {"uid": "d", "title": "Title of d"}},
        (("folder", "a-b-c"),),
    )


@pytest.mark.parametrize("dialect", [MODERN, OLD])
def test_a_folder_in_one_that_isnt_there(dialect):
    assert problems(folder("a/b"), dialect=dialect) == [
        "dashboards/a/b: folder 'B' lies in 'a', which is no folder of this project"
    ]


def test_a_flattened_folder_whose_grandparent_isnt_there():
    assert "lies in 'a'" in problems(folder("a/b"), folder("a/b/c"), dialect=OLD)[1]


# ── what Grafana refuses, or breaks ──────────────────────────────────────────


def test_everything_that_is_wrong_is_listed_with_its_place():
    found = problems(
        folder("x", title=" "),
        folder("y", uid="no/slash"),
        datasource(name=""),
        datasource("marked", "Marked", jsonData={"provision": {}}),
        dashboard("v2", elements={}, layout={}),
        dashboard("u" * 41),
        dashboard("untitled", title=""),
        dashboard("lost", folder="nowhere"),
        dashboard("exported", __elements={"lib": {}}),
    )
    assert found == [
        "dashboards/x: a folder without a title, which Grafana refuses",
        "dashboards/y: uid 'no/slash' isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -",
        "provisioning/grafana.py:3: a data source has no name",
        "provisioning/grafana.py:3: jsonData of data source 'Marked': the field 'provision' is the toolkit's own",
        "dashboards/v2.py:7: dashboard 'Title of v2' is of Grafana's second generation (v2), which the classic schema "
        "would store as an empty dashboard; export it as classic JSON (v1)",
        f"dashboards/{'u' * 41}.py:7: uid {'u' * 41!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -",
        "dashboards/untitled.py:7: a dashboard without a title, which Grafana refuses",
        "dashboards/lost.py:7: dashboard 'Title of lost' lies in 'nowhere', which is no folder of this project",
        "dashboards/exported.py:7: dashboard 'Title of exported' carries library panels (__elements), which a push "
        "would lose; write them as LibraryPanel, or unlink them",
    ]


def test_titles_that_an_old_grafana_wants_once():
    twins = (
        folder("a"),
        dashboard("one", "a", title="Same"),
        dashboard("two", "a", title="Same"),
        dashboard("three", title="A"),
    )
    assert problems(*twins, dialect=OLD) == [
        "dashboards/two.py:7: in this folder, the title 'Same' is taken by dashboards/one.py:7, and this Grafana wants it once",
        "dashboards/three.py:7: in this folder, the title 'A' is taken by dashboards/a, and this Grafana wants it once",
    ]
    assert len(shaped(*twins)) == 4
    assert (
        len(shaped(folder("a"), dashboard("one", title="T"), dashboard("two", "a", title="T"), dialect=OLD))
        == 3
    )


@pytest.mark.parametrize("dialect", [MODERN, OLD])
def test_two_data_sources_of_one_name(dialect):
    assert problems(datasource("one"), datasource("two"), dialect=dialect) == [
        "provisioning/grafana.py:3: the name of a data source 'Prometheus' is taken by provisioning/grafana.py:3, "
        "and this Grafana wants it once"
    ]


# ── references to data sources ───────────────────────────────────────────────


def test_a_dashboard_needs_its_folder_and_its_data_sources():
    made = shaped(
        folder("a"), datasource(), datasource("loki", "Loki", "loki", default=False), datasource("unused", "U", "x", default=False),
        dashboard(folder="a", panels=[panel({"type": "prometheus", "uid": "prom"}, {"datasource": "Loki", "refId": "A"})]),
    )  # fmt: skip
    body, needs = made["dashboard", "d"]
    assert needs == (("folder", "a"), ("datasource", "loki"), ("datasource", "prom"))
    assert body["spec"]["panels"][0]["targets"][0]["datasource"] == {"type": "loki", "uid": "loki"}


NOT_OURS = [
    "${datasource}",
    "-- Mixed --",
    {"type": "datasource", "uid": "grafana"},
    {"type": "loki"},
    None,
    "elsewhere",
]


@pytest.mark.parametrize("reference", NOT_OURS)
@pytest.mark.parametrize("bound", [None, THEIRS])
def test_what_isnt_the_projects_stays(reference, bound):
    made = spec_of(dashboard(panels=[{"datasource": reference}]), datasource(default=False), bound=bound)
    assert made["panels"] == [{"datasource": reference}]


def test_a_bound_data_source_takes_the_place_of_the_projects_own():
    definitions = (
        datasource(), datasource("loki", "Loki", "loki", default=False),
        dashboard(
            panels=[
                panel("Prometheus", {"datasource": {"uid": "prom"}, "expr": "up"}, {"datasource": {"type": "loki", "uid": "loki"}}),
                {"type": "row", "panels": [panel({"type": "prometheus"})]},
                panel(None, {"expr": "up"}),
                {"type": "text", "datasource": None},
            ],
            annotations={"list": [{"datasource": {"type": "prometheus", "uid": "prom"}, "expr": "x"}]},
            templating={"list": [
                {"type": "query", "query": "label_values(job)", "datasource": {"type": "prometheus", "uid": "prom"}},
                {"type": "query", "query": "label_values(job)"},
                {"type": "datasource", "query": "prometheus", "name": "datasource", "current": {"text": "Prometheus", "value": "prom"}},
                {"type": "datasource", "query": "loki", "name": "logs", "current": {}},
            ]},
        ),
    )  # fmt: skip
    made = shaped(*definitions, bound=THEIRS)
    assert ("datasource", "prom") not in made
    assert ("datasource", "loki") in made
    body, needs = made["dashboard", "d"]
    reference, spec = THEIRS.reference, body["spec"]
    assert needs == (("datasource", "loki"),)
    assert spec["panels"][0]["datasource"] == reference
    assert spec["panels"][0]["targets"] == [
        {"datasource": reference, "expr": "up"},
        {"datasource": {"type": "loki", "uid": "loki"}},
    ]
    assert spec["panels"][1]["panels"][0]["datasource"] == reference
    assert spec["panels"][2] == panel(reference, {"expr": "up"})
    assert spec["panels"][3] == {"type": "text", "datasource": None}
    assert spec["annotations"]["list"][0]["datasource"] == reference
    query, default, prometheus, loki = spec["templating"]["list"]
    assert query["datasource"] == default["datasource"] == reference
    assert prometheus["current"] == {"text": "Their Prometheus", "value": "theirs"}
    assert loki["current"] == {}


def test_what_uses_the_default_stays_when_that_isnt_the_bound_one():
    made = spec_of(dashboard(panels=[panel(None, {"expr": "up"})]), datasource(default=False), bound=THEIRS)
    assert made["panels"][0]["datasource"] is None


def test_a_bound_data_source_with_the_name_of_one_that_is_pushed():
    found = problems(datasource("loki", "Their Prometheus", "loki"), bound=THEIRS)
    assert (
        "has the name of the one that the dashboards are bound to, which is of type 'prometheus'" in found[0]
    )


EXPORT = {
    "__inputs": [
        {"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus", "label": "Prometheus"},
        {"name": "DS_EXPR", "type": "datasource", "pluginId": "__expr__"},
        {"name": "VAR_JOB", "type": "constant", "value": "traefik"},
    ],
    "__requires": [{"type": "grafana", "id": "grafana"}],
    "__elements": {},
    "panels": [
        panel({"type": "prometheus", "uid": "${DS_PROM}"}, {"datasource": "${DS_EXPR}"}, {"expr": 'up{job="${VAR_JOB}"} ${free}'}),
        panel("${DS_PROM}"),
    ],
    "links": [{"url": "/explore?ds=${DS_PROM}"}],
}  # fmt: skip


@pytest.mark.parametrize(("bound", "uid"), [(None, "prom"), (THEIRS, "theirs")])
def test_the_inputs_of_an_export_are_filled(bound, uid):
    made = shaped(dashboard(**EXPORT), datasource(), bound=bound)
    body, needs = made["dashboard", "d"]
    spec = body["spec"]
    assert not [name for name in spec if name.startswith("__")]
    first, second = spec["panels"]
    assert first["datasource"] == second["datasource"] == {"type": "prometheus", "uid": uid}
    assert first["targets"] == [
        {"datasource": {"type": "__expr__", "uid": "__expr__"}},
        {"expr": 'up{job="traefik"} ${free}'},
    ]
    assert spec["links"] == [{"url": f"/explore?ds={uid}"}]
    assert needs == ((("datasource", "prom"),) if bound is None else ())


@pytest.mark.parametrize(
    ("others", "count"),
    [
        ((), "no data source of it"),
        ((datasource(), datasource("two", "Two", default=False)), "2 data sources of it"),
    ],
)
def test_an_input_that_nothing_or_too_much_fits(others, count):
    (found,) = problems(dashboard(**EXPORT), *others)
    assert "${DS_PROM} wants a data source of type 'prometheus', and the project has " in found
    assert count in found
    assert "--datasource" in found


def test_all_inputs_that_nothing_fits_are_told_at_once():
    inputs = [*EXPORT["__inputs"], {"name": "X", "type": "constant"}]
    first, second = problems(dashboard(**{**EXPORT, "__inputs": inputs}))
    assert "${DS_PROM} wants" in first
    assert "the input ${X} has no value" in second


@pytest.mark.parametrize("known_as", ["postgres", "grafana-postgresql-datasource"])
@pytest.mark.parametrize("asked_as", ["postgres", "grafana-postgresql-datasource"])
def test_a_plugin_is_the_same_under_each_of_its_ids(known_as, asked_as):
    inputs = [{"name": "DS", "type": "datasource", "pluginId": asked_as}]
    export = {"__inputs": inputs, "panels": [panel("${DS}")]}
    assert (
        spec_of(dashboard(**export), datasource("pg", "Orders", known_as))["panels"][0]["datasource"]["uid"]
        == "pg"
    )
    theirs = Binding("theirs", known_as, "Theirs")
    asking = dashboard(panels=[panel({"type": asked_as})], __inputs=inputs)
    assert spec_of(asking, bound=theirs)["panels"][0]["datasource"]["uid"] == "theirs"
    body = {"name": "Orders", "uid": "pg", "jsonData": {}}
    assert canonical("datasource", {**body, "type": known_as}) == canonical(
        "datasource", {**body, "type": asked_as}
    )


def test_an_input_without_a_value():
    export = {"__inputs": [{"name": "VAR_X", "type": "constant"}]}
    assert "the input ${VAR_X} has no value" in problems(dashboard(**export))[0]


def test_other_kinds_of_definition_are_none_of_its_business():
    assert shape([Definition("rule-group", "a/b", b"{}", Place("rules/a.py"))], MODERN) == ()


# ── canonical bodies ─────────────────────────────────────────────────────────


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**63), 2**64 - 1),
    st.integers(-(2**53) - 2, 2**53 + 2).map(float),
    st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1, 1e16, 1e22, -1e300, 1e-7, 0.0, -0.0, 9.5]),
)
VALUES = st.recursive(NUMBERS | st.text() | st.sampled_from(["1.0,", "#e24d42", "e12]", "1234567890123456"]),
                      lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4))  # fmt: skip


@given(VALUES)
def test_numbers_are_looked_at_wherever_they_have_to_be(value):
    """Most bodies are spared the walk through their values; it would change nothing in them."""
    body = {"folderUid": "", "spec": {"title": "t", "x": value}}
    assert canonical("dashboard", body) == encode(_numbers(body))
    assert canonical("dashboard", decode(canonical("dashboard", body))) == canonical("dashboard", body)


def test_numbers_are_as_grafana_gives_them_back():
    sent = {
        "folderUid": "",
        "spec": {"a": 1.0, "b": 0.1, "c": 2**53 + 1, "d": -0.0, "e": 1e21, "f": True, "g": [3.0], "h": 2**63},
    }
    spec = decode(canonical("dashboard", sent))["spec"]
    assert spec == {"a": 1, "b": 0.1, "c": 2**53, "d": 0, "e": 1e21, "f": True, "g": [3], "h": 2**63}
    assert canonical("dashboard", {"folderUid": "", "spec": spec}) == canonical("dashboard", sent)


def test_marks_and_what_the_server_counts_take_no_part():
    plain = canonical("dashboard", {"folderUid": "f", "spec": {"title": "t"}})
    marked = {"title": "t", "id": 7, "version": 3, "tags": ["provision:me"]}
    assert canonical("dashboard", {"folderUid": "f", "spec": marked}) == plain
    tagged = canonical("dashboard", {"folderUid": "f", "spec": {"title": "t", "tags": ["a", "provision:me"]}})
    assert decode(tagged)["spec"]["tags"] == ["a"]
    assert decode(
        canonical("datasource", {"name": "n", "jsonData": {"provision": {"owner": "me"}, "a": 1}})
    ) == {"name": "n", "jsonData": {"a": 1}}
    assert decode(canonical("folder", {"title": "t", "parentUid": "", "description": ""})) == {
        "title": "t",
        "parentUid": "",
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_canonical_is_settled_after_one_go(spec):
    once = canonical("dashboard", {"folderUid": "", "spec": spec})
    assert canonical("dashboard", decode(once)) == once


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_without_references_a_dashboard_stays_as_it_is(spec):
    before = copy.deepcopy(spec)
    fields = {
        key: value
        for key, value in spec.items()
        if not key.startswith("__") and key not in ("uid", "title", "folder", "key")
    }
    fields.pop("elements", None)
    made = shape([dashboard(**fields)], MODERN)[0]
    assert made.body == canonical(
        "dashboard", {"folderUid": "", "spec": {**fields, "uid": "d", "title": "Title of d"}}
    )
    assert spec == before


CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public dashboards isn't here")
def test_public_dashboards_take_a_binding():
    left, count = [], 0
    for file in sorted(CORPUS.rglob("*.json")):
        try:
            spec = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if not isinstance(spec, dict) or "panels" not in spec or not spec.get("title") or "layout" in spec:
            continue
        inputs = [one for one in spec.get("__inputs") or () if one.get("type") == "datasource"]
        others = sorted({one["pluginId"] for one in inputs if one["pluginId"] != "prometheus"})
        own = [
            datasource(f"own-{kind}", f"Own {kind}", kind, default=False)
            for kind in others
            if kind not in ("__expr__", "grafana", "datasource")
        ]
        try:
            body = encode({"folder": "", "spec": spec})
        except TypeError:
            continue
        made = shape([Definition("dashboard", "d", body, Place(file.name)), *own], MODERN, datasource=THEIRS)
        count += 1
        text = made[0].body if made[0].kind == "dashboard" else made[-1].body
        left += [(file.name, one["name"]) for one in inputs if f"${{{one['name']}}}".encode() in text]
    assert count > 50
    assert left == []
