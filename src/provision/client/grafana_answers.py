"""What answers of a Grafana have to look like before anything is made of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from provision.errors import ServerRefused, Unreachable


def an_object(value: Any, url: str, *names: str) -> dict[str, Any]:
    """The value, once it has proved to be an object with these fields.

    Raises:
        Unreachable: it isn't; what answers at `url` is no Grafana, or something stands between.
    """
    if isinstance(value, dict) and all(name in value for name in names):
        return value
    what = "an answer isn't of the shape that Grafana gives"
    raise Unreachable(what, where=url, remedy="check the URL and what stands between")


def objects(value: Any, url: str, *names: str) -> list[dict[str, Any]]:
    """The same of a list of them."""
    if not isinstance(value, list):
        return [an_object(None, url)]
    return [an_object(one, url, *names) for one in value]


def or_none(call: Callable[[], dict[str, Any]], absent: tuple[int, ...] = (404,)) -> dict[str, Any] | None:
    """What a call gives; None where the server answers with one of the statuses that mean absence.

    Raises:
        ServerRefused: any other refusal.
    """
    try:
        return call()
    except ServerRefused as error:
        if error.status not in absent:
            raise
        return None


_ITEM: Final = re.compile(rb'\{"kind":"\w+","apiVersion":"[\w./-]+","metadata":\{"name":"[^"\\]+"')


def is_item(content: bytes) -> bool:
    """Whether an answer begins, goes on and ends like an object of the resource API as Grafana writes it: enough for
    one that nobody reads, as decoding it takes longer than making the request. One that is written otherwise may be
    an object all the same."""
    return _ITEM.match(content) is not None and b'"spec":{' in content and content.rstrip().endswith(b"}")
