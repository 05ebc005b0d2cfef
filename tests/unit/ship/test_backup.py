from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.model import Action, Live, Plan, Verb, encode
from provision.ship.backup import backup_json, keep


def deletion(kind: str, key: str, body: object, title: str = "") -> Action:
    return Action(Verb.DELETE, kind, key, None, Live(kind, key, encode(body), title=title))


FOLDER = deletion("folder", "f", {"title": "Sales", "parentUid": ""}, "Sales")
ORDERS = deletion("dashboard", "o", {"folderUid": "f", "spec": {"title": "Orders", "uid": "o"}}, "Orders")
SOURCE = deletion(
    "datasource",
    "prom",
    {
        "name": "Prom",
        "uid": "prom",
        "jsonData": {"customQueryParameters": "token=hush"},
        "secure": {"password": {"source": "env", "name": "TOKEN"}},
    },
    "Prom",
)
RULES = deletion("rule-file", "shop.yml", {"groups": [{"name": "g", "rules": []}]})


def test_each_resource_is_the_source_that_makes_it() -> None:
    plans = [Plan("grafana", "shop", (ORDERS, SOURCE, FOLDER)), Plan("prometheus", "shop", (RULES,))]
    document = json.loads(backup_json(plans) or b"")
    sources = {one["path"]: one["content"] for target in document["targets"] for one in target["sources"]}
    assert sources == {
        "dashboards/Sales/Orders.json": {"title": "Orders", "uid": "o"},
        "provisioning/grafana/datasource/Prom.json": {
            "kind": "datasource",
            "spec": {
                "name": "Prom",
                "uid": "prom",
                "jsonData": {"customQueryParameters": "(secret)"},
                "secure": {"password": {"source": "env", "name": "TOKEN"}},
            },
        },
        "provisioning/grafana/folder/Sales.json": {
            "kind": "folder",
            "spec": {"path": "Sales", "uid": "f", "title": "Sales"},
        },
        "rules/shop.yml": {"groups": [{"name": "g", "rules": []}]},
    }


def test_nothing_is_kept_where_nothing_is_deleted(tmp_path: Path) -> None:
    kept = Action(Verb.KEEP, "folder", "f", None, FOLDER.live)
    assert keep([Plan("grafana", "shop", (kept,))], tmp_path, None) is None
    assert list(tmp_path.iterdir()) == []


def test_a_backup_never_takes_the_place_of_another(tmp_path: Path) -> None:
    plans = [Plan("grafana", "shop", (ORDERS,))]
    files = {keep(plans, tmp_path, None) for _ in range(3)}
    assert len(files) == 3
    assert (tmp_path / ".provision/backup/.gitignore").read_text() == "*\n"


def test_what_cannot_be_kept_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ProvisionError, match="what is to be deleted can't be kept: .*, so nothing was written"
    ):
        keep([Plan("grafana", "shop", (ORDERS,))], tmp_path, tmp_path / "file" / "backup.json")
