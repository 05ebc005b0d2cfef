"""Names in great number, and which of them are made of much the same words."""

from __future__ import annotations

from provision.catalogue.vocabulary import Vocabulary, only_numbers_differ

VOCABULARY = Vocabulary.of(
    ["http_requests_total", "http_request_duration_seconds", "node_filesystem_avail_bytes", "up"]
)


def test_words_that_one_may_be_another_form_of() -> None:
    assert VOCABULARY.near("request") == {"request", "requests"}
    assert VOCABULARY.near("reqeust") == {"request"}
    assert VOCABULARY.near("available") == {"avail"}
    assert VOCABULARY.near("latency") == {"duration"}
    assert VOCABULARY.near("fs") == {"filesystem"}
    assert VOCABULARY.near("upp") == frozenset()
    assert VOCABULARY.near("") == frozenset()


def test_the_rarer_a_word_the_more_it_tells() -> None:
    assert VOCABULARY.weight("unheard") == VOCABULARY.weight("filesystem") > VOCABULARY.weight("http")


def test_names_of_the_same_words_come_first_and_never_the_name_itself() -> None:
    name = "http_requests_total"
    assert VOCABULARY.like(name, VOCABULARY.forms(["http", "requests", "total"]), 5) == [
        "http_request_duration_seconds"
    ]
    other = "httprequests_total"
    assert VOCABULARY.like(other, VOCABULARY.forms(["httprequests", "total"]), 5)[0] == name


def test_a_vocabulary_may_be_empty() -> None:
    assert Vocabulary.of([]).like("up", {"up": frozenset()}, 3) == []


def test_whether_only_numbers_differ() -> None:
    assert only_numbers_differ(["load", "1"], ["load", "15"])
    assert not only_numbers_differ(["load", "1"], ["load", "1"])
    assert not only_numbers_differ(["load", "1"], ["loads", "1"])
