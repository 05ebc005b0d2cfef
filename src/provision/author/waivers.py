"""Waivers: the author's reasoned exceptions to a check, beside the thing that it would complain about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from provision.author.place import Written, written

_loose: list[Waive] = []
"""Those that were made since the source began and that no rule or group holds."""


@dataclass(frozen=True, slots=True)
class Waive:
    """What a check finds about one thing isn't told, for a reason.

    It stands in `waive=` of an `Alert`, a `Record` or a `Group`, or anywhere in a source with `of=`.

    Attributes:
        check: the check's id, as its findings show it in brackets.
        reason: why it may be so.
        until: the last day on which it counts, a date or `YYYY-MM-DD`; none: for good.
        of: what it is about: an object of this source, the title of one of its dashboards or panels, or the path of
            another source; a path may hold `*`.
        panel: of a dashboard: only the panel with that title.
    """

    check: str
    reason: str = field(default="", kw_only=True)
    until: date | str | None = field(default=None, kw_only=True)
    of: object = field(default=None, kw_only=True, compare=False)
    panel: str | None = field(default=None, kw_only=True)
    where: Written = written()

    def __post_init__(self) -> None:
        if self.reason == "":  # as a default, so that whoever forgets it is told in words
            raise ValueError(f'Waive({self.check!r}) needs a reason: write reason="why it may be so"')
        for name, value in (("the check's id", self.check), ("reason", self.reason)):
            if not isinstance(value, str) or not value.strip():
                raise ValueError(f"Waive: {name} must be text that isn't empty, not {value!r}")
        if self.panel is not None and (not isinstance(self.panel, str) or not self.panel):
            raise ValueError(f"Waive({self.check!r}): panel must be a panel's title, not {self.panel!r}")
        object.__setattr__(self, "until", day(self.until, f"Waive({self.check!r}): until"))
        _loose.append(self)

    @property
    def last_day(self) -> str | None:
        """The last day on which it counts, as `YYYY-MM-DD`; None when it counts for good."""
        return self.until.isoformat() if isinstance(self.until, date) else None


def day(value: object, name: str) -> date | None:
    """A day, from a date or from a text such as `2027-01-31`; none from None.

    Args:
        name: what it is called in a message.

    Raises:
        ValueError: it is no day.
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f"{name} must be a day such as 2027-01-31, not {value!r}") from None


def held(owner: str, waive: Waive | Iterable[Waive]) -> tuple[Waive, ...]:
    """The waivers in a `waive=`, which are loose no more.

    Args:
        owner: what holds them, for the message.

    Raises:
        TypeError: it holds something else.
    """
    given = (waive,) if isinstance(waive, Waive) else tuple(waive) if isinstance(waive, Iterable) else None
    if given is None or not all(isinstance(each, Waive) for each in given):
        raise TypeError(f"{owner}: waive must be a Waive or a list of them, not {waive!r:.60}")
    inside = {id(each) for each in given}
    _loose[:] = [each for each in _loose if id(each) not in inside]
    return given


def begin() -> None:
    """A source begins: what was made before isn't its. For the loader, not for sources."""
    _loose.clear()


def loose() -> tuple[Waive, ...]:
    """The waivers made since, apart from those that a rule or a group holds. For the loader, not for sources."""
    return tuple(_loose)
