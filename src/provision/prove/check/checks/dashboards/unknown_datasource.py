"""Every data source that a dashboard asks is one the project defines, a variable, or Grafana's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import JSON, Finding
from provision.promql.variables import names
from provision.prove.check import v2
from provision.prove.check.bodies import objects, suggestion, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.references import BUILT_IN, reference
from provision.prove.check.together import Thing, together

ID = "unknown-datasource"

_OF_THE_PROJECT: Final = (
    "define it with Datasource(…), use a variable of type datasource, or bind the dashboards to one that is already there: "
    "[tool.provision] datasource"
)
_OF_A_GUEST: Final = "use a variable of type datasource, so that whoever imports it chooses one"


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Data sources that nobody defines; one finding for each, at the first place."""
    if estate.project.setting("datasource", str, ""):
        return  # every dashboard is bound to that one
    known = estate.sources.plugins
    asked: dict[str, list[Thing]] = {}
    for pointer, what, datasource in _asked(dashboard):
        name = reference(datasource)
        if name and name not in known and name not in BUILT_IN and not names(name):
            asked.setdefault(name, []).append((pointer, what))
    is_guest = estate.is_guest(dashboard.definition)
    for name, uses in asked.items():
        message = f"no source defines the data source {name!r}"
        remedy = suggestion(name, known) or (_OF_A_GUEST if is_guest else _OF_THE_PROJECT)
        yield from together(estate, ID, "warning" if is_guest else "error", dashboard, uses, message, remedy)


def _asked(dashboard: Dashboard) -> Iterator[tuple[str, str, JSON]]:
    """Pointer, what asks, and the `datasource` field."""
    if dashboard.is_v2:
        for query in v2.queries(dashboard):
            yield f"{query.pointer}/datasource/name", query.what, query.datasource
        return
    for panel in dashboard.panels:
        if "datasource" in panel.body:
            yield f"{panel.pointer}/datasource/uid", panel.subject, panel.body["datasource"]
        for pointer, target in objects(panel.body.get("targets"), f"{panel.pointer}/targets"):
            if "datasource" in target:
                what = f"{panel.subject}, query {text_of(target, 'refId') or '?'}"
                yield f"{pointer}/datasource/uid", what, target["datasource"]
    for name, (position, variable) in dashboard.variables.items():
        if position >= 0:
            yield (
                f"/spec/templating/list/{position}/datasource/uid",
                f"variable ${name}",
                variable.get("datasource"),
            )
    annotations = dashboard.spec.get("annotations")
    listed = annotations.get("list") if isinstance(annotations, dict) else None
    for pointer, annotation in objects(listed, "/spec/annotations/list"):
        yield (
            f"{pointer}/datasource/uid",
            f'annotation "{text_of(annotation, "name")}"',
            annotation.get("datasource"),
        )
