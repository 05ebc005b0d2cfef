"""The words of a name, and how many letters two names differ in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.words import distance, words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("node_memory_MemFree_bytes", ["node", "memory", "mem", "free", "bytes"]),
        ("job:http_errors:ratio_rate5m", ["job", "http", "errors", "ratio", "rate", "5", "m"]),
        ("node_load15", ["node", "load", "15"]),
        ("HTTPRequests", ["http", "requests"]),
        ("web@swarm", ["web", "swarm"]),
        ("größe_total", ["größe", "total"]),
        ("__", []),
    ],
)
def test_the_words_of_a_name(name: str, parts: list[str]) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(
    ("left", "right", "letters"),
    [
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("ab", "ba", 1),
        ("a", "xyz", 3),
    ],
)
def test_how_many_letters_differ(left: str, right: str, letters: int) -> None:
    assert distance(left, right, 3) == letters


_TEXTS = st.text(alphabet="abcd", max_size=8)


@given(_TEXTS, _TEXTS)
def test_the_distance_is_that_of_the_whole_table(left: str, right: str) -> None:
    table = {(i, 0): i for i in range(len(left) + 1)} | {(0, j): j for j in range(len(right) + 1)}
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            costs = [
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (left[i - 1] != right[j - 1]),
            ]
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                costs.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(costs)
    for most in range(5):
        assert distance(left, right, most) == min(table[len(left), len(right)], most + 1)
