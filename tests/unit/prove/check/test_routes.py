"""Where the routing tree leads an alert of which not all labels are known."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provision.promql.labels import Labels
from provision.prove.check.routes import AlertLabels, ends, is_sound
from support.servers import require

TREE = {
    "receiver": "root",
    "routes": [
        {"receiver": "pages", "matchers": ['severity="page"'], "continue": True},
        {
            "receiver": "shop",
            "match": {"team": "shop"},
            "routes": [{"receiver": "tills", "match_re": {"job": "till.*"}}, {"matchers": ['quiet="yes"']}],
        },
        {"receiver": "rest", "matchers": ['severity!~"page|ticket"', 'team!="platform"']},
    ],
}
ALL_KNOWN = Labels(possible=frozenset())


def receivers(
    known: dict[str, str], unknown: tuple[str, ...] = (), series: Labels = ALL_KNOWN, tree: Any = TREE
) -> set[str]:
    return {end.receiver for end in ends(tree, AlertLabels(known, frozenset(unknown), series))}


CASES = [
    ({}, {"rest"}),
    ({"severity": "page"}, {"pages"}),
    ({"severity": "ticket"}, {"root"}),
    ({"severity": "page", "team": "shop"}, {"pages", "shop"}),
    ({"team": "shop", "job": "till7"}, {"tills"}),
    ({"team": "shop", "job": "at till7"}, {"shop"}),
    ({"team": "shop", "quiet": "yes"}, {"shop"}),
    ({"team": "platform"}, {"root"}),
]


@pytest.mark.parametrize(("labels", "wanted"), CASES)
def test_where_all_labels_are_known(labels: dict[str, str], wanted: set[str]) -> None:
    assert receivers(labels) == wanted


def test_amtool_leads_them_to_the_same(tmp_path: Path) -> None:
    tool = require("amtool")
    names = ["root", "pages", "shop", "tills", "rest"]
    config = tmp_path / "alertmanager.yml"
    config.write_text(json.dumps({"route": TREE, "receivers": [{"name": name} for name in names]}))
    for labels, wanted in CASES:
        words = [f"{name}={value}" for name, value in labels.items()]
        asked = [str(tool), "config", "routes", "test", f"--config.file={config}", *words]
        said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=30)
        assert set(said.stdout.strip().split(",")) == wanted


def test_a_label_that_is_not_known_may_lead_anywhere() -> None:
    assert receivers({"team": "platform"}, ("severity",)) == {"pages", "root"}
    assert receivers({"severity": "page"}, (), Labels()) == {"pages", "shop", "tills"}


def test_what_the_expression_tells_of_the_series() -> None:
    assert receivers(
        {"severity": "ticket"}, (), Labels(values={"team": "shop"}, possible=frozenset({"team"}))
    ) == {"shop"}
    assert receivers({"severity": "ticket"}, (), Labels(impossible=frozenset({"team"}))) == {"root"}


def test_labels_that_grafana_adds_are_not_known() -> None:
    tree = {
        "receiver": "root",
        "routes": [{"receiver": "shop", "object_matchers": [["grafana_folder", "=", "Shop"]]}],
    }
    assert receivers({}, tree=tree) == {"root", "shop"}


@pytest.mark.parametrize("matcher", ['a"', 'team=~"("', 'team=~"(?i)[[:alpha:]]{1001}"'])
def test_matchers_that_can_not_be_read_may_hold(matcher: str) -> None:
    tree = {"receiver": "root", "routes": [{"receiver": "shop", "matchers": [matcher]}]}
    assert "root" in receivers({"team": "a"}, tree=tree)


def test_routes_that_name_the_alert() -> None:
    tree = {
        "receiver": "root",
        "routes": [{"matchers": ['alertname="Watchdog"'], "routes": [{"matchers": ['a="b"']}]}],
    }
    found = ends(tree, AlertLabels({"alertname": "Watchdog", "a": "b"}, frozenset(), ALL_KNOWN))
    assert [end.names_alert for end in found] == [True]


@pytest.mark.parametrize(
    "tree",
    [
        None,
        "a",
        {"routes": ["a"]},
        {"routes": {"a": "b"}},
        {"routes": [{"matchers": "a"}]},
        {"match": ["a"]},
        {"match_re": "a"},
        {"object_matchers": [["a", "="]]},
        {"object_matchers": 5},
    ],
)
def test_trees_that_are_not_sound(tree: object) -> None:
    assert not is_sound(tree)


def test_sound_trees() -> None:
    assert is_sound(TREE)
    assert is_sound({"routes": None, "object_matchers": [["a", "=", "b"]], "receiver": 5})
