"""The schema that the project ships says no where Grafana would, and yes where a plug-in decides."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from grafanalib import core as G

from provision.compile.normalize import from_grafanalib
from provision.schemas import schema

VALIDATOR = jsonschema_rs.validator_for(schema("dashboard"))


def good() -> dict[str, Any]:
    return from_grafanalib(
        G.Dashboard(
            title="x",
            uid="x",
            links=[G.ExternalLink(uri="https://example.org", title="a")],
            templating=G.Templating(
                list=[G.Template(name="job", query="label_values(job)", dataSource="prom")]
            ),
            panels=[
                G.RowPanel(title="row"),
                G.TimeSeries(
                    title="a",
                    dataSource="prom",
                    targets=[G.Target(expr="up")],
                    mappings=[G.StatRangeMappings("low", 0, 1)],
                    overrides=[
                        {
                            "matcher": {"id": "byName", "options": "a"},
                            "properties": [{"id": "unit", "value": "s"}],
                        }
                    ],
                    transformations=[{"id": "merge", "options": {}}],
                    links=[G.DataLink(title="a", linkUrl="/b")],
                ),
            ],
        )
    )


def set_at(document: Any, path: str, value: Any) -> None:
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for parent in parents:
        document = document[parent]
    if value is KeyError:
        del document[last]
    else:
        document[last] = value


def test_it_is_a_valid_schema_and_accepts_what_normalize_makes() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("dashboard"))
    assert VALIDATOR.is_valid(good())


def test_there_is_no_schema_of_another_name() -> None:
    with pytest.raises(FileNotFoundError):
        schema("nothing")


PANEL = "panels/1"
WRONG: list[tuple[str, Any]] = [
    ("id", 5),
    ("version", 1),
    ("uid", "with space"),
    ("uid", "x" * 41),
    ("title", " "),
    ("title", KeyError),
    ("panels", KeyError),
    ("panels", {}),
    ("schemaVersion", "42"),
    ("schemaVersion", 99),
    ("graphTooltip", 5),
    ("refresh", 10),
    ("tags", "a"),
    ("time/to", KeyError),
    ("links/0/type", "page"),
    ("annotations/list/0/name", KeyError),
    ("templating/list/0/name", ""),
    ("templating/list/0/name", "two words"),
    ("templating/list/0/query", KeyError),
    ("templating/list/0/refresh", 7),
    ("templating/list/0/datasource", 5),
    (f"{PANEL}/id", KeyError),
    (f"{PANEL}/id", 0),
    (f"{PANEL}/id", "1"),
    (f"{PANEL}/type", KeyError),
    (f"{PANEL}/type", ""),
    (f"{PANEL}/gridPos/w", 25),
    (f"{PANEL}/gridPos/w", KeyError),
    (f"{PANEL}/gridPos/x", -1),
    (f"{PANEL}/gridPos/x", 24),
    (f"{PANEL}/gridPos/h", 0),
    (f"{PANEL}/gridPos/y", 0.5),
    (f"{PANEL}/gridPos/z", 1),
    (f"{PANEL}/targets", {}),
    (f"{PANEL}/targets/0", "up"),
    (f"{PANEL}/targets/0/refId", 1),
    (f"{PANEL}/datasource", ["prom"]),
    (f"{PANEL}/datasource/uid", 5),
    (f"{PANEL}/transformations/0/id", KeyError),
    (f"{PANEL}/transformations/0/options", "x"),
    (f"{PANEL}/links/0/title", 5),
    (f"{PANEL}/options", []),
    (f"{PANEL}/fieldConfig/defaults/thresholds/steps", ""),
    (f"{PANEL}/fieldConfig/defaults/thresholds/steps/0/color", KeyError),
    (f"{PANEL}/fieldConfig/defaults/thresholds/steps/0/value", "null"),
    (f"{PANEL}/fieldConfig/defaults/thresholds/mode", "relative"),
    (f"{PANEL}/fieldConfig/defaults/mappings/0/type", "values"),
    (f"{PANEL}/fieldConfig/defaults/mappings/0/options", KeyError),
    (f"{PANEL}/fieldConfig/defaults/decimals", "two"),
    (f"{PANEL}/fieldConfig/defaults/color/mode", 5),
    (f"{PANEL}/fieldConfig/overrides/0/matcher/id", KeyError),
    (f"{PANEL}/fieldConfig/overrides/0/properties", KeyError),
    (f"{PANEL}/fieldConfig/overrides/0/properties/0/id", KeyError),
    (f"{PANEL}/repeatDirection", "d"),
    ("panels/0/collapsed", "yes"),
    ("panels/0/panels", [{"type": "stat"}]),
]


@pytest.mark.parametrize(
    ("path", "value"),
    WRONG,
    ids=[f"{path}={getattr(value, '__name__', value)}"[:60] for path, value in WRONG],
)
def test_what_grafana_could_not_show_is_refused(path: str, value: Any) -> None:
    document = good()
    set_at(document, path, value)
    errors = list(VALIDATOR.iter_errors(document))
    assert errors
    where = "/".join(map(str, errors[0].instance_path))
    assert path.startswith(where) or where.startswith(path)


RIGHT: list[Callable[[dict[str, Any]], None]] = [
    lambda d: d["panels"][1].update(type="acme-funnel-panel", own={"x": 1}),
    lambda d: d["panels"][1]["options"].update(anything=[1, None]),
    lambda d: d["panels"][1]["fieldConfig"]["defaults"]["custom"].update(anything=None),
    lambda d: d["panels"][1]["targets"][0].update(anything={"x": None}),
    lambda d: d["panels"][1].update(datasource=None),
    lambda d: d["panels"][1].update(datasource="${DS_PROM}"),
    lambda d: d["panels"][1]["fieldConfig"]["defaults"].update(
        mappings=[{"type": 1, "value": "1", "text": "one"}]
    ),
    lambda d: d["panels"][1].update(type="library-panel-ref", libraryPanel={"uid": "x", "name": "X"}),
    lambda d: d.update(liveNow=True, __inputs=[{"name": "DS_PROM"}], weekStart="monday"),
    lambda d: d.update(panels=[], rows=[{"panels": [{"type": "graph", "gridPos": {}}]}]),
    lambda d: d["templating"]["list"].append({"type": "switch", "name": "s"}),
]


@pytest.mark.parametrize("change", RIGHT)
def test_what_a_plug_in_or_an_older_file_may_hold_is_accepted(
    change: Callable[[dict[str, Any]], None],
) -> None:
    document = copy.deepcopy(good())
    change(document)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
