"""Definitions to the files that `build` writes: dashboards and Grafana's own file provisioning, Prometheus'
configuration and rules, Alertmanager's configuration, Compose files of stacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from provision.compile.dashboards import GENERAL
from provision.compile.dialect import alertmanager, grafana_v2, prometheus, stacks
from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER
from provision.compile.yamltext.writing import render
from provision.model import Definition, Place, Resource, decode
from provision.project import Project

_DASHBOARDS_PATH = "/var/lib/grafana/dashboards"


def shape(definitions: Sequence[Definition], project: Project) -> tuple[Resource, ...]:
    """Resources of kind `file`: key is the path under the output folder, body the bytes of the file.

    Raises:
        SourceErrors: a stack mounts what isn't built.
    """
    dialect = prometheus.PrometheusDialect.of(project)
    files = [*_dashboards(definitions, project), *_datasources(definitions)]
    config = prometheus.shape_config(definitions, dialect)
    if config is not None:
        text = prometheus.config_bytes(config, project.name)
        files.append(_file("prometheus/prometheus.yml", text, config.places))
    for rules in prometheus.shape_rules(definitions, dialect):
        text = prometheus.rule_file_bytes(rules, project.name)
        files.append(_file(f"prometheus/rules/{rules.key}", text, rules.places))
    routing = _routing(definitions, project)
    if routing is not None:
        text = alertmanager.config_bytes(routing, project.name)
        files.append(_file("alertmanager/alertmanager.yml", text, routing.places))
    return (*files, *_stacks(definitions, files, project))


def _stacks(definitions: Sequence[Definition], files: Sequence[Resource], project: Project) -> list[Resource]:
    """The Compose file of each stack, and the files that only its configs hold.

    Raises:
        SourceErrors: as `stacks.shape`.
    """
    made: list[Resource] = []
    for stack in stacks.shape(definitions, {file.key: file.body for file in files}, project):
        made.append(_file(stack.path, stack.compose_bytes(), (stack.place,)))
        made += [_file(each.path, each.content, (stack.place,)) for each in stack.configs if each.own]
    return made


def _routing(definitions: Sequence[Definition], project: Project) -> Resource | None:
    """alertmanager.yml; none where Grafana delivers the alerts and the routes aren't made for an Alertmanager."""
    if GrafanaSettings.of(project).alerting and not alertmanager.is_whole(definitions):
        return None
    return alertmanager.shape(definitions, alertmanager.AlertmanagerDialect.of(project))


def _dashboards(definitions: Sequence[Definition], project: Project) -> list[Resource]:
    folders = {found.key: decode(found.body) for found in definitions if found.kind == FOLDER}
    files = []
    used: dict[str, dict[str, Any]] = {}
    for definition in definitions:
        if definition.kind != DASHBOARD:
            continue
        body = decode(definition.body)
        folder = folders.get(body["folder"])
        directory = folder["uid"] if folder else GENERAL
        used[directory] = {
            "name": f"{project.name}-{directory}",
            "type": "file",
            "folder": _full_title(body["folder"], folders),
            **({"folderUid": folder["uid"]} if folder else {}),
            "allowUiUpdates": False,
            "options": {
                "path": f"{project.setting('grafana_dashboards_path', str, _DASHBOARDS_PATH)}/{directory}"
            },
        }
        text = orjson.dumps(_content(definition.key, body), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
        files.append(
            _file(f"grafana/dashboards/{directory}/{definition.key}.json", text + b"\n", (definition.place,))
        )
    if used:
        providers = {"apiVersion": 1, "providers": [used[name] for name in sorted(used)]}
        places = tuple(definition.place for definition in definitions if definition.kind == DASHBOARD)
        files.append(_yaml("grafana/provisioning/dashboards/dashboards.yaml", providers, places))
    return files


def _content(uid: str, body: dict[str, Any]) -> Any:
    """A dashboard of the second generation goes into a file as a resource: a bare one would be read as an empty
    classic dashboard (seen on 12.4). It is written as v2beta1, which the most servers read, if that has the words."""
    if "schema" not in body:
        return body["spec"]
    schema, spec = body["schema"], body["spec"]
    if grafana_v2.can_respell(spec, "v2beta1"):
        schema, spec = "v2beta1", grafana_v2.respelled(spec, schema, "v2beta1")
    return {
        "apiVersion": f"dashboard.grafana.app/{schema}",
        "kind": "Dashboard",
        "metadata": {"name": uid},
        "spec": spec,
    }


def _full_title(path: str, folders: dict[str, Any]) -> str:
    """File provisioning knows one level of folders, so a nested one carries its parents' titles."""
    titles = []
    while path:
        titles.append(folders[path]["title"])
        path = folders[path]["parent"]
    return " / ".join(reversed(titles))


def _datasources(definitions: Iterable[Definition]) -> list[Resource]:
    found = [definition for definition in definitions if definition.kind == DATASOURCE]
    if not found:
        return []
    content = {"apiVersion": 1, "datasources": [_datasource(decode(definition.body)) for definition in found]}
    places = tuple(definition.place for definition in found)
    return [_yaml("grafana/provisioning/datasources/datasources.yaml", content, places)]


def _datasource(body: dict[str, Any]) -> dict[str, Any]:
    """Secrets stay references: Grafana expands `$NAME` and `$__file{PATH}` in its provisioning files."""
    secure = {
        name: f"${{{secret['name']}}}" if secret["source"] == "env" else f"$__file{{{secret['name']}}}"
        for name, secret in body.pop("secure").items()
    }
    if not body.pop("basicAuth"):
        body.pop("basicAuthUser")
    else:
        body["basicAuth"] = True
    return {**_literal(body), **({"secureJsonData": secure} if secure else {}), "editable": False}


def _literal(value: Any) -> Any:
    """Every `$` doubled, so that Grafana doesn't take it for a variable."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value


def _yaml(key: str, content: Any, places: tuple[Place, ...] = ()) -> Resource:
    return _file(key, render(content), places)


def _file(key: str, content: bytes, places: tuple[Place, ...]) -> Resource:
    return Resource("file", key, content, places)
