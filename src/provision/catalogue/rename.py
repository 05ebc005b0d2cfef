"""What became of a metric, and the form in which the tables of this room say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

WAS_SUMMARY: Final = "It was a summary and is a histogram: take histogram_quantile() of its buckets."


@dataclass(frozen=True, slots=True)
class Rename:
    """What became of a metric.

    Attributes:
        new: its present name; empty when nothing took its place.
        product: whose metric it is, such as `Traefik`; empty when a name is only misspelt.
        version: the first version of the product with the new name.
        labels: old and new name of each label that was renamed with it; the new one is empty where it has no such label
            any more.
        matchers: label and value that tell the old metric apart in the new one.
        values: label, pattern and replacement (`re.sub`) for values that are written otherwise.
        factor: the old value is so many times the new one, as 1000 where milliseconds became seconds.
        bounds: the same of the bounds of its buckets.
        family: whether it is a histogram or a summary, whose series end in `_bucket`, `_sum` and `_count`.
        retired: whether hardly anything that runs today still has the old name.
        note: what else differs, a sentence; the new metric doesn't mean quite the same then.
    """

    old: str
    new: str
    product: str = ""
    version: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    matchers: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    factor: float = 1
    bounds: float = 1
    family: bool = False
    retired: bool = True
    note: str = ""

    @property
    def same(self) -> bool:
        """Whether the new name means what the old one meant."""
        return bool(self.new) and not self.note

    def of_series(self, suffix: str) -> Rename:
        """That of a histogram's or summary's series: the factor is that of `_sum`, and of the bounds of `_bucket`."""
        return replace(
            self,
            old=f"{self.old}{suffix}",
            new=self.new and f"{self.new}{suffix}",
            factor=self.factor if suffix == "_sum" else 1,
            bounds=self.factor if suffix == "_bucket" else 1,
            family=False,
            note=self.note.removeprefix(WAS_SUMMARY).strip(),
        )

    def then(self, later: Rename) -> Rename:
        """Both, one after the other."""
        told = {"": "", **dict(later.labels)}
        here = {new for _, new in self.labels}
        labels = tuple((old, told.get(new, new)) for old, new in self.labels)
        return replace(
            later,
            old=self.old,
            labels=(*labels, *(pair for pair in later.labels if pair[0] not in here)),
            matchers=(*((told.get(name, name), value) for name, value in self.matchers), *later.matchers),
            values=(*self.values, *later.values),
            factor=self.factor * later.factor,
            bounds=self.bounds * later.bounds,
            note=" ".join(note for note in (self.note, later.note) if note),
        )


_LINE: Final = re.compile(
    r"(?P<version>\S+)\s+(?P<old>[\w:]+)(?:\{(?P<labels>[^}]*)\})?\s+"
    r"(?:(?P<new>[\w:]+)(?:\{(?P<to>[^}]*)\})?|-)(?:\s+(?P<family>family|summary))?(?:\s+\*(?P<factor>\S+))?(?:\s+#\s*(?P<note>.+))?"
)


def table(product: str, text: str, *, retired: bool = True) -> Iterator[Rename]:
    """The renames of a table: on each line a version, the old name, the new one or `-`; the labels that were renamed
    stand in braces, the old and the new in the same order (`-` for one that is gone), and after them the matchers that the new one needs
    (`resource=cpu`); `family` for histograms and summaries, `summary` for a summary that is a histogram now, `*1000` for a factor, and a note behind `#`.

    Raises:
        ValueError: a line isn't of that form.
    """
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"not a line of a table of renames: {line!r}")
        labels = [label for label in (found["labels"] or "").split(",") if label]
        to = [label for label in (found["to"] or "").split(",") if label]
        renamed, matchers = to[: len(labels)], to[len(labels) :]
        yield Rename(
            old=found["old"],
            new=found["new"] or "",
            product=product,
            version=found["version"],
            labels=tuple((old, "" if new == "-" else new) for old, new in zip(labels, renamed, strict=False)),
            matchers=tuple((name, value) for name, _, value in (each.partition("=") for each in matchers)),
            factor=float(found["factor"] or 1),
            family=bool(found["family"]),
            retired=retired,
            note=" ".join(filter(None, (WAS_SUMMARY if found["family"] == "summary" else "", found["note"]))),
        )
