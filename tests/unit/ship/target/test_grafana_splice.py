"""What is put together as bytes is what encoding would give; whatever is unusual is left to decoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.client.grafana_resource import Api
from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import DASHBOARD
from provision.model import decode, encode
from provision.ship.target.grafana_splice import pieces, request

TEXTS = st.text() | st.sampled_from(
    ['a"b', "\\", '","uid":"x"', "}", '{"title":"x"', '"title":"x"}}', '\\\\"title']
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "uid", "spec", "folderUid"]) | TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)
SPECS = st.fixed_dictionaries(
    {"title": TEXTS, "uid": st.sampled_from(["a", "b-c"])},
    optional={
        "panels": VALUES,
        "weekStart": VALUES,
        "timezone": TEXTS,
        "version": VALUES,
        "zoom": VALUES,
        "tags": VALUES,
    },
)


@given(SPECS, TEXTS)
def test_what_is_cut_out_is_what_decoding_finds(spec, folder):
    body = canonical(DASHBOARD, {"folderUid": folder, "spec": spec})
    cut = pieces(body)
    if cut is not None:
        held = decode(body)
        assert (cut.folder_uid, cut.title) == (held["folderUid"], held["spec"].pop("title"))
        assert held["spec"].pop("uid") == spec["uid"]
        assert decode(cut.spec) == {**held["spec"], "title": cut.title}
        assert cut.spec == encode({**held["spec"], "title": cut.title})


def test_a_usual_dashboard_is_not_decoded():
    spec = {"uid": "a", "title": 'Say "hi"', "panels": [{"title": "b", "uid": "c"}], "weekStart": "monday"}
    cut = pieces(canonical(DASHBOARD, {"folderUid": "f", "spec": spec}))
    assert cut is not None
    assert (cut.folder_uid, cut.title) == ("f", 'Say "hi"')
    metadata = {"name": "a", "annotations": {"x": "y"}}
    api = Api("dashboard.grafana.app", "v0alpha1", "dashboards", "Dashboard")
    made = request(api, metadata, cut.spec)
    del spec["uid"]
    assert made == encode(
        {
            "apiVersion": "dashboard.grafana.app/v0alpha1",
            "kind": "Dashboard",
            "metadata": metadata,
            "spec": spec,
        }
    )


@pytest.mark.parametrize("body", [
    {"folderUid": "", "schema": "v2beta1", "spec": {"title": "a"}},
    {"folderUid": "", "spec": {"title": "a", "uid": "a"}, "storedVersion": "v2beta1"},
    {"folderUid": "", "spec": {"title": "a", "uid": "a", "zoom": {"title": "b"}}},
    {"folderUid": "", "spec": {"title": 5, "uid": "a"}},
    {"folderUid": "", "spec": {"uid": "a"}},
    {"folderUid": "", "spec": {"title": "a"}},
    {"parentUid": "", "title": "a"},
    {},
])  # fmt: skip
def test_what_is_unusual_is_left_to_decoding(body):
    assert pieces(encode(body)) is None
