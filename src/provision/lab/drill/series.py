"""Several drills and comparisons, one after the other: what came of those that ran to their end, and why the others didn't."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from provision.errors import ProvisionError
from provision.lab.drill.comparing import Row
from provision.lab.drill.threads import said
from provision.lab.drill.values import Outcome

T = TypeVar("T")

END: Final = "the end of the lab"
"""What stands for a lab that could not be taken away once all was done."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out until now.

    Attributes:
        outcomes: of the drills that ran to their end.
        compared: the comparisons by their names.
        not_run: what didn't run to its end, and why.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    compared: dict[str, list[Row]] = field(default_factory=dict)
    not_run: dict[str, ProvisionError] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything ran to its end and came to pass, and no comparison is incomplete."""
        complete = not any(row.faults for rows in self.compared.values() for row in rows)
        return complete and not self.not_run and all(outcome.passed for outcome in self.outcomes)

    def reasons(self) -> dict[str, str]:
        """Why something didn't run to its end, in words, by its name."""
        return {name: str(error) for name, error in self.not_run.items()}


def on(
    staging: AbstractContextManager[T],
    names: Sequence[str],
    do: Callable[[T, str], None],
    findings: Findings,
) -> None:
    """Do each of these on one lab, whatever becomes of the others.

    Args:
        staging: makes the lab, and takes it away.
        do: one of them; tells `findings` what came of it.
    """
    begun: list[str] = []
    try:
        with staging as stage:
            for name in names:
                begun.append(name)
                try:
                    do(stage, name)
                except Exception as error:  # noqa: BLE001  # told at the end; what comes next says itself if the lab is gone
                    findings.not_run[name] = _expected(error)
    except Exception as error:  # noqa: BLE001  # told at the end, where the lab couldn't be made or taken away
        left = [name for name in names if name not in begun] or [END]
        findings.not_run.update(dict.fromkeys(left, _expected(error)))


def _expected(error: Exception) -> ProvisionError:
    return error if isinstance(error, ProvisionError) else ProvisionError(said(error))
