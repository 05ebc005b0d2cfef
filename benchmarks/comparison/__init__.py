"""`provision check` beside the linters that others wrote, on the files that others wrote.

`rows` has a line for each of their checks: which of ours serves it, of how many files both complain, only they, only
we; and, as a file hides what differs within it, the same for single panels and single rules. Nothing is timed.

It takes `dashboard-linter` and `pint` from the PATH, or from where `DASHBOARD_LINTER` and `PINT` say; one that isn't
there is left out, with a reason. `CORPUS` names another folder with `dashboards/` and `rules/` than ../shared/corpus.
`DIFFERENCES=file` writes a line for each difference that the table counts: what docs/comparison.md explains.
"""

from __future__ import annotations

from benchmarks.comparison.table import rows

__all__ = ["rows"]
