from __future__ import annotations

from provision.catalogue.likeness import alike
from provision.catalogue.vocabulary import Vocabulary


def test_nothing_is_like_a_name_of_thousands_of_letters() -> None:
    long = "shop_requests_" * 14
    assert [each.name for each in alike(f"{long}totl", Vocabulary.of([f"{long}total"]))] == [f"{long}total"]
    assert alike(f"{long}_totl", Vocabulary.of([f"{long}_total"])) == []
