"""What library panels ask in the dashboards that show them."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.kinds import LIBRARY_PANEL
from provision.model import Part
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.references import speaks_promql
from provision.prove.verify.planning import Source, opened
from provision.prove.verify.servers import Known
from provision.prove.verify.verdicts import Asked


def of_library_panels(dashboard: Dashboard, estate: Estate, known: Known, source: Source) -> list[Asked]:
    """The expressions of the library panels that a dashboard shows, with the values of its variables.

    Raises:
        Unreachable, NotAllowed: the server, which has the values of variables, can't be asked.
    """
    library = {definition.key: (definition, body) for definition, body in estate.of(LIBRARY_PANEL)}
    shown = [(pointer, library[uid]) for pointer, uid in _shown(dashboard) if uid in library]
    if not shown:
        return []
    now = opened(dashboard, known, source)
    asked = []
    for pointer, (definition, body) in shown:
        model = body["model"]
        for at, target in objects(model.get("targets"), "/model/targets"):
            text = text_of(target, "expr")
            datasource = target.get("datasource") or model.get("datasource")
            if not text.strip() or not speaks_promql(datasource, text, dashboard.variables, estate.sources):
                continue
            expr, name, hollow = now.asked(text, pointer, model, target)
            asked.append(
                Asked(
                    dashboard.subject,
                    f'library panel "{text_of(body, "name")}", query {text_of(target, "refId") or "?"}',
                    estate.place(definition, f"{at}/expr", 1),
                    Part(definition.kind, definition.key, f"{at}/expr", definition.place.path),
                    text,
                    expr,
                    now.window_seconds,
                    name,
                    hollow=hollow,
                )
            )
    return asked


def _shown(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    """Pointer and uid of each library panel that a dashboard shows."""
    for panel in dashboard.panels:
        if uid := text_of(panel.body.get("libraryPanel"), "uid"):
            yield panel.pointer, uid
    elements = dashboard.spec.get("elements") if dashboard.is_v2 else None
    for name, element in elements.items() if isinstance(elements, dict) else ():
        held = element.get("spec") if isinstance(element, dict) else None
        if uid := text_of(held.get("libraryPanel") if isinstance(held, dict) else None, "uid"):
            yield f"/spec/elements/{name.replace('~', '~0').replace('/', '~1')}", uid
