"""Definitions to what a Grafana holds: folders, data sources, dashboards, library panels, alerting.

| kind | key | body |
| --- | --- | --- |
| `folder` | uid | `{"title", "parentUid"}`, and `"description"` if it has one |
| `datasource` | uid | as the definition; `secure` holds references, never values |
| `library-panel` | uid | `{"folderUid", "name", "model"}` |
| `dashboard` | uid | `{"folderUid", "spec"}`, and `"schema"`, such as `v2beta1`, if it is of the second generation |
| `template`, `mute-timing` | name | as the definition |
| `contact-point` | name | as the definition, every integration with its uid |
| `policy` | `root` | `{"routes"}`, and `"root"` if the root is this project's |
| `grafana-rule-group` | FOLDERUID/TITLE | `{"folderUid", "title", "interval", "rules"}` |

On a Grafana that evaluates the project's rules (`GrafanaSettings.alerting`) the definitions that others write for
Prometheus and Alertmanager become these kinds first: `grafana_translation`.

A Grafana without nested folders gets a nested folder at its root, with its parents' titles before its own:
`Traefik / Edge`. What Grafana would take and silently break is refused here, before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.catalogue.plugin_ids import former_id
from provision.compile.dialect import (
    grafana_canonical,
    grafana_dashboards,
    grafana_own,
    grafana_rules,
    grafana_v2,
)
from provision.compile.dialect import grafana_translation as translation
from provision.compile.dialect.grafana_around import Around, around, panels_used
from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.dialect.grafana_sources import Binding, Broken, Sources
from provision.compile.dialect.grafana_taken import taken
from provision.compile.dialect.grafana_thresholds import with_base_values
from provision.compile.keys import UID
from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER, GRAFANA_RULE_GROUP, LIBRARY_PANEL, POLICY
from provision.errors import Problem, SourceErrors
from provision.model import JSON, Definition, Resource, decode, encode

__all__ = ["MARK", "TAG", "Binding", "GrafanaDialect", "GrafanaSettings", "canonical", "shape"]

TAG: Final = "provision:"
"""What the tag starts with that marks a dashboard on a server that keeps no manager with it."""

MARK: Final = "provision"
"""The field of a data source's `jsonData` that holds its mark."""

_COUNTED_BY_THE_SERVER: Final = ("id", "version")
_EXACT_INTEGERS: Final = 2**53
_WHOLE: Final = re.compile(rb"\.0[,}\]]")
_EXPONENT: Final = re.compile(rb"e\+?[0-9]+[,}\]]")
_DIGITS: Final = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else 0 for byte in range(256))
_LONG: Final = b"0" * len(str(_EXACT_INTEGERS))
_INTEGERS: Final = 2.0**63
_USUAL: Final = GrafanaSettings()


@dataclass(frozen=True, slots=True)
class GrafanaDialect:
    """What one Grafana understands. Everything that differs between servers is decided from these.

    Attributes:
        version: as the server says it, such as `12.4.0`; for messages only.
        dashboard_api: the version of `dashboard.grafana.app` to use, such as `v0alpha1`; None: the classic API.
        folder_api: the version of `folder.grafana.app` to use; None: the classic API.
        nested_folders: whether a folder can lie in another.
        namespace: the organisation, as the resource API names it.
        alerting: whether it has Grafana's own alerting, and lets it be provisioned.
        v2_api: the version of `dashboard.grafana.app` for dashboards of the second generation, such as
            `v2beta1`; None: it takes none.
    """

    version: str = ""
    dashboard_api: str | None = "v0alpha1"
    folder_api: str | None = "v1beta1"
    nested_folders: bool = True
    namespace: str = "default"
    alerting: bool = True
    v2_api: str | None = None


def shape(
    definitions: Iterable[Definition],
    dialect: GrafanaDialect,
    *,
    datasource: Binding | None = None,
    settings: GrafanaSettings = _USUAL,
) -> tuple[Resource, ...]:
    """The resources that a Grafana of this dialect is to hold.

    Args:
        datasource: a data source of the server that takes the place of the project's own of that type; those
            are left out then, and everything in the dashboards that points to them points to it.
        settings: what the project says of its Grafanas.

    Raises:
        SourceErrors: something in them would be refused by Grafana, or taken and broken; all of it is listed.
    """
    translated = translation.translate(
        tuple(definitions), settings, datasource, nested_folders=dialect.nested_folders
    )
    given = translated.definitions
    problems: list[Problem] = list(translated.problems)
    folders = {found.key: (found, decode(found.body)) for found in given if found.kind == FOLDER}
    sources = Sources(
        {found.key: decode(found.body) for found in given if found.kind == DATASOURCE}, datasource
    )
    resources: list[Resource] = []
    beside = around(given, datasource)
    for definition in given:
        try:
            if definition.kind == FOLDER:
                resources.append(_folder(definition, folders, dialect))
            elif definition.kind == DATASOURCE and not sources.is_bound(definition.key):
                resources.append(_datasource(definition, datasource))
            elif definition.kind == DASHBOARD:
                resources.append(_dashboard(definition, folders, sources, beside.library_panels, dialect))
            elif definition.kind == GRAFANA_RULE_GROUP:
                problems.extend(
                    faults_of(definition, beside, settings, written=definition.key not in translated.groups)
                )
                resources.append(_rule_group(definition, beside))
            elif definition.kind == POLICY:
                shaped = grafana_own.policy(
                    definition.key, decode(definition.body), beside, with_root=settings.own_policy_tree
                )
                resources.append(_resource(definition, definition.key, shaped))
            elif definition.kind in grafana_own.SHAPERS:
                shaped = grafana_own.SHAPERS[definition.kind](definition.key, decode(definition.body), beside)
                resources.append(_resource(definition, definition.key, shaped))
        except Broken as error:
            place = definition.place
            problems.extend(Problem(place.path, place.line, str(said)) for said in error.args)
    problems.extend(
        taken(resources, titles=dialect.dashboard_api is None, folder_titles=dialect.folder_api is None)
    )
    if problems:
        raise SourceErrors(tuple(problems))
    return tuple(resources)


def faults_of(
    definition: Definition, beside: Around, settings: GrafanaSettings, *, written: bool
) -> Iterator[Problem]:
    """What Grafana would refuse of a rule group, or take and never evaluate.

    Args:
        written: whether the rules are written as Grafana's own; of an alert in Prometheus' terms there may be several
            of one name.
    """
    body = decode(definition.body)
    found = [*grafana_rules.faults(body, beside, settings.features if written else None)]
    if written:
        found.extend(grafana_rules.titles_taken(body))
    for pointer, message in found:
        place = definition.place_of(pointer)
        yield Problem(place.path, place.line, message)


def canonical(kind: str, body: JSON) -> bytes:
    """The bytes by which two bodies of a kind are compared, whoever made them: without what a server counts
    or fills in, without marks, and with numbers as Grafana gives them back (1.0 is 1)."""
    if kind == DASHBOARD:
        second = body.get("schema")
        spec = grafana_v2.settled(body["spec"], second) if second else _spec(body["spec"])
        body = {**body, "spec": spec}
    elif kind == DATASOURCE:
        data = {name: value for name, value in (body.get("jsonData") or {}).items() if name != MARK}
        body = {name: value for name, value in body.items() if value or name in _DATASOURCE_FIELDS}
        body["jsonData"] = data
        if "type" in body:
            body["type"] = former_id(body["type"])
    elif kind == FOLDER:
        body = {name: value for name, value in body.items() if value or name in ("title", "parentUid")}
    else:
        body = grafana_canonical.settle(kind, body)
    content = encode(body)
    return encode(_numbers(body)) if _may_be_rewritten(content) else content


_DATASOURCE_FIELDS: Final = frozenset({
    "name", "uid", "type", "url", "access", "isDefault", "basicAuth", "basicAuthUser", "secure",
})  # fmt: skip


def _spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    result = with_base_values(
        {name: value for name, value in spec.items() if name not in _COUNTED_BY_THE_SERVER}
    )
    tags = result.get("tags")
    if isinstance(tags, list):
        result["tags"] = [tag for tag in tags if not (isinstance(tag, str) and tag.startswith(TAG))]
    if not result.get("tags"):
        result.pop("tags", None)
    return result


def _may_be_rewritten(content: bytes) -> bool:
    """Whether `_numbers` may change something of what these bytes hold: it walks through every value, which takes
    longer than all the rest, and hardly any dashboard has such a number. A text that looks like one only costs
    the walk."""
    return (
        _WHOLE.search(content) is not None
        or _EXPONENT.search(content) is not None
        or _LONG in content.translate(_DIGITS)
    )


def _numbers(value: Any) -> Any:
    """Grafana keeps every number as a 64-bit float and writes it as short as it can."""
    if isinstance(value, dict):
        return {name: _numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _INTEGERS:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT_INTEGERS:
        return _numbers(float(value)) if abs(float(value)) < _INTEGERS else float(value)
    return value


def _folder(
    definition: Definition, folders: Mapping[str, tuple[Definition, dict[str, Any]]], dialect: GrafanaDialect
) -> Resource:
    body = decode(definition.body)
    parent = body["parent"]
    if parent and parent not in folders:
        raise Broken(f"folder {body['title']!r} lies in {parent!r}, which is no folder of this project")
    _check_uid(body["uid"])
    _check_title(body["title"], "a folder")
    parent_uid = folders[parent][1]["uid"] if parent else ""
    if dialect.nested_folders:
        shaped = {"title": body["title"], "parentUid": parent_uid}
        needs = ((FOLDER, parent_uid),) if parent_uid else ()
    else:
        titles = [body["title"]]
        while parent:
            titles.append(folders[parent][1]["title"])
            parent = folders[parent][1]["parent"]
            if parent and parent not in folders:
                raise Broken(
                    f"folder {body['title']!r} lies in {parent!r}, which is no folder of this project"
                )
        shaped, needs = {"title": " / ".join(reversed(titles)), "parentUid": ""}, ()
    if body.get("description") and dialect.folder_api is not None:
        shaped["description"] = body["description"]
    return Resource(FOLDER, body["uid"], canonical(FOLDER, shaped), (definition.place,), needs)


def _datasource(definition: Definition, bound: Binding | None) -> Resource:
    body = decode(definition.body)
    _check_uid(body["uid"])
    if not body["name"]:
        raise Broken("a data source has no name")
    if bound is not None and bound.name == body["name"]:
        raise Broken(
            f"the data source {body['name']!r} has the name of the one that the dashboards are bound to, "
            f"which is of type {bound.type!r}; rename it or leave --datasource out"
        )
    if MARK in body["jsonData"]:
        raise Broken(f"jsonData of data source {body['name']!r}: the field {MARK!r} is the toolkit's own")
    return Resource(DATASOURCE, body["uid"], canonical(DATASOURCE, body), (definition.place,))


def _dashboard(
    definition: Definition,
    folders: Mapping[str, tuple[Definition, dict[str, Any]]],
    sources: Sources,
    library_panels: frozenset[str],
    dialect: GrafanaDialect,
) -> Resource:
    body = decode(definition.body)
    name = f"dashboard {body['spec'].get('title') or definition.key!r}"
    _check_uid(definition.key)
    _check_title(body["spec"].get("title"), "a dashboard")
    path = body["folder"]
    if path and path not in folders:
        raise Broken(f"{name} lies in {path!r}, which is no folder of this project")
    folder_uid = folders[path][1]["uid"] if path else ""
    used: frozenset[str] = frozenset()
    content: dict[str, Any]
    if body.get("exact") and body.get("schema") in (None, dialect.v2_api):
        content = {part: body[part] for part in ("schema", "spec") if part in body}
    elif "schema" in body:
        content, used = grafana_dashboards.second(name, body, sources, dialect.v2_api)
    else:
        content, used = grafana_dashboards.classic(name, definition.key, body["spec"], sources)
    needs = [(FOLDER, folder_uid)] if folder_uid else []
    needs += [(DATASOURCE, uid) for uid in sorted(used)]
    if library_panels and b'"libraryPanel"' in definition.body:  # a walk through thousands takes its time
        needs += [(LIBRARY_PANEL, uid) for uid in sorted(set(panels_used(content["spec"])) & library_panels)]
    shaped = canonical(DASHBOARD, {"folderUid": folder_uid, **content})
    return Resource(DASHBOARD, definition.key, shaped, (definition.place,), tuple(needs))


def _rule_group(definition: Definition, beside: Around) -> Resource:
    body, needs = grafana_rules.shaped(decode(definition.body), beside)
    return _resource(definition, f"{body['folderUid']}/{body['title']}", (body, needs))


def _resource(definition: Definition, key: str, shaped: grafana_own.Shaped) -> Resource:
    body, needs = shaped
    return Resource(definition.kind, key, canonical(definition.kind, body), (definition.place,), needs)


def _check_uid(uid: str) -> None:
    if not UID.fullmatch(uid):
        raise Broken(f"uid {uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")


def _check_title(title: object, what: str) -> None:
    if not isinstance(title, str) or not title.strip():
        raise Broken(f"{what} without a title, which Grafana refuses")
