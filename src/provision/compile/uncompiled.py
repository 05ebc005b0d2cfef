"""Objects of dashboard libraries that nothing here compiles: left alone silently, what they do would be lost."""

from __future__ import annotations

import sys

_GRAFANALIB = ("AlertGroup", "AlertRulev8", "AlertRulev9", "AlertFileBasedProvisioning")
_SDK = {
    "RuleGroup": "alert rules",
    "Rule": "an alert rule",
    "RecordRule": "a recording rule",
    "ContactPoint": "a contact point",
    "NotificationPolicy": "a notification policy",
    "NotificationTemplate": "a notification template",
    "MuteTiming": "a mute timing",
}
_REMEDY = {
    "rule": "write such rules with Group, Record and Alert of provision.author in a file under rules/",
    "routing": "write such things with ContactPoint, MessageTemplate, Route and TimeInterval of provision.author in a file under provisioning/",
}


def said_of(value: object) -> str | None:
    """Why an object can't be compiled and what to do instead, as one sentence; None for any other object."""
    core = sys.modules.get("grafanalib.core")
    if core is not None:
        for name in _GRAFANALIB:
            if isinstance(value, getattr(core, name)):
                return _sentence(f"grafanalib's {name}", "rule")
    kind = type(value)
    module = kind.__module__.split(".")
    if module[0] == "grafana_foundation_sdk" and module[-1] == "alerting" and kind.__name__ in _SDK:
        what = _SDK[kind.__name__]
        return _sentence(f"{what} of grafana-foundation-sdk", "rule" if "rule" in what else "routing")
    return None


def _sentence(what: str, remedy: str) -> str:
    return f"{what} isn't compiled; {_REMEDY[remedy]}, or give it a name that begins with _ to leave it to others"
