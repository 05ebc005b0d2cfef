"""A record is called `level:metric:operations` and an alert `LikeThis`, or what else a project agreed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule

ID = "rule-name"

_RECORD = re.compile(r"[A-Za-z_]\w*:[\w:]*|:[\w:]+", re.ASCII)
_ALERT = re.compile(r"[A-Z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class Settings:
    """What names of rules must match as a whole.

    Attributes:
        record: the names of recording rules; by default at least one colon, so that nobody takes them for scraped.
        alert: the names of alerts; by default CamelCase.
    """

    record: re.Pattern[str] = _RECORD
    alert: re.Pattern[str] = _ALERT


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """A name that doesn't match."""
    if not rule.name:
        return
    settings = estate.settings(ID, Settings)
    wanted = settings.alert if rule.kind == "alert" else settings.record
    if wanted.fullmatch(rule.name):
        return
    if wanted is _RECORD:
        message = "its name isn't level:metric:operations, so it looks like a scraped metric"
        remedy = "such as job:http_requests:rate5m: what it is grouped by, of what, and what was done"
    elif wanted is _ALERT:
        message, remedy = "its name isn't CamelCase", "such as DiskAlmostFull"
    else:
        message, remedy = f"its name must match {wanted.pattern!r}", ""
    yield estate.finding(
        ID, "info", group.definition, f"{rule.pointer}/{rule.kind}", group.about(rule), message, remedy
    )
