"""What tells findings apart for longer than their lines: for baselines, and for services that follow them from run to
run."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from provision.model import Finding

_LINE: Final = re.compile(r"(\.(?:py|json|ya?ml|rules|toml)):\d+")
"""The line of another place that a message names; it moves with every edit above it."""

_MORE: Final = re.compile(r", and \d+ more\Z")
"""How many more a finding is about; it grows less when some of them are mended."""


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A fingerprint for each finding, 32 hexadecimal digits (SHA-256, cut) of its id, path, subject and message; not
    of its line, its severity, its remedy, and how many more it is about. Findings that agree in all of these are told
    apart by their order."""
    count: Counter[tuple[str, str, str, str]] = Counter()
    found = []
    for finding in findings:
        said = (
            finding.id,
            finding.place.path,
            _MORE.sub("", finding.subject),
            _LINE.sub(r"\1", finding.message),
        )
        count[said] += 1
        text = "\0".join((*said, str(count[said])))
        found.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return found
