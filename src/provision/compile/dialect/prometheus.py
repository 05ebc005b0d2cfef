"""Definitions to what Prometheus reads: rule files and prometheus.yml, as resources and as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provision.compile.dialect.header import header, read_mark
from provision.compile.dialect.versions import NewerField, Version, each, newer, version_setting
from provision.compile.kinds import PROMETHEUS, RULE_GROUP, SCRAPE_CONFIG
from provision.compile.yamltext.reading import load
from provision.compile.yamltext.writing import render, settled
from provision.errors import ProvisionError
from provision.model import JSON, Definition, Mark, Place, Resource, decode, encode
from provision.project import Project

RULE_FILE: Final = "rule-file"
CONFIG: Final = "prometheus-config"
CONFIG_KEY: Final = "prometheus.yml"
LATEST: Final[Version] = (3, 14, 0)
"""The newest Prometheus whose fields are in the tables below; what a server that hides its version is taken for."""

GROUP_FIELDS: Final = frozenset({"name", "interval", "query_offset", "limit", "rules", "labels"})
"""All fields of a rule group that any Prometheus up to `LATEST` knows. Source: its rulefmt.RuleGroup."""
RULE_FIELDS: Final = frozenset({
    "record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations",
})  # fmt: skip
"""The same of a rule. Source: its rulefmt.Rule."""

# The first version that knows a field, from Prometheus' CHANGELOG.
_GROUP_FIELDS: dict[str, Version] = {"limit": (2, 31, 0), "query_offset": (2, 53, 0), "labels": (3, 0, 0)}
_RULE_FIELDS: dict[str, Version] = {"keep_firing_for": (2, 42, 0)}
_JOB_FIELDS: dict[str, Version] = {
    "enable_compression": (2, 49, 0),
    "scrape_protocols": (2, 49, 0),
    "keep_dropped_targets": (2, 47, 0),
    "native_histogram_bucket_limit": (2, 45, 0),
    "native_histogram_min_bucket_factor": (2, 50, 0),
    "track_timestamps_staleness": (2, 48, 0),
    "http_headers": (2, 55, 0),
    "scrape_failure_log_file": (2, 55, 0),
    "fallback_scrape_protocol": (3, 0, 0),
    "always_scrape_classic_histograms": (3, 0, 0),
    "metric_name_escaping_scheme": (3, 4, 0),
    "scrape_native_histograms": (3, 8, 0),
}
_GLOBAL_FIELDS: dict[str, Version] = {
    "body_size_limit": (2, 45, 0),
    "sample_limit": (2, 45, 0),
    "target_limit": (2, 45, 0),
    "label_limit": (2, 45, 0),
    "label_name_length_limit": (2, 45, 0),
    "label_value_length_limit": (2, 45, 0),
    "keep_dropped_targets": (2, 47, 0),
    "scrape_protocols": (2, 49, 0),
    "rule_query_offset": (2, 53, 0),
    "scrape_failure_log_file": (2, 55, 0),
    "convert_classic_histograms_to_nhcb": (3, 4, 0),
    "metric_name_escaping_scheme": (3, 4, 0),
    "always_scrape_classic_histograms": (3, 5, 0),
    "scrape_native_histograms": (3, 8, 0),
}
_CONFIG_FIELDS: dict[str, Version] = {
    "tracing": (2, 34, 0),
    "scrape_config_files": (2, 43, 0),
    "runtime": (2, 53, 0),
    "otlp": (2, 55, 0),
}


@dataclass(frozen=True, slots=True)
class PrometheusDialect:
    """What one Prometheus understands."""

    version: Version = LATEST

    @classmethod
    def of(cls, project: Project) -> PrometheusDialect:
        """The dialect of the setting `prometheus_version`, such as "2.53"; without one, the newest we know.

        Raises:
            UsageError: the setting isn't a version.
        """
        return cls(version_setting(project, "prometheus_version", LATEST))


def shape_rules(definitions: Iterable[Definition], _dialect: PrometheusDialect) -> tuple[Resource, ...]:
    """A resource for each rule file; key: its name, body: `{"groups": […]}` in the order of the sources."""
    files: dict[str, list[tuple[int, str, dict[str, Any], Place]]] = {}
    for definition in definitions:
        if definition.kind == RULE_GROUP:
            body = decode(definition.body)
            entry = (body["index"], definition.key, body["group"], definition.place)
            files.setdefault(body["file"], []).append(entry)
    result = []
    for key, entries in sorted(files.items()):
        entries.sort(key=lambda entry: entry[:2])
        groups = settled([group for _, _, group, _ in entries])
        places = tuple(sorted({place for *_, place in entries}, key=_in_order))
        result.append(Resource(RULE_FILE, key, encode({"groups": groups}), places))
    return tuple(result)


def shape_config(definitions: Sequence[Definition], _dialect: PrometheusDialect) -> Resource | None:
    """prometheus.yml as a resource; None when no source says anything about it."""
    settings = [definition for definition in definitions if definition.kind == PROMETHEUS]
    jobs = sorted((found for found in definitions if found.kind == SCRAPE_CONFIG), key=lambda job: job.key)
    if not settings and not jobs:
        return None
    body: dict[str, JSON] = {}
    if not settings and any(definition.kind == RULE_GROUP for definition in definitions):
        body["rule_files"] = ["rules/*.yml"]  # where `build` puts them
    for definition in settings:
        body.update(decode(definition.body))
    written = [*body.get("scrape_configs", []), *(decode(job.body) for job in jobs)]
    if written:
        body["scrape_configs"] = written
    places = tuple(sorted({definition.place for definition in (*settings, *jobs)}, key=_in_order))
    return Resource(CONFIG, CONFIG_KEY, encode(settled(body)), places)


def too_new(definition: Definition, dialect: PrometheusDialect) -> tuple[NewerField, ...]:
    """The fields of a rule group, a scrape job or the global settings that the dialect's version refuses."""
    version = dialect.version
    if definition.kind == RULE_GROUP:
        return tuple(_newer_in_group(decode(definition.body)["group"], version, "/group"))
    if definition.kind == SCRAPE_CONFIG:
        return tuple(newer(_JOB_FIELDS, decode(definition.body), version))
    if definition.kind == PROMETHEUS:
        body = decode(definition.body)
        return (
            *newer(_CONFIG_FIELDS, body, version),
            *newer(_GLOBAL_FIELDS, body.get("global"), version, "/global"),
        )
    return ()


def too_new_in_file(body: bytes, dialect: PrometheusDialect) -> tuple[NewerField, ...]:
    """The same for the body of a rule file."""
    return tuple(
        found
        for group, pointer in each(decode(body)["groups"], "/groups")
        for found in _newer_in_group(group, dialect.version, pointer)
    )


def rule_file_bytes(resource: Resource, owner: str) -> bytes:
    """The file of a rule-file resource, with a header that carries the mark of `owner`."""
    return _bytes(resource, owner)


def config_bytes(resource: Resource, owner: str) -> bytes:
    """prometheus.yml, with a header that carries the mark of `owner`."""
    return _bytes(resource, owner)


def read_rule_file(text: bytes, key: str) -> tuple[bytes, Mark | None]:
    """The body (canonical bytes) and the mark of a rule file that is called `key`, ours or not.

    Raises:
        ProvisionError: it isn't a rule file.
    """
    document = load(text, key)
    document = {"groups": []} if document is None else document
    if not isinstance(document, dict) or not isinstance(document.get("groups", []), list | None):
        raise ProvisionError("is not a rule file: expected `groups:`, a list", where=key)
    return encode({**document, "groups": document.get("groups") or []}), read_mark(text, key)


def read_config(text: bytes, key: str = CONFIG_KEY) -> tuple[bytes, Mark | None]:
    """The body (canonical bytes) and the mark of a prometheus.yml, ours or not.

    Raises:
        ProvisionError: it isn't YAML, or not a mapping.
    """
    document = load(text, key)
    if not isinstance(document, dict | None):
        raise ProvisionError("is not a configuration of Prometheus", where=key)
    return encode(document or {}), read_mark(text, key)


def _bytes(resource: Resource, owner: str) -> bytes:
    return render(decode(resource.body), header=header(resource, owner))


def _newer_in_group(group: JSON, version: Version, pointer: str) -> Iterator[NewerField]:
    yield from newer(_GROUP_FIELDS, group, version, pointer)
    rules = group.get("rules") if isinstance(group, dict) else None
    for rule, at in each(rules, f"{pointer}/rules"):
        yield from newer(_RULE_FIELDS, rule, version, at)


def _in_order(place: Place) -> tuple[str, int]:
    return place.path, place.line or 0
