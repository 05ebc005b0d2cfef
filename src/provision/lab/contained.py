"""The project's own configurations, kept to this machine: a lab must not page anybody or write to a store that
people rely on, nor ask anybody else for anything, whatever the environment it was started with says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER, LIBRARY_PANEL
from provision.lab.client.limits import is_this_machine
from provision.model import JSON, Definition, Place, decode, encode

RULES = "rules/*.yml"
"""Where the lab's Prometheus finds its rules, relative to its configuration."""

_ASKS_SOMEBODY_ELSE = frozenset(
    ("oauth2", "proxy_url", "proxy_from_environment", "proxy_connect_header", "no_proxy")
)
"""The fields of a job by which others are asked on the way to its targets."""

_ONLY_HERE = {
    "source_labels": ["__address__"],
    "regex": r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?",
    "action": "keep",
}
_SHOWN = frozenset((FOLDER, LIBRARY_PANEL, DASHBOARD))
_PROMETHEUS = "prometheus"
_KEPT = ("timeInterval", "httpMethod", "queryTimeout")
"""The settings of a data source that say how it is asked, and not by whom or as whom."""


def prometheus(config: dict[str, JSON], alertmanager: str) -> dict[str, JSON]:
    """A prometheus.yml that scrapes this machine and tells the lab's Alertmanager only, keeps its samples to itself, and
    reads its rules from the lab's folder.

    Args:
        config: as the project compiles it.
        alertmanager: `host:port` of the lab's.
    """
    kept = {
        name: value
        for name, value in config.items()
        if name not in ("remote_write", "remote_read", "tracing", "scrape_config_files")
    }
    jobs = [kept_job for job in config.get("scrape_configs") or () if (kept_job := _job(job)) is not None]
    alerting = {
        **(config.get("alerting") or {}),
        "alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}],
    }
    return {**kept, "scrape_configs": jobs, "rule_files": [RULES], "alerting": alerting}


def jobs_elsewhere(config: dict[str, JSON]) -> tuple[str, ...]:
    """The names of the jobs that the lab scrapes in part, or not at all, since their targets aren't on this machine, or
    are looked up elsewhere."""
    return tuple(
        str(job["job_name"])
        for job in config.get("scrape_configs") or ()
        if any(_looks_up(name) for name in job)
        or any(not _is_here(target) for target in _targets(job.get("static_configs") or ()))
    )


def _job(job: dict[str, Any]) -> dict[str, Any] | None:
    """A job with those of its targets that are on this machine, asked straight; None when it has none."""
    groups = [
        {**group, "targets": here}
        for group in job.get("static_configs") or ()
        if (here := [target for target in _targets([group]) if _is_here(target)])
    ]
    if not groups:
        return None
    kept = {
        name: value for name, value in job.items() if not (_looks_up(name) or name in _ASKS_SOMEBODY_ELSE)
    }
    kept["static_configs"] = groups
    if kept.get("relabel_configs"):
        # It may give targets other addresses.
        kept["relabel_configs"] = [*kept["relabel_configs"], _ONLY_HERE]
    return kept


def _targets(groups: Iterable[dict[str, Any]]) -> Iterator[str]:
    for group in groups:
        yield from group.get("targets") or ()


def _is_here(target: str) -> bool:
    try:
        return is_this_machine(urlsplit(f"//{target}").hostname or "")
    except ValueError:
        return False


def _looks_up(name: str) -> bool:
    return name.endswith("_sd_configs")


def alertmanager(config: dict[str, JSON], webhook: str) -> dict[str, JSON]:
    """An alertmanager.yml with the project's routes, whose receivers deliver to the lab's webhook only.

    Args:
        config: as the project compiles it.
        webhook: the URL that the lab's receiver listens on.
    """
    kept = {name: value for name, value in config.items() if name != "tracing"}
    return {**kept, "receivers": [_receiver(receiver, webhook) for receiver in config.get("receivers", ())]}


def _receiver(receiver: dict[str, Any], webhook: str) -> dict[str, Any]:
    ours = [hook for hook in receiver.get("webhook_configs", ()) if hook.get("url") == webhook]
    delivers = any(name.endswith("_configs") for name in receiver)
    if not ours and delivers:
        ours = [{"url": webhook, "send_resolved": True}]
    return {"name": receiver["name"], **({"webhook_configs": ours} if ours else {})}


def shown(definitions: Iterable[Definition], prometheus_url: str, name: str = "") -> Iterator[Definition]:
    """What a Grafana of the lab is to hold: folders, library panels, dashboards, and the data sources that are a
    Prometheus, all of which ask the lab's and have no secrets. Rules, and whom they tell, are none of its business.

    Args:
        prometheus_url: of the lab's.
        name: what the project calls a data source that it expects to be there; for when it has none of its own.
    """
    sources = 0
    for definition in definitions:
        if definition.kind in _SHOWN:
            yield definition
        elif definition.kind == DATASOURCE and (body := decode(definition.body))["type"] == _PROMETHEUS:
            sources += 1
            yield replace(definition, body=encode(_datasource(body, prometheus_url)))
    if not sources:
        body = {"name": name or "Prometheus", "uid": _PROMETHEUS, "type": _PROMETHEUS, "isDefault": True}
        yield Definition(DATASOURCE, _PROMETHEUS, encode(_datasource(body, prometheus_url)), Place("the lab"))


def left_out(definitions: Iterable[Definition]) -> tuple[str, ...]:
    """The names of the data sources that the lab has nothing for."""
    bodies = (decode(definition.body) for definition in definitions if definition.kind == DATASOURCE)
    return tuple(str(body["name"]) for body in bodies if body["type"] != _PROMETHEUS)


def _datasource(body: dict[str, JSON], prometheus_url: str) -> dict[str, JSON]:
    settings = body.get("jsonData") or {}
    return {
        **body,
        "url": prometheus_url,
        "access": "proxy",
        "jsonData": {name: settings[name] for name in _KEPT if name in settings},
        "basicAuth": False,
        "basicAuthUser": "",
        "secure": {},
    }
