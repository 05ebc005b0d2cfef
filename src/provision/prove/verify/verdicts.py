"""What is said of an expression once the server was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from provision.catalogue.rename import Rename
from provision.model import Part, Place
from provision.model.finding import Severity

if TYPE_CHECKING:
    from provision.client.prometheus import Statistics
    from provision.prove.verify.firing import Fired

Status = Literal[
    "data",
    "empty",
    "unknown-metric",
    "unknown-label",
    "unknown-value",
    "type-misuse",
    "error",
    "too-slow",
    "too-many-series",
]

STATUSES: Final[tuple[Status, ...]] = (
    "data",
    "empty",
    "unknown-metric",
    "unknown-label",
    "unknown-value",
    "type-misuse",
    "error",
    "too-slow",
    "too-many-series",
)
"""All of them, in the order in which they are counted."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """The part of an expression that a verdict is about.

    Attributes:
        start, end: where it stands in what was asked, counted from 0.
        metric, label, value: what it names; empty when it doesn't.
    """

    start: int
    end: int
    metric: str = ""
    label: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one expression.

    Attributes:
        series: how many it returns now, its conditions left aside; None when that isn't known.
        message: what is wrong, one sentence; empty when nothing is.
        remedy: what to do about it, or empty.
        renames: what would have to be called otherwise, and how.
        is_sure: whether nothing else than that can have been meant.
        grave: whether it can't show what it should; else it is only worth a look.
        seconds: how long the server took; None when it wasn't asked.
        statistics: what it cost the server; None when it wasn't asked for that, or doesn't tell.
    """

    status: Status
    series: int | None = None
    message: str = ""
    remedy: str = ""
    culprit: Culprit | None = None
    renames: tuple[Rename, ...] = ()
    is_sure: bool = False
    grave: bool = True
    seconds: float | None = None
    statistics: Statistics | None = None

    @property
    def fine(self) -> bool:
        """Whether there is nothing to say."""
        return self.status == "data"


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression with its variables replaced, ready to be asked.

    Attributes:
        owner: what people call the dashboard or rule group that it belongs to.
        what: what holds it there, such as `panel "Error ratio", query A`.
        part: where it stands in its definition.
        text: as it was written.
        expr: as it is asked.
        window_seconds: how far back what holds it looks; None when it only looks at now.
        source: uid or name of the data source that is asked; empty for the default one.
        is_selection: whether only which series there are matters, as in the query of a variable, and not their values.
        hollow: the variables in it that offer no value.
        complaint: what is wrong with it though it may have data; of a variable, that it offers no value.
    """

    owner: str
    what: str
    place: Place
    part: Part
    text: str
    expr: str
    window_seconds: float | None = None
    source: str = ""
    is_selection: bool = False
    hollow: tuple[str, ...] = ()
    complaint: str = ""

    @property
    def subject(self) -> str:
        """What people call it."""
        return f"{self.owner}, {self.what}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say of an expression beside whether it has data.

    Attributes:
        id: as `[tool.provision.checks]` and waivers name it.
        message, remedy: sentences; the second may be empty.
        waived: the reason why it may be so; empty when it isn't waived.
        fired: how often an alert would have fired, where that is what it is about.
    """

    id: str
    severity: Severity
    message: str
    remedy: str = ""
    waived: str = ""
    fired: Fired | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An expression, what came of it, and what is made of that.

    Attributes:
        severity: how bad it is; None when nothing is.
        waived: the reason why it may be so; empty when it isn't waived.
        remarks: what else there is to say.
    """

    asked: Asked
    verdict: Verdict
    severity: Severity | None = None
    waived: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether there is nothing to tell."""
        return self.severity is None or bool(self.waived)

    @property
    def fails(self) -> bool:
        """Whether something is wrong with it that isn't waived."""
        said = ((self.severity, self.waived), *((each.severity, each.waived) for each in self.remarks))
        return any(severity == "error" and not waived for severity, waived in said)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all expressions.

    Attributes:
        servers: the address of each and, where it tells, what it is.
        results: in the order of the definitions.
        notes: what couldn't be done there, one sentence each.
        questions: how many requests were sent.
        seconds: how long all of it took.
    """

    servers: tuple[str, ...]
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    questions: int = 0
    seconds: float = 0.0
