from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, other, panel

CHOICE = {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]}
BERLIN = other("datasource", "berlin", name="Berlin", uid="berlin", type="prometheus")
LOGS = other("datasource", "logs", name="Logs", uid="logs", type="loki")


def told(*panels: dict[str, Any], choice: Any = CHOICE, **checks: Any) -> list[tuple[str, str]]:
    said = found(dashboard(*panels, templating=choice), BERLIN, LOGS, ids={"panel-datasource"}, checks=checks)
    return [(each.message, each.remedy) for each in said]


@pytest.mark.parametrize("source", ["berlin", "Berlin", {"type": "prometheus", "uid": "elsewhere"}])
def test_a_panel_that_always_asks_the_same_is_told(source: Any) -> None:
    ((message, remedy),) = told(panel("up", datasource=source))
    assert message.endswith(", whichever data source is chosen")
    assert remedy == "ask ${datasource}"


def test_so_is_one_whose_query_does() -> None:
    target = {"refId": "A", "expr": "up", "datasource": {"type": "prometheus", "uid": "berlin"}}
    assert told({"title": "A", "datasource": "$datasource", "targets": [target]})


@pytest.mark.parametrize(
    "source",
    ["$datasource", {"uid": "${datasource}"}, "logs", "-- Mixed --", {"type": "loki", "uid": "x"}, 7],
)
def test_a_chosen_one_and_those_of_other_plug_ins_are_well_asked(source: Any) -> None:
    assert told(panel("up", datasource=source)) == []


def test_where_nothing_can_be_chosen_nothing_is_said_unless_it_is_asked() -> None:
    assert told(panel("up", datasource="berlin"), choice={}) == []
    ((message, remedy),) = told(
        panel("up"), panel("up", type="heatmap"), choice={}, **{"panel-datasource": {"required": True}}
    )
    assert message == "it asks the default data source, whichever data source is chosen"
    assert remedy == "add a variable of type datasource, and ask that"


def test_required_takes_only_a_variable_of_type_datasource() -> None:
    required = {"panel-datasource": {"required": True}}
    assert told(panel("up", datasource="$datasource"), **required) == []
    assert told(panel("up", datasource="-- Mixed --"), **required)


def test_a_variable_is_asked_even_if_an_import_asks_for_its_value_too() -> None:
    inputs = [{"name": "datasource", "type": "datasource", "pluginId": "prometheus"}]
    shop = dashboard(panel("up", datasource="berlin"), templating=CHOICE, __inputs=inputs)
    assert found(shop, BERLIN, ids={"panel-datasource"})
