"""Patches of JSON (RFC 6902) that say what they change: each replacement and removal tests first what was there."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from provision.model import JSON, decode, encode

Operation = dict[str, Any]
"""Such as `{"op": "replace", "path": "/spec/title", "value": "Orders"}`."""


class Unfit(Exception):
    """A patch doesn't fit what it is applied to; the message says where."""


def make_patch(before: JSON, after: JSON, path: str = "") -> list[Operation]:
    """The operations that make `after` of `before`, the same each time.

    Args:
        path: where both stand, as a JSON pointer.
    """
    if encode(before) == encode(after):
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        made: list[Operation] = []
        for name in sorted(before.keys() | after.keys()):
            at = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in after:
                made += _removed(at, before[name])
            elif name not in before:
                made.append({"op": "add", "path": at, "value": after[name]})
            else:
                made += make_patch(before[name], after[name], at)
        return made
    if isinstance(before, list) and isinstance(after, list):
        return _lists(before, after, path)
    return [_test(path, before), {"op": "replace", "path": path, "value": after}]


def apply_patch(patch: list[Operation], value: JSON) -> JSON:
    """What the operations make of `value`, which isn't changed.

    Raises:
        Unfit: a test fails, or an operation leads nowhere or isn't one.
    """
    import jsonpatch

    value = decode(encode(value))
    for operation in patch:
        try:
            value = jsonpatch.JsonPatch([operation]).apply(value, in_place=True)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError):
            raise Unfit(f"{operation.get('op')} at {operation.get('path')!r}") from None
    return value


def _lists(before: list[JSON], after: list[JSON], path: str) -> list[Operation]:
    """What is the same at both ends stays; the rest is compared one by one."""
    start = _same(before, after)
    rest = min(len(before), len(after)) - start
    end = min(_same(before[::-1], after[::-1]), rest)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    made: list[Operation] = []
    for at, (one, other) in enumerate(zip(old, new, strict=False), start):
        made += make_patch(one, other, f"{path}/{at}")
    both = start + min(len(old), len(new))
    for at in reversed(range(both, start + len(old))):
        made += _removed(f"{path}/{at}", before[at])
    made += [
        {"op": "add", "path": f"{path}/{at}", "value": after[at]} for at in range(both, start + len(new))
    ]
    return made


def _same(before: list[JSON], after: list[JSON]) -> int:
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in takewhile(lambda pair: encode(pair[0]) == encode(pair[1]), pairs))


def _removed(path: str, value: JSON) -> list[Operation]:
    return [_test(path, value), {"op": "remove", "path": path}]


def _test(path: str, value: JSON) -> Operation:
    return {"op": "test", "path": path, "value": value}
