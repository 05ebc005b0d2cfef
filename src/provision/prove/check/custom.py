"""Custom checks: modules of other packages that an entry point of the group `provision.checks` names
(docs/custom-checks.md)."""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from provision.errors import ProvisionError
from provision.model import Finding
from provision.prove.check.registry import BUILT_IN, Checks

GROUP: Final = "provision.checks"

_FAMILIES: Final = {
    ("estate",): "project",
    ("estate", "dashboard"): "dashboards",
    ("estate", "expression"): "expressions",
    ("estate", "group", "rule"): "rules",
}
"""What a check looks at, by the parameters of its `check`."""

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Custom:
    """A check of another package, in the form of the toolkit's own.

    Attributes:
        ID: its id.
        text: what its module says of it.
        Settings: the dataclass of its parameters, if it has such.
        origin: what people call where it comes from, such as `acme-checks 1.0`.
        run: its own `check`.
    """

    ID: str
    text: str
    Settings: type[Any] | None
    origin: str
    run: Callable[..., Iterable[Finding]]

    def check(self, *args: Any, **kwargs: Any) -> Iterator[Finding]:
        """What it finds.

        Raises:
            ProvisionError: it failed, or what it yields isn't a finding of its own.
        """
        try:
            for finding in self.run(*args, **kwargs):
                if not isinstance(finding, Finding) or finding.id != self.ID:
                    raise TypeError(f"it must yield findings of its id, made with estate.finding(ID, …), not {finding!r:.80}")  # fmt: skip
                yield finding
        except Exception as error:
            raise ProvisionError(
                f"the custom check {self.ID} ({self.origin}) failed: {_said(error)}",
                remedy=f'mend it, or turn it off: [tool.provision.checks] {self.ID} = "off"',
            ) from error


def every_check() -> Checks:
    """The toolkit's own checks, and all custom ones that are installed.

    Raises:
        ProvisionError: a custom one can't be loaded, isn't one, or takes an id that is taken.
    """
    return _every(tuple(sys.path))


@lru_cache(maxsize=4)
def _every(path: Sequence[str]) -> Checks:  # noqa: ARG001  # what is installed is what lies there
    return BUILT_IN.and_also(custom(entry_points(group=GROUP)))


def custom(points: Iterable[EntryPoint]) -> Checks:
    """The checks that these entry points name, in the order of their ids.

    Raises:
        ProvisionError: one can't be loaded, isn't a check, or takes an id that is taken.
    """
    taken = {check.ID: "provision itself" for check in BUILT_IN.every}
    found: dict[str, list[Custom]] = {each.name: [] for each in fields(Checks)}
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        family, check = _loaded(point)
        if check.ID in taken:
            raise ProvisionError(
                f"the custom check of {check.origin} has the id {check.ID!r}, which is that of a check of "
                f"{taken[check.ID]}",
                remedy="give it another ID, or uninstall it",
            )
        taken[check.ID] = check.origin
        found[family].append(check)
    return Checks(**{family: tuple(checks) for family, checks in found.items()})


def _loaded(point: EntryPoint) -> tuple[str, Custom]:
    origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        module = point.load()
    except Exception as error:  # somebody else's code may fail in any way
        raise _wrong(point, origin, f"can't be loaded: {_said(error)}") from error
    id_, run = getattr(module, "ID", None), getattr(module, "check", None)
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise _wrong(point, origin, f"has no ID such as 'acme-owner' but {id_!r:.60}")
    if not callable(run):
        raise _wrong(point, origin, "has no function check")
    names = tuple(inspect.signature(run).parameters)
    if names not in _FAMILIES:
        forms = " or ".join(f"check({', '.join(names)})" for names in _FAMILIES)
        raise _wrong(point, origin, f"has check({', '.join(names)}) in place of {forms}")
    text = inspect.cleandoc(getattr(module, "__doc__", None) or "")
    return _FAMILIES[names], Custom(id_, text, getattr(module, "Settings", None), origin, run)


def _wrong(point: EntryPoint, origin: str, what: str) -> ProvisionError:
    return ProvisionError(
        f"the custom check {point.name!r} ({origin}) {what}", remedy="mend it, or uninstall it"
    )


def _said(error: Exception) -> str:
    """What an error of somebody else's code says, and where it happened."""
    text = " ".join(str(error).split())
    frames = traceback.extract_tb(error.__traceback__)
    where = f", at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{f': {text}' if text else ''}{where}"
