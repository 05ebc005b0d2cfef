from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import UsageError
from provision.model import Finding, Place
from provision.prove.check.baseline import baseline_bytes, compared, read_baseline
from provision.prove.check.fingerprints import fingerprints

A = Finding("promql", "error", Place("rules/a.py", 2), 'alert "A"', "wrong")
B = Finding("schema", "warning", Place("rules/b.py", 5), "", "odd")


def everywhere(_: Place) -> bool:
    return True


def written(tmp_path: Path, *findings: Finding) -> dict[str, str]:
    file = tmp_path / "baseline.json"
    file.write_bytes(baseline_bytes(findings))
    return read_baseline(file)


def test_what_is_in_the_baseline_is_known_and_what_is_not_is_new(tmp_path: Path) -> None:
    beside = compared([A, B], written(tmp_path, A), everywhere)
    assert (beside.new, beside.known, beside.gone) == ((B,), (A,), 0)


def test_what_no_longer_occurs_is_counted(tmp_path: Path) -> None:
    baseline = written(tmp_path, A, B)
    assert compared([A], baseline, everywhere).gone == 1
    assert compared([A], baseline, lambda place: place.path != "rules/b.py").gone == 0


def test_a_finding_is_known_wherever_its_line_moves(tmp_path: Path) -> None:
    moved = replace(A, place=Place("rules/a.py", 40), severity="info", remedy="mend it", column=3)
    assert compared([moved], written(tmp_path, A), everywhere).new == ()


def test_the_same_again_is_new(tmp_path: Path) -> None:
    again = replace(A, place=Place("rules/a.py", 9))
    assert compared([A, again], written(tmp_path, A), everywhere).new == (again,)
    assert compared([A, again], written(tmp_path, A, again), everywhere).new == ()


def test_fingerprints_know_neither_lines_of_other_places_nor_how_many_more() -> None:
    first, second = fingerprints([
        replace(A, message="the other is in rules/b.yml:7", subject='alert "A", and 2 more'),
        replace(B, message="x"),
    ])  # fmt: skip
    (moved,) = fingerprints([replace(A, message="the other is in rules/b.yml:70", subject='alert "A"')])
    assert first == moved != second
    assert len(first) == 32


def test_a_source_that_does_not_compile_is_told_each_time(tmp_path: Path) -> None:
    broken = replace(A, id="source")
    beside = compared([broken], written(tmp_path, broken), everywhere)
    assert (beside.new, beside.gone) == ((broken,), 0)


def test_a_baseline_is_in_the_order_of_what_it_holds() -> None:
    assert baseline_bytes([A, B]) == baseline_bytes([B, A])
    assert baseline_bytes([A]).endswith(b"}\n")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "there is no such file; write one with --write-baseline FILE"),
        (b"{,}", "isn't a baseline: "),
        (b"{}", "isn't a baseline of the format provision.baseline/1"),
        (b"[]", "isn't a baseline of the format provision.baseline/1"),
        (b'{"format": "provision.baseline/1", "findings": [3]}', "isn't a baseline of the format"),
    ],
)
def test_what_is_no_baseline(content: bytes | None, what: str, tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=f"b.json: {what}"):
        read_baseline(file)


def test_a_baseline_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read: Is a directory"):
        read_baseline(tmp_path)
