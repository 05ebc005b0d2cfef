"""The project's own configurations, kept to this machine: a lab must not page anybody or write to a store that
people rely on, whatever the environment it was started with says."""

from __future__ import annotations

from typing import Any

from provision.model import JSON

RULES = "rules/*.yml"
"""Where the lab's Prometheus finds its rules, relative to its configuration."""


def prometheus(config: dict[str, JSON], alertmanager: str) -> dict[str, JSON]:
    """A prometheus.yml that tells the lab's Alertmanager only, keeps its samples to itself, and reads its rules
    from the lab's folder.

    Args:
        config: as the project compiles it.
        alertmanager: `host:port` of the lab's.
    """
    kept = {
        name: value
        for name, value in config.items()
        if name not in ("remote_write", "remote_read", "tracing")
    }
    alerting = {
        **(config.get("alerting") or {}),
        "alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}],
    }
    return {**kept, "rule_files": [RULES], "alerting": alerting}


def alertmanager(config: dict[str, JSON], webhook: str) -> dict[str, JSON]:
    """An alertmanager.yml with the project's routes, whose receivers deliver to the lab's webhook only.

    Args:
        config: as the project compiles it.
        webhook: the URL that the lab's receiver listens on.
    """
    return {**config, "receivers": [_receiver(receiver, webhook) for receiver in config.get("receivers", ())]}


def _receiver(receiver: dict[str, Any], webhook: str) -> dict[str, Any]:
    ours = [hook for hook in receiver.get("webhook_configs", ()) if hook.get("url") == webhook]
    delivers = any(name.endswith("_configs") for name in receiver)
    if not ours and delivers:
        ours = [{"url": webhook, "send_resolved": True}]
    return {"name": receiver["name"], **({"webhook_configs": ours} if ours else {})}
