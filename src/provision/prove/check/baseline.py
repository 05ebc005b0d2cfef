"""Baselines: what was found when a project adopted the checks, so that only what is new is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from provision.errors import UsageError
from provision.model import Finding, Place
from provision.prove.check.fingerprints import fingerprints

FORMAT: Final = "provision.baseline/1"
"""Names the format; a change that would break its readers raises the number."""

_NEVER: Final = frozenset({"source"})
"""What a source that doesn't compile holds isn't known, so that is told each time."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings beside a baseline.

    Attributes:
        new: what isn't in it.
        known: what is.
        gone: how much of it no longer occurs.
    """

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    gone: int


def kept(findings: Sequence[Finding]) -> list[Finding]:
    """Those that a baseline holds: all but sources that don't compile."""
    return [finding for finding in findings if finding.id not in _NEVER]


def baseline_bytes(findings: Sequence[Finding]) -> bytes:
    """A baseline that holds these findings, as a JSON document; the same findings give the same bytes."""
    held = [
        {
            "fingerprint": fingerprint,
            "id": finding.id,
            "path": finding.place.path,
            "subject": finding.subject,
            "message": finding.message,
        }
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
        if finding.id not in _NEVER
    ]
    held.sort(
        key=lambda each: (each["path"], each["id"], each["subject"], each["message"], each["fingerprint"])
    )
    document = {"format": FORMAT, "findings": held}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_baseline(file: Path) -> dict[str, str]:
    """The baseline in that file: the path of each finding by its fingerprint.

    Raises:
        UsageError: there is no such file, or it isn't a baseline.
    """
    remedy = "write one with --write-baseline FILE"
    try:
        document: Any = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        raise UsageError("there is no such file", where=str(file), remedy=remedy) from None
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(file)) from None
    except orjson.JSONDecodeError as error:
        raise UsageError(f"isn't a baseline: {error}", where=str(file), remedy=remedy) from None
    try:
        if document["format"] == FORMAT:
            return {str(each["fingerprint"]): str(each["path"]) for each in document["findings"]}
    except (KeyError, TypeError):
        pass
    raise UsageError(f"isn't a baseline of the format {FORMAT}", where=str(file), remedy=remedy)


def compared(
    findings: Sequence[Finding], baseline: dict[str, str], concerns: Callable[[Place], bool]
) -> Compared:
    """What is new among the findings, what the baseline knows, and how much of it is gone.

    Args:
        baseline: the path of each finding that is known, by its fingerprint.
        concerns: whether what is at a place was looked at; of what wasn't nobody can say that it is gone.
    """
    seen = fingerprints(findings)
    new = tuple(
        finding
        for finding, fingerprint in zip(findings, seen, strict=True)
        if fingerprint not in baseline or finding.id in _NEVER
    )
    known = tuple(
        finding
        for finding, fingerprint in zip(findings, seen, strict=True)
        if fingerprint in baseline and finding.id not in _NEVER
    )
    gone = sum(concerns(Place(baseline[each])) for each in baseline.keys() - set(seen))
    return Compared(new, known, gone)
