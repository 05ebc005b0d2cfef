"""Rule groups in Prometheus' terms to Grafana's: one alert for two engines.

In Prometheus every series that an alert's expression returns fires, whatever its value; in Grafana a value of 0 is
normal, and no series at all is a state of its own. So an alert becomes the query A, and the expression B that is 1
for every value, 0, NaN and infinity alike; what returns nothing is OK. All of it was seen on Grafana 12.4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from provision.author.durations import seconds
from provision.compile.dialect.grafana_alert_texts import Untranslatable, names_all_labels, translated
from provision.compile.dialect.grafana_remarks import Said
from provision.compile.dialect.grafana_rule_uids import Identity, uids
from provision.compile.dialect.grafana_rules import STEP_SECONDS
from provision.promql.metric_name import keeps_name
from provision.promql.names import selectors

Body = dict[str, Any]

FIRES: Final = "!is_null($A)"
"""1 for every value there is. It names A once: where an expression names it twice (`is_number($A) || is_nan($A) || …`),
Grafana joins the series of A whose labels hold another's, and calls their alerts duplicates."""
_RANGE_SECONDS: Final = 600
"""What Grafana's own page writes; an instant query looks at its end only."""

_OF_AN_ALERT: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


def translate_group(
    group: Body, folder: str, datasource: str, interval: float
) -> tuple[Body, tuple[Said, ...]]:
    """The body of a `grafana-rule-group` definition, and what isn't carried over.

    Args:
        group: as Prometheus writes a group.
        folder: the path of its folder.
        datasource: uid of the data source that is asked.
        interval: seconds between evaluations when the group says none.
    """
    said: list[Said] = []
    offset = _offset(group, said)
    rules = []
    for number, written in enumerate(group.get("rules") or ()):
        rule = {**written, "labels": {**_mapping(group.get("labels")), **_mapping(written.get("labels"))}}
        rules.append((rule, _rule(rule, f"/group/rules/{number}", datasource, offset, said)))
    if group.get("limit"):
        what = "Grafana has no limit of series, and evaluates without one"
        said.append(Said("warning", "/group/limit", what))
    named = [Identity.of(rule) for rule, _ in rules]
    body = {
        "folder": folder,
        "title": group["name"],
        "interval": _interval(group, interval, said),
        "rules": [{**rule, "uid": uid} for (_, rule), uid in zip(rules, uids(folder, group["name"], named), strict=True)],
    }  # fmt: skip
    return body, tuple(said)


def _interval(group: Body, usual: float, said: list[Said]) -> int:
    """Seconds, rounded up to what Grafana's scheduler can do."""
    written = group.get("interval")
    try:
        wanted = usual if written is None else seconds(str(written))
    except ValueError:
        what = f"interval must be a duration such as 1m, not {written!r}"
        said.append(Said("error", "/group/interval", what))
        return STEP_SECONDS
    rounded = max(math.ceil(wanted / STEP_SECONDS), 1) * STEP_SECONDS
    if rounded != wanted:
        own = written is not None
        what = f"its interval of {written}" if own else f"the evaluation interval of {wanted:g}s"
        what = f"Grafana evaluates it every {rounded} s: {what} isn't a multiple of {STEP_SECONDS} s"
        said.append(Said("warning" if own else "info", "/group/interval" if own else "/group", what))
    return rounded


def _offset(group: Body, said: list[Said]) -> int:
    written = group.get("query_offset")
    try:
        return math.ceil(seconds(str(written))) if written else 0
    except ValueError:
        what = f"query_offset must be a duration such as 1m, not {written!r}"
        said.append(Said("error", "/group/query_offset", what))
        return 0


def _rule(rule: Body, pointer: str, datasource: str, offset: int, said: list[Said]) -> Body:
    expr = str(rule.get("expr") or "")
    labels = _texts(rule["labels"], f"{pointer}/labels", said)
    if "record" in rule:
        record = {"metric": rule["record"], "from": "A", "target_datasource_uid": datasource}
        data = [_query(expr, datasource, offset)]
        return _filled({"title": rule["record"], "record": record, "data": data, "labels": labels})
    for name in sorted({str(found.name) for found in selectors(expr)} & _OF_AN_ALERT):
        what = f"it reads {name}, which Grafana doesn't write for the alerts it evaluates"
        said.append(Said("warning", f"{pointer}/expr", what, "write it without, or leave it to a Prometheus"))
    asked = f'label_replace({expr}, "__name__", "", "", "")' if keeps_name(expr) else expr
    return _filled(
        {
            "title": rule.get("alert"),
            "condition": "B",
            "data": [
                _query(asked, datasource, offset),
                {"refId": "B", "datasourceUid": "__expr__", "model": {"type": "math", "expression": FIRES}},
            ],
            # As in Prometheus: without a result nothing fires, a query that fails changes nothing, and a series
            # that is gone is over at once.
            "noDataState": "OK",
            "execErrState": "KeepLast",
            "missingSeriesEvalsToResolve": 1,
            "for": rule.get("for"),
            "keep_firing_for": rule.get("keep_firing_for"),
            "labels": labels,
            "annotations": _texts(_mapping(rule.get("annotations")), f"{pointer}/annotations", said),
        }
    )


def _query(expr: str, datasource: str, offset: int) -> Body:
    return {
        "refId": "A",
        "datasourceUid": datasource,
        "relativeTimeRange": {"from": _RANGE_SECONDS + offset, "to": offset},
        "model": {"expr": expr, "instant": True, "range": False, "editorMode": "code"},
    }


def _texts(texts: Mapping[str, Any], pointer: str, said: list[Said]) -> dict[str, str]:
    """Labels or annotations in Grafana's terms; empty ones go, as they do in Prometheus."""
    result = {}
    for name, value in texts.items():
        text = _plain(value)
        try:
            changed = translated(text)
        except Untranslatable as error:
            said.append(Said("error", f"{pointer}/{name}", f"{name}: {error}"))
            continue
        if names_all_labels(text):
            what = f"{name}: it prints all labels, to which Grafana adds its own"
            said.append(Said("info", f"{pointer}/{name}", what))
        if changed:
            result[name] = changed
    return result


def _plain(value: object) -> str:
    """A label as Prometheus takes it from its file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _filled(rule: Body) -> Body:
    return {name: value for name, value in rule.items() if value is not None and value != {}}
